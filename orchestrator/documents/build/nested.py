"""Steps that consist of steps: if, repeat, choose, parallel, call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from orchestrator.documents.build.inputs import build_inputs
from orchestrator.documents.build.timing import read_if
from orchestrator.documents.diagnostic import Span
from orchestrator.documents.draft import Call, Cursor
from orchestrator.documents.expressions import is_expression
from orchestrator.documents.flow import steps_within
from orchestrator.documents.inputs import outside
from orchestrator.documents.values import NOTHING, read_amount, read_condition, read_value
from orchestrator.documents.variables import kind_of
from orchestrator.model.expression import Const, Expression
from orchestrator.model.profile import (
    CallStep,
    Choice,
    ChooseStep,
    IfStep,
    InputDeclaration,
    Loop,
    ParallelStep,
    RepeatStep,
    Sequence,
    Step,
)

REPEAT_MAX: Final = 10_000.0
STEPS_MAX: Final = 20_000
"""With every call carried out; what is called beyond is not looked into."""
Steps: TypeAlias = Callable[[Cursor | None], tuple[Step, ...]]
"""Reads a list of steps."""


def build_sequences(cursor: Cursor | None, steps: Steps) -> dict[str, Sequence]:
    """Read the sequences, those included that nobody calls."""
    if cursor is None:
        return {}
    found = {name: _sequence(name, each, steps) for name, each in cursor.items()}
    return {name: each for name, each in found.items() if each is not None}


def read_if_step(cursor: Cursor, steps: Steps) -> IfStep:
    """Read `if:`, `then:`, `else:`, which stand beside each other."""
    return IfStep(
        condition=read_if(cursor) or NOTHING,
        then=steps(cursor.get("then")),
        otherwise=steps(cursor.get("else")),
    )


def read_repeat(cursor: Cursor, _beside: Cursor, steps: Steps) -> RepeatStep:
    """Read what goes round, and how often."""
    most = cursor.data.get("max") if isinstance(cursor.data, dict) else None
    do = steps(cursor.get("do"))
    loops: tuple[Loop, ...] = ("while", "until")
    for loop in loops:
        asked = cursor.get(loop)
        if asked is not None:
            bound = most if isinstance(most, int) else int(REPEAT_MAX)
            return RepeatStep(loop=loop, condition=read_condition(asked), max=bound, do=do)
    values = cursor.get("for_each")
    if values is not None:
        kind = cursor.text("type") or kind_of(values.data)
        found = tuple(_value(each, kind) for each in values.elements())
        return RepeatStep(loop="for_each", values=found, variable=cursor.text("variable"), do=do)
    count = cursor.get("count")
    times = read_amount(count, "integer", least=0.0, most=REPEAT_MAX, fixed=False)
    return RepeatStep(count=times, do=do)


def read_choose(cursor: Cursor, beside: Cursor, steps: Steps) -> ChooseStep:
    """Read the choices; the `else:` stands beside the key that leads here."""
    choices = [
        Choice(condition=read_if(each) or NOTHING, then=steps(each.get("then")))
        for each in cursor.elements()
    ]
    return ChooseStep(choices=tuple(choices), otherwise=steps(beside.get("else")))


def read_parallel(cursor: Cursor, _beside: Cursor, steps: Steps) -> ParallelStep:
    """Read the lists that run side by side."""
    return ParallelStep(branches=tuple(steps(each.get("do")) for each in cursor.elements()))


def read_call(cursor: Cursor, _beside: Cursor, steps: Steps) -> CallStep:
    """Read a sequence's name and what it is given, and the sequence with it."""
    draft, place, span = cursor.draft, cursor, cursor.span
    name = cursor.data if isinstance(cursor.data, str) else ""
    for each, inner in cursor.items():
        name, place, span = each, inner, inner.key_span
    cursor.mention("sequence", name, span, path=cursor.path)
    sequences = Cursor(draft, draft.document.data).get("sequences")
    written = None if sequences is None else sequences.get(name)
    if written is None:
        return CallStep(sequence=name, variables={})
    sequence = _sequence(name, written, steps)
    size = 0 if sequence is None else draft.sizes[name]
    draft.calls.append(Call(sequence=name, path=cursor.path, span=span, steps=size))
    if sequence is None:
        return CallStep(sequence=name, variables={})
    too_much = sum(each.steps for each in draft.calls) > STEPS_MAX
    return CallStep(
        sequence=name,
        variables=_given(place, sequence),
        do=() if too_much else sequence.do,
    )


def _sequence(name: str, place: Cursor, steps: Steps) -> Sequence | None:
    """Read a sequence once; None while it is being read, so that a circle has an end."""
    draft = place.draft
    if name not in draft.sequences:
        draft.sequences[name] = None
        sequence = Sequence(
            name=name,
            description=place.text("description") or "",
            variables=build_inputs(place.get("variables")),
            do=steps(place.get("do")),
            source=place.source,
        )
        draft.sequences[name] = sequence
        draft.sizes[name] = _size(sequence.do, draft.sizes)
    return draft.sequences[name]


def _size(steps: tuple[Step, ...], sizes: dict[str, int]) -> int:
    """Count steps, those within them and those of what they call."""
    return sum(
        1 + sizes.get(step.args.sequence, 0)
        if isinstance(step.args, CallStep)
        else 1 + sum(_size(inner, sizes) for inner in steps_within(step))
        for step in steps
    )


def _given(cursor: Cursor, sequence: Sequence) -> dict[str, Expression]:
    """Read a value for each variable of a sequence: what the call gives, or the default."""
    given = dict(cursor.items())
    for name, place in given.items():
        place.mention("vars", name, place.key_span, sequence=sequence.name)
    values: dict[str, Expression] = {}
    for name, declared in sequence.variables.items():
        if name in given:
            values[name] = _argument(given[name], declared)
        elif declared.default is not None:
            values[name] = Const(declared.default)
        else:
            message = f"{sequence.name} needs a value for '{name}', which has no default"
            cursor.complain("missing-key", message, span=_place_of(cursor))
    return values


def _place_of(cursor: Cursor) -> Span:
    return cursor.span if isinstance(cursor.data, str) else cursor.key_span


def _argument(cursor: Cursor, declared: InputDeclaration) -> Expression:
    value = read_value(cursor, declared.type, declared.choices)
    if isinstance(value, Const):
        message = outside(declared, value.value)
        if message is not None:
            cursor.complain("out-of-range", message)
    return value


def _value(cursor: Cursor, kind: str) -> Expression:
    """Read one of the values of a `for_each`; where nothing says of what kind, as it is."""
    if kind != "any" or is_expression(cursor.data):
        return read_value(cursor, kind)
    data = cursor.data
    is_number = isinstance(data, int | float) and not isinstance(data, bool)
    return Const(float(data) if is_number else data)
