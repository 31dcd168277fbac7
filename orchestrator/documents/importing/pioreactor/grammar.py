"""Pioreactor's expressions, read strictly, with the precedence that everybody expects.

What is written in `${{ … }}` means here what it says: `5 >= 3 and 0 >= 1` is false, and `-a + b` is
`(-a) + b`. Where that is not what Pioreactor's own evaluator makes of it, it is not followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

NESTING_MAX: Final = 20
LENGTH_MAX: Final = 1000
_WORD: Final = r"[A-Za-z_$][A-Za-z0-9_]*"
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+)
  | (?P<lookup>(?:::{_WORD}(?:\(\))?:|{_WORD}(?:\(\))?:{_WORD}(?:\(\))?:){_WORD}(?:\.{_WORD})*)
  | (?P<function>{_WORD}\(\))
  | (?P<name>{_WORD})
  | (?P<number>[0-9]*\.?[0-9]+)
  | (?P<sign>\*\*|<=|>=|==|[-+*/<>()])
    """,
    re.VERBOSE,
)
_WORDS: Final = {"and": "and", "or": "or", "not": "not"}
_COMPARISONS: Final = frozenset({"<", "<=", "==", ">=", ">"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A word: a truth value, an input, a unit, or a text without quotes."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Function:
    """`unit()` and its like, without the brackets."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """`unit:job:setting.key`; without a unit it is the one that the action runs on."""

    unit: str | None
    job: str
    keys: tuple[str, ...]
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """`not` or a sign before an operand."""

    operator: str
    operand: Tree


@dataclass(frozen=True, slots=True)
class Infix:
    """An operator between two operands."""

    operator: str
    left: Tree
    right: Tree


Tree: TypeAlias = Number | Name | Function | Lookup | Prefix | Infix


class NotRead(ValueError):
    """An expression that is none; `at` counts characters from its beginning."""

    def __init__(self, message: str, at: int, length: int = 1) -> None:
        super().__init__(message)
        self.message, self.at, self.length = message, at, length


def parse(text: str) -> Tree:
    """Read an expression, without `${{` and `}}`.

    Raises:
        NotRead: it is none.
    """
    if len(text) > LENGTH_MAX:
        raise NotRead(f"an expression has at most {LENGTH_MAX} characters", 0)
    return _Parser(text).whole()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


class _Parser:
    """One method a level of precedence, the weakest first."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._or()
        if self._token.kind != "end":
            raise NotRead(f"'{self._token.text}' is not expected here", *_place(self._token))
        return tree

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> str | None:
        """Go past a sign or a word, if it is one of these."""
        token = self._token
        if token.kind in ("sign", "word") and token.text in texts:
            self._next += 1
            return token.text
        return None

    def _or(self) -> Tree:
        tree = self._and()
        while self._take("or"):
            tree = Infix("or", tree, self._and())
        return tree

    def _and(self) -> Tree:
        tree = self._not()
        while self._take("and"):
            tree = Infix("and", tree, self._not())
        return tree

    def _not(self) -> Tree:
        if self._take("not"):
            return Prefix("not", self._deeper(self._not))
        return self._comparison()

    def _comparison(self) -> Tree:
        tree = self._sum()
        operator = self._take(*_COMPARISONS)
        if operator is None:
            return tree
        tree = Infix(operator, tree, self._sum())
        if self._token.text in _COMPARISONS:
            message = "comparisons are not chained in Pioreactor; join two of them with 'and'"
            raise NotRead(message, *_place(self._token))
        return tree

    def _sum(self) -> Tree:
        tree = self._product()
        while operator := self._take("+", "-"):
            tree = Infix(operator, tree, self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._signed()
        while operator := self._take("*", "/"):
            tree = Infix(operator, tree, self._signed())
        return tree

    def _signed(self) -> Tree:
        if self._take("+"):
            return self._deeper(self._signed)
        if self._take("-"):
            return Prefix("-", self._deeper(self._signed))
        return self._power()

    def _power(self) -> Tree:
        tree = self._atom()
        if self._take("**"):
            return Infix("**", tree, self._deeper(self._signed))
        return tree

    def _atom(self) -> Tree:
        token = self._token
        if self._take("("):
            tree = self._deeper(self._or)
            if not self._take(")"):
                raise NotRead("a bracket is not closed", *_place(token))
            return tree
        self._next += token.kind not in ("end", "sign", "word")
        match token.kind:
            case "number":
                return Number(token.text, token.at)
            case "name":
                return Name(token.text, token.at)
            case "function":
                return Function(token.text[:-2], token.at)
            case "lookup":
                return _lookup(token)
            case "end":
                raise NotRead("the expression ends where a value is expected", *_place(token))
        raise NotRead(f"a value is expected, not '{token.text}'", *_place(token))

    def _deeper(self, read: Callable[[], Tree]) -> Tree:
        self._depth += 1
        if self._depth > NESTING_MAX:
            raise NotRead(f"an expression is nested at most {NESTING_MAX} deep", self._token.at)
        tree = read()
        self._depth -= 1
        return tree


def _tokens(text: str) -> list[_Token]:
    found = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotRead(_about(text[at], text[at : at + 2]), at)
        kind, said = str(match.lastgroup), match[0]
        if kind == "name" and said in _WORDS:
            kind = "word"
        if kind != "space":
            found.append(_Token(kind, said, at))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


def _about(sign: str, pair: str) -> str:
    if sign in "\"'":
        return "Pioreactor's expressions have no quoted texts; a text is a bare word there"
    if pair == "!=":
        return "Pioreactor's expressions have no !=; write not (… == …)"
    if sign == "=":
        return "'=' is no comparison; write =="
    return f"'{sign}' means nothing in Pioreactor's expressions"


def _place(token: _Token) -> tuple[int, int]:
    return token.at, max(1, len(token.text))


def _lookup(token: _Token) -> Lookup:
    unit, job, rest = token.text.rsplit(":", 2)
    return Lookup(
        unit=None if unit in (":", "", "unit()") else unit,
        job=job,
        keys=tuple(rest.split(".")),
        at=token.at,
        length=len(token.text),
    )
