"""What `vars.NAME` stands for while a procedure runs.

A call opens a scope of its own: its sequence sees what the call gave, the values of its own
`for_each` and the answers to its own questions, and nothing of who called it. Values come from the
records, so they are the same after a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from orchestrator.execution.procedure import Procedure
from orchestrator.model.expression import Unknown, Value, Variable

VARS: Final = "vars"
_BEGINNING: Final = Variable(f"{VARS}.").key


def variable(name: str) -> Variable:
    """The leaf that stands for `vars.<name>`."""
    return Variable(f"{VARS}.{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """The variables of one list of steps."""

    scope: str = ""
    """Paths of the steps that share answers begin with this."""
    given: Mapping[str, Value] = field(default_factory=dict)
    """By a call or a `for_each`."""

    def called(self, scope: str, given: Mapping[str, Value]) -> Bindings:
        """Open the scope of a call."""
        return Bindings(scope=scope, given=given)

    def with_value(self, name: str, value: Value) -> Bindings:
        """The same scope with one value more."""
        return replace(self, given={**self.given, name: value})

    def value(self, name: str, procedure: Procedure) -> Value | Unknown:
        """Give what a name stands for now."""
        answers: Mapping[str, Value] = procedure.variables.get(self.scope, {})
        if name in answers:
            return answers[name]
        if name in self.given:
            return self.given[name]
        return Unknown.signal(f"{VARS}.{name}", "no answer yet")


def name_of(key: str) -> str | None:
    """Give the name in the key of such a leaf; None for any other key."""
    return key.removeprefix(_BEGINNING) if key.startswith(_BEGINNING) else None
