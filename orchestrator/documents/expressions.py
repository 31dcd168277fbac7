"""An expression is read as Jinja2 reads it, and only what the closed tree knows is let through.

Nothing is ever run by Jinja2: no filters, no loops, no attributes of objects. What is plain is read
without it, by `quick_template`; its own parser has the last word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Any, Final

from orchestrator.documents.draft import Asked, Cursor, Draft
from orchestrator.documents.quick_template import GaveUp, read_template_quickly
from orchestrator.documents.slips import Slip, comma_in, slip_in
from orchestrator.documents.suggest import closest, listed
from orchestrator.documents.triggers import NOWHERE, trigger_types
from orchestrator.documents.variables import VARS, variable_types
from orchestrator.model.catalogue import canonical_name
from orchestrator.model.expression import (
    And,
    Binary,
    Call,
    Compare,
    Conditional,
    Const,
    Expression,
    Input,
    Member,
    Or,
    Signal,
    Unary,
    Value,
    Variable,
)
from orchestrator.model.expression.canonical import DEPTH_MAX, NODES_MAX
from orchestrator.model.expression.functions import FUNCTIONS
from orchestrator.model.expression.tree import BinaryOperator, CompareOperator
from orchestrator.model.text import Part, Text

LENGTH_MAX: Final = 1000
TEMPLATE_LENGTH_MAX: Final = 2 * LENGTH_MAX
"""Of a text with expressions in it."""
NESTING_MAX: Final = 20
_NUMBER_MAX: Final = 2**53
_KEPT_LENGTH_MAX: Final = 200
_BINARY: Final[dict[str, BinaryOperator]] = {
    "Add": "+",
    "Sub": "-",
    "Mul": "*",
    "Div": "/",
    "FloorDiv": "//",
    "Mod": "%",
    "Pow": "**",
}
_COMPARE: Final[dict[str, CompareOperator]] = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
}
TRIGGER: Final = "trigger"
FILTERS: Final = frozenset({"round", "abs", "min", "max", "sqrt", "log", "exp", "clamp"})


class _Refused(Exception):
    """The expression cannot be taken; the message says why, the word where."""

    def __init__(
        self, code: str, message: str, word: str | None = None, suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.word, self.suggestion = code, message, word, suggestion
        self.is_sign = False
        """The word may be none, and stand close to others: `>=`."""


def is_expression(data: object) -> bool:
    """Tell whether a value is written as an expression, or tries to be."""
    return isinstance(data, str) and "{{" in data


def read_expression(cursor: Cursor) -> Expression | None:
    """Read `{{ … }}` as a tree; what is wrong with it is noted at its place."""
    try:
        parts = _Reader(cursor).parts(cursor.data)
        if len(parts) != 1 or isinstance(parts[0], str):
            raise _Refused("expression", "only texts for people have words around their {{ … }}")
        return parts[0]
    except _Refused as refusal:
        _note(cursor, refusal)
        return None


def read_text(cursor: Cursor) -> Text | None:
    """Read text for people, with expressions in it or without."""
    if isinstance(cursor.data, (int, float)) and not isinstance(cursor.data, bool):
        return Text.literal(f"{cursor.data:g}")
    if not isinstance(cursor.data, str):
        return None
    if not any(sign in cursor.data for sign in ("{{", "{%", "{#")):
        return Text.literal(cursor.data)
    try:
        return Text(tuple(_Reader(cursor).parts(cursor.data)))
    except _Refused as refusal:
        _note(cursor, refusal)
        return None


def _note(cursor: Cursor, refusal: _Refused) -> None:
    span = cursor.span
    if refusal.word is not None:
        document = cursor.draft.document
        find = document.sign_in if refusal.is_sign else document.name_in
        span = find(span, refusal.word)
    cursor.complain(refusal.code, refusal.message, refusal.suggestion, span)


@cache
def _environment() -> Any:
    from jinja2 import Environment

    return Environment(autoescape=False)


def _parse(text: str) -> list[Any]:
    """Read a template as nodes, which are Jinja2's own or look like them."""
    try:
        return [*read_template_quickly(text)]
    except GaveUp:
        return _parse_by_jinja(text)


_parsed = lru_cache(maxsize=512)(_parse)
"""The same, or what came of it before: in a folder of profiles many are alike.

Nodes are only looked at, so that sharing them does no harm.
"""


def _parse_by_jinja(text: str) -> list[Any]:
    from jinja2 import TemplateSyntaxError  # 30 ms, for what is not plain or not right

    try:
        body = _environment().parse(text).body
    except TemplateSyntaxError as error:
        slip = slip_in(text)
        if slip is not None:
            raise _slipped(slip) from None
        raise _Refused("expression", _about_syntax(str(error.message))) from None
    except (RecursionError, ValueError, OverflowError):
        raise _Refused("expression", "the expression is too deeply nested") from None
    if any(type(statement).__name__ != "Output" for statement in body):
        raise _Refused("expression", "{% … %} has no place here, only {{ … }}")
    return [node for statement in body for node in statement.nodes]


