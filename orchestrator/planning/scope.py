"""What holds for one vessel while its slice is made: its inputs, and the problems so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestrator.documents.diagnostic import Diagnostic, Site, Span
from orchestrator.documents.schedules import INTERVAL_S_MIN, interval_of
from orchestrator.execution.bindings import variable
from orchestrator.execution.cron import validate
from orchestrator.execution.phrase import phrase
from orchestrator.model.catalogue import Catalogue
from orchestrator.model.expression import Const, Expression, Value, fold, inputs_of
from orchestrator.model.profile import Source
from orchestrator.model.text import Text, fold_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One vessel's point of view. Problems of all vessels go to one list."""

    vessel: str
    constants: Mapping[str, Value]
    """`inputs.<name>` and `vessel`."""
    catalogue: Catalogue
    timezone: str
    """Of cron entries without one of their own."""
    problems: list[Diagnostic]
    given: frozenset[str] = frozenset()
    """Those of the constants that a call gave."""
    assigned: list[tuple[str, Expression, Source]] = field(default_factory=list)
    """Every value that a setting gets, with its place."""
    expanded_from: Site | None = None
    """What stands in an automation: where the profile follows it."""

    def concerns(self, vessels: tuple[str, ...] | None) -> bool:
        """Whether something for some vessels is for this one."""
        return vessels is None or self.vessel in vessels

    def within_call(self, variables: Mapping[str, Expression]) -> Scope:
        """The point of view of a sequence that is given these; nobody else's variables are seen."""
        known = {key: value for key, value in self.constants.items() if key not in self.given}
        given = {
            variable(name).key: value.value
            for name, value in variables.items()
            if isinstance(value, Const)
        }
        return replace(self, constants={**known, **given}, given=frozenset(given))

    def fold(self, expression: Expression) -> Expression:
        """Put the inputs in."""
        return fold(expression, self.constants)

    def maybe(self, expression: Expression | None) -> Expression | None:
        """The same for what need not be there."""
        return None if expression is None else self.fold(expression)

    def text(self, text: Text) -> Text:
        """Put the inputs into a text."""
        return fold_text(text, self.constants)

    def number(
        self, expression: Expression, source: Source, noun: str, *, least: float = 0.0
    ) -> float:
        """A number that has to be known before anything runs."""
        folded = self.fold(expression)
        if not isinstance(folded, Const) or type(folded.value) is not float:
            names = ", ".join(sorted(inputs_of(folded))) or phrase(folded)
            self.complain(source, "not-known", f"{noun} has to be known beforehand, not {names}")
            return max(least, 1.0)
        if folded.value < least:
            message = f"{noun} is {folded.value:g}, but has to be at least {least:g}"
            self.complain(source, "out-of-range", message)
            return max(least, 1.0)
        return folded.value

    def maybe_number(
        self, expression: Expression | None, source: Source, noun: str, *, least: float = 0.0
    ) -> float | None:
        """The same for what need not be there."""
        return None if expression is None else self.number(expression, source, noun, least=least)

    def schedule(self, expression: Expression, source: Source) -> str | float:
        """A cron entry, or the seconds of an interval that an input gives instead."""
        folded = self.fold(expression)
        if not isinstance(folded, Const) or not isinstance(folded.value, str):
            names = ", ".join(sorted(inputs_of(folded))) or phrase(folded)
            self.complain(source, "not-known", f"cron has to be known beforehand, not {names}")
            return INTERVAL_S_MIN
        if folded is not expression:
            interval_s = interval_of(folded.value)
            if interval_s is not None:
                return interval_s
        problem = validate(folded.value)
        if problem is not None:
            self.complain(source, "cron-invalid", problem)
        return folded.value

    def assign(self, setting: str, value: Expression, source: Source) -> None:
        """Note that a setting gets a value, so that it can be judged and its unit travels along."""
        self.assigned.append((setting, value, source))

    def complain(self, source: Source, code: str, message: str) -> None:
        """Add a problem at its place."""
        span = Span(source.line, source.column, source.line, source.column + 1)
        problem = Diagnostic.at(source.file, span, code, message)
        if self.expanded_from is not None:
            problem = replace(problem, included_from=(self.expanded_from,))
        self.problems.append(problem)
