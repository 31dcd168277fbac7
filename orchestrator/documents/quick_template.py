"""A quick reading of plain expressions and of texts that hold some.

Jinja2 takes 30 ms to import, and as long as the rest of a check to read the expressions of a long
profile. Like `quick` for YAML, this reader knows the part of the language in which there is no room
for doubt: where it is not sure, it gives up, and Jinja2's own parser reads the template from the
start and says what is wrong with it. Where it does not give up, it answers exactly what Jinja2
would have answered; a property test holds it to that.
"""

from __future__ import annotations

import re
from typing import Final

from orchestrator.documents.nodes import (
    Add,
    And,
    Call,
    Compare,
    CondExpr,
    Const,
    Div,
    Filter,
    FloorDiv,
    Getattr,
    Infix,
    List,
    Mod,
    Mul,
    Name,
    Neg,
    Node,
    Not,
    Operand,
    Or,
    Plain,
    Pos,
    Pow,
    Sub,
    TemplateData,
    Tuple,
)

TOKENS_MAX: Final = 200
"""Of one expression; which also bounds how deep reading it goes."""
_TOKEN: Final = re.compile(
    r"\s*([A-Za-z_]\w*|(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.])|'[^'\\]*'|\"[^\"\\]*\""
    r"|\*\*|//|[=!<>]=|\}\}|[-+*/%<>()\[\],.|])",
    re.ASCII,
)
_END: Final = "}}"
_NO_NAMES: Final = frozenset({"and", "or", "not", "in", "is", "if", "else"})
_CONSTANTS: Final[dict[str, Plain]] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "none": None,
    "None": None,
}
_COMPARISONS: Final = {
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "lteq",
    ">": "gt",
    ">=": "gteq",
    "in": "in",
}
_LOGIC: Final[dict[str, tuple[int, Infix]]] = {"or": (1, Or), "and": (2, And)}
_ARITHMETIC: Final[dict[str, tuple[int, Infix]]] = {
    "+": (1, Add),
    "-": (1, Sub),
    "*": (2, Mul),
    "/": (2, Div),
    "//": (2, FloorDiv),
    "%": (2, Mod),
    "**": (3, Pow),
}
"""With how strongly each binds; all of them group to the left."""


class GaveUp(Exception):
    """Something stands there that only Jinja2 can judge."""


def read_template_quickly(text: str) -> list[Node]:
    """Read words and expressions, in order; GaveUp where they are not plain."""
    if "{%" in text or "{#" in text or "\r" in text:
        raise GaveUp
    text = text.removesuffix("\n")
    nodes: list[Node] = []
    at = 0
    while (begin := text.find("{{", at)) >= 0:
        if begin > at:
            nodes.append(TemplateData(text[at:begin]))
        if text[begin + 2 : begin + 3] in ("-", "+"):
            raise GaveUp  # which is no sign, but says what becomes of the spaces before it
        tokens, at = _tokens_of(text, begin + 2)
        nodes.append(_Parser(tokens).whole())
    if at < len(text):
        nodes.append(TemplateData(text[at:]))
    return nodes


def _tokens_of(text: str, at: int) -> tuple[list[str], int]:
    """Take an expression apart, up to and with its end; and tell where that is.

    What a token is shows in its first character: texts keep their quotes.
    """
    tokens: list[str] = []
    while len(tokens) < TOKENS_MAX:
        found = _TOKEN.match(text, at)
        if found is None:
            break
        tokens.append(found[1])
        at = found.end()
        if found[1] == _END:
            return tokens, at
    raise GaveUp


class _Parser:
    """Goes through the tokens of one expression, once."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> Node:
        """Read all of them as one expression."""
        node = self._choice()
        if self._tokens[self._at] != _END:
            raise GaveUp
        return node

    def _choice(self) -> Node:
        node = self._logic()
        while self._takes("if"):
            test = self._logic()
            if not self._takes("else"):
                raise GaveUp
            node = CondExpr(test, node, self._choice())
        return node

    def _logic(self, least: int = 1) -> Node:
        """Read what stands between signs that bind at least so strongly, and these signs."""
        node = self._negated()
        while (sign := _LOGIC.get(self._tokens[self._at])) is not None and sign[0] >= least:
            self._at += 1
            node = sign[1](node, self._logic(sign[0] + 1))
        return node

    def _negated(self) -> Node:
        return Not(self._negated()) if self._takes("not") else self._compared()

    def _compared(self) -> Node:
        node = self._arithmetic()
        operands: list[Node] = []
        while (comparison := self._comparison()) is not None:
            operands.append(Operand(comparison, self._arithmetic()))
        return Compare(node, operands) if operands else node

    def _arithmetic(self, least: int = 1) -> Node:
        """The same for what is calculated."""
        node = self._signed()
        while (sign := _ARITHMETIC.get(self._tokens[self._at])) is not None and sign[0] >= least:
            self._at += 1
            node = sign[1](node, self._arithmetic(sign[0] + 1))
        return node

    def _comparison(self) -> str | None:
        if self._tokens[self._at : self._at + 2] == ["not", "in"]:
            self._at += 2
            return "notin"
        found = _COMPARISONS.get(self._tokens[self._at])
        if found is not None:
            self._at += 1
        return found

    def _signed(self, *, filtered: bool = True) -> Node:
        node: Node
        if self._takes("-"):
            node = Neg(self._signed(filtered=False))
        elif self._takes("+"):
            node = Pos(self._signed(filtered=False))
        else:
            node = self._postfix(self._primary())
        while filtered and self._takes("|"):
            name = self._name()
            node = Filter(node, name, self._arguments() if self._takes("(") else [])
        return node

    def _postfix(self, node: Node) -> Node:
        while True:
            if self._takes("."):
                node = Getattr(node, self._name())
            elif self._takes("("):
                node = Call(node, self._arguments())
            else:
                return node

    def _primary(self) -> Node:
        token = self._next()
        first = token[0]
        if first.isalpha() or first == "_":
            if token in _NO_NAMES:
                raise GaveUp
            return Const(_CONSTANTS[token]) if token in _CONSTANTS else Name(token)
        if first.isdigit():
            return Const(float(token) if "." in token else int(token))
        if first in "'\"" and self._tokens[self._at][0] not in "'\"":
            return Const(token[1:-1])
        if token == "[":
            return List(self._listed("]"))
        if token == "(":
            items = self._listed(")")
            return items[0] if len(items) == 1 else Tuple(items)
        raise GaveUp

    def _arguments(self) -> list[Node]:
        return [] if self._takes(")") else self._listed(")")

    def _listed(self, closing: str) -> list[Node]:
        """Read one or several, with commas between them only."""
        items = [self._choice()]
        while not self._takes(closing):
            if not self._takes(","):
                raise GaveUp
            items.append(self._choice())
        return items

    def _name(self) -> str:
        token = self._next()
        if not token.isidentifier():
            raise GaveUp
        return token

    def _next(self) -> str:
        """Take a token; behind the last one there is none that anything begins with."""
        token = self._tokens[self._at]
        if token == _END:
            raise GaveUp
        self._at += 1
        return token

    def _takes(self, token: str) -> bool:
        """Go past a certain token, if it is the next."""
        if self._tokens[self._at] != token:
            return False
        self._at += 1
        return True