class _Reader:
    """Turns one template into literals and trees."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._depth = 0
        self._nodes = 0
        self._seen: Counter[tuple[str, str]] = Counter()
        self._kinds: Mapping[str, str] = NOWHERE
        """Types of the variables that it uses."""

    def parts(self, text: str) -> list[Part]:
        """Read a template as literals and trees, in order."""
        _check_size(text)
        nodes = _parsed(text) if len(text) <= _KEPT_LENGTH_MAX else _parse(text)
        return [
            node.data if type(node).__name__ == "TemplateData" else self._whole(node)
            for node in nodes
        ]

    def _whole(self, node: Any) -> Expression:
        self._depth = self._nodes = 0
        tree = self.tree(node)
        asked = Asked(tree=tree, span=self._cursor.span, kinds=self._kinds)
        self._cursor.draft.expressions.append(asked)
        return tree

    def tree(self, node: Any) -> Expression:
        """Turn a node of Jinja2's into one of ours."""
        self._nodes += 1
        self._depth += 1
        if self._depth >= DEPTH_MAX or self._nodes >= NODES_MAX:
            raise _Refused("expression", "the expression is too large")
        tree = self._read(node, type(node).__name__)
        self._depth -= 1
        return tree

    def _read(self, node: Any, kind: str) -> Expression:
        if kind in _BINARY:
            return Binary(_BINARY[kind], self.tree(node.left), self.tree(node.right))
        reader: Callable[[Any], Expression] | None = getattr(self, f"_{kind.lower()}", None)
        if reader is None:
            comma = comma_in(str(self._cursor.data)) if kind == "Tuple" else None
            raise _Refused("expression", _about_node(kind)) if comma is None else _slipped(comma)
        return reader(node)

    def _const(self, node: Any) -> Expression:
        return Const(_constant(node.value))

    def _templatedata(self, node: Any) -> Expression:
        return Const(_constant(node.data))

    def _and(self, node: Any) -> Expression:
        return And((*self._operands(node.left, And), *self._operands(node.right, And)))

    def _or(self, node: Any) -> Expression:
        return Or((*self._operands(node.left, Or), *self._operands(node.right, Or)))

    def _operands(self, node: Any, kind: type[And] | type[Or]) -> tuple[Expression, ...]:
        tree = self.tree(node)
        return tree.operands if isinstance(tree, kind) else (tree,)

    def _not(self, node: Any) -> Expression:
        return Unary("not", self.tree(node.node))

    def _neg(self, node: Any) -> Expression:
        operand = self.tree(node.node)
        if isinstance(operand, Const) and isinstance(operand.value, float):
            return Const(-operand.value)
        return Unary("-", operand)

    def _pos(self, node: Any) -> Expression:
        return self.tree(node.node)

    def _condexpr(self, node: Any) -> Expression:
        if node.expr2 is None:
            raise _Refused("expression", "an if in an expression needs its else", "if")
        return Conditional(self.tree(node.test), self.tree(node.expr1), self.tree(node.expr2))

    def _compare(self, node: Any) -> Expression:
        if any(operand.op in ("in", "notin") for operand in node.ops):
            return self._member(node)
        links = tuple((_COMPARE[operand.op], self.tree(operand.expr)) for operand in node.ops)
        return Compare(self.tree(node.expr), links)

    def _member(self, node: Any) -> Expression:
        if len(node.ops) != 1 or type(node.ops[0].expr).__name__ not in ("List", "Tuple"):
            raise _Refused("expression", "in needs one list of values, as in phase in ['a', 'b']")
        choices: list[Value] = []
        for item in node.ops[0].expr.items:
            tree = self.tree(item)
            if not isinstance(tree, Const):
                raise _Refused("expression", "the list after in holds plain values only")
            choices.append(tree.value)
        member = Member(self.tree(node.expr), tuple(choices))
        return member if node.ops[0].op == "in" else Unary("not", member)

    def _name(self, node: Any) -> Expression:
        return self._signal(node.name)

    def _getattr(self, node: Any) -> Expression:
        names = _dotted(node)
        if names is None:
            raise _Refused("expression", "only names such as temperature.target have a dot")
        if names[0] == "inputs" and len(names) == 2:
            word = ".".join(names)
            self._mention("input", names[1], word)
            return input_of(self._cursor.draft, names[1])
        if names[0] == "variables" and len(names) == 2 and self._cursor.draft.automation:
            self._mention("variable", names[1], ".".join(names))
            return Signal(f"{self._cursor.draft.automation.job}.{names[1]}")
        if names[0] == VARS and len(names) == 2:
            return self._variable(names[1])
        if names[0] == TRIGGER:
            return self._trigger(names)
        if names[0] == "vessels" and len(names) >= 3:
            return self._signal(".".join(names[2:]), names[1])
        return self._signal(".".join(names))

    def _variable(self, name: str) -> Expression:
        word = f"{VARS}.{name}"
        self._mention("vars", name, word, path=self._cursor.path)
        self._kinds = {**self._kinds, **variable_types(self._cursor)}
        return Variable(word)

    def _trigger(self, names: list[str]) -> Expression:
        known, word = trigger_types(self._cursor), ".".join(names)
        if not known:
            message = f"{word} is known in the if: and the do: of a rule, once it was started"
            raise _Refused("expression", message, word)
        if word not in known:
            message = f"there is no {word}; known are {listed(known)}"
            raise _Refused("expression", message, word, closest(word, known))
        self._kinds = {**self._kinds, **known}
        return Variable(word)

    def _signal(self, name: str, vessel: str | None = None) -> Expression:
        word = name if vessel is None else f"vessels.{vessel}.{name}"
        if vessel is not None:
            self._mention("vessel", vessel, word)
        self._mention("signal", name, word, vessel=vessel, path=self._cursor.path)
        return Signal(canonical_name(name), vessel)

    def _mention(self, kind: Any, name: str, word: str, **more: Any) -> None:
        document, span = self._cursor.draft.document, self._cursor.span
        number = self._seen[kind, word]
        self._seen[kind, word] += 1
        where = partial(document.name_in, span, word, number)
        self._cursor.mention(kind, name, where, **more)

    def _call(self, node: Any) -> Expression:
        if type(node.node).__name__ != "Name":
            raise _Refused("expression", "only plain functions such as hours(6) can be called")
        return self._function(node.node.name, node, list(node.args), FUNCTIONS)

    def _filter(self, node: Any) -> Expression:
        if node.node is None:
            raise _Refused("expression", "a filter needs a value before it")
        return self._function(node.name, node, [node.node, *node.args], FILTERS)

    def _function(self, name: str, node: Any, arguments: list[Any], known: Any) -> Expression:
        if name not in known:
            message = f"there is no function '{name}'; known are {listed(known, 20)}"
            raise _Refused("unknown-function", message, name, closest(name, known))
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise _Refused("expression", f"{name} takes its arguments by place", name)
        function = FUNCTIONS[name]
        if not function.arguments_min <= len(arguments) <= function.arguments_max:
            message = f"{name} does not take {len(arguments)} arguments"
            raise _Refused("expression", message, name)
        return Call(name, tuple(self.tree(argument) for argument in arguments))


