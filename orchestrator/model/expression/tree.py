"""The nodes of an expression: frozen values, closed set."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from orchestrator.model.lazy_dataclass import dataclass

Value: TypeAlias = float | bool | str | None
"""What an expression can be worth. Numbers are floats in canonical units, durations are seconds."""

NUMBER_MAX: Final = float(2**53)
"""Beyond this a number is no longer exact, so it counts as unknown."""

UnaryOperator: TypeAlias = Literal["not", "-"]
BinaryOperator: TypeAlias = Literal["+", "-", "*", "/", "//", "%", "**"]
CompareOperator: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Const:
    """A value that is known now."""

    value: Value


@dataclass(frozen=True, slots=True)
class Signal:
    """A measured signal, a setting, or `phase`, `phase_time` (s), `elapsed` (s), `vessel`.

    Names are canonical: `od600`, `growth_rate`, `volume`, else `temperature.target`. Without a
    vessel it is the vessel's own.
    """

    name: str
    vessel: str | None = None

    @property
    def key(self) -> str:
        """What a lookup is asked for: `od600`, `vessels.control.od600`."""
        return self.name if self.vessel is None else f"vessels.{self.vessel}.{self.name}"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the running procedure, such as an answer."""

    name: str

    @property
    def key(self) -> str:
        """What a lookup is asked for: `variables.answer`."""
        return f"variables.{self.name}"


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the profile. Planning folds it into a constant; a plan never holds one."""

    name: str

    @property
    def key(self) -> str:
        """What `fold` is given: `inputs.target_od600`."""
        return f"inputs.{self.name}"


@dataclass(frozen=True, slots=True)
class Unary:
    """`not x` or `-x`."""

    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic on two numbers."""

    operator: BinaryOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Compare:
    """A chain such as `0.4 < od600 <= 0.8`: true where every link is."""

    first: Expression
    links: tuple[tuple[CompareOperator, Expression], ...]


@dataclass(frozen=True, slots=True)
class And:
    """Kleene conjunction: false wins over unknown."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene disjunction: true wins over unknown."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """`then if test else otherwise`; an unknown test makes the whole unknown."""

    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """One of the functions in `functions.py`."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """`item in ['hold', 'batch']`: the list is of plain values."""

    item: Expression
    choices: tuple[Value, ...]


Expression: TypeAlias = (
    Const
    | Signal
    | Variable
    | Input
    | Unary
    | Binary
    | Compare
    | And
    | Or
    | Conditional
    | Call
    | Member
)
Node: TypeAlias = Expression
Leaf: TypeAlias = Signal | Variable | Input
"""Nodes whose value comes from outside; each has a `key`."""