def input_of(draft: Draft, name: str) -> Expression:
    """Read an input; an automation's own that may change while it runs is a setting of its job."""
    own = draft.automation
    declared = None if own is None else own.inputs.get(name)
    if own is None or declared is None or not declared.editable:
        return Input(name)
    return Signal(f"{own.job}.{name}")


def _check_size(text: str) -> None:
    """Refuse what would make a recursive parser recurse too far, before it sees it."""
    if len(text) > TEMPLATE_LENGTH_MAX:
        raise _Refused("expression", f"an expression has at most {LENGTH_MAX} characters")
    if sum(map(text.count, "([{")) <= NESTING_MAX:
        return
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    if deepest > NESTING_MAX:
        raise _Refused("expression", "the expression is too deeply nested")


def _constant(value: Any) -> Value:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)) and -_NUMBER_MAX <= value <= _NUMBER_MAX:
        return float(value)
    raise _Refused("expression", "a number must lie within ±2^53")


def _slipped(slip: Slip) -> _Refused:
    refusal = _Refused("expression", slip.message, slip.written, slip.meant)
    refusal.is_sign = True
    return refusal


def _about_syntax(said: str) -> str:
    for words, meaning in (
        ("unexpected 'end of print statement'", "it ends too early"),
        ("Expected an expression, got 'end of print statement'", "it is empty"),
        ("unexpected char", "a character has no place in it: " + said.partition("char ")[2]),
        ("expected token 'end of print statement'", "something stands behind its end"),
        ("end of template", "its }} is missing"),
    ):
        if words in said:
            return f"not an expression: {meaning}"
    return f"not an expression: {said}"


def _dotted(node: Any) -> list[str] | None:
    names: list[str] = []
    while type(node).__name__ == "Getattr":
        names.append(node.attr)
        node = node.node
    if type(node).__name__ != "Name":
        return None
    return [node.name, *reversed(names)]


def _about_node(kind: str) -> str:
    words = {
        "Concat": "~ joins text; write the text around {{ … }} instead",
        "Getitem": "[ ] has no meaning here",
        "Test": "'is' has no meaning here; compare with ==",
        "List": "a list can only stand after in",
        "Tuple": "a list can only stand after in",
        "Dict": "{ } has no meaning here",
    }
    return words.get(kind, f"{kind} is not possible in an expression")
