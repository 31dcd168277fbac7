"""Rules with where they live: the profile's in the whole run, a phase's in its visits."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.documents.flow import ENDINGS, MOVES, surely
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import Phase, Profile, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class HomedRule:
    """A rule, when it is asked and by whom."""

    rule: Rule
    phase: str | None = None
    """None: all the time."""
    vessels: frozenset[str] | None = None
    """None is all."""


def homed_rules(profile: Profile) -> list[HomedRule]:
    """List all rules, those of the profile first."""
    found = [HomedRule(rule=rule, vessels=_both(rule.vessels, None)) for rule in profile.rules]
    return found + [_of(rule, phase) for phase in profile.phases for rule in phase.rules]


def share_a_vessel(one: HomedRule, other: HomedRule) -> bool:
    """Tell whether some vessel has both."""
    if one.vessels is None or other.vessels is None:
        return True
    return not one.vessels.isdisjoint(other.vessels)


def may_go_round(circle: Iterable[HomedRule]) -> bool:
    """Tell whether rules are asked together for as long as they start each other.

    Those of two phases never are. One that ends the vessel's part ends the circle; so does one that
    leaves the phase in which others live.
    """
    rules = list(circle)
    phases = {each.phase for each in rules} - {None}
    ends = MOVES if phases else ENDINGS
    return len(phases) <= 1 and not any(
        surely(step, ends) for each in rules for step in each.rule.do
    )


def _of(rule: Rule, phase: Phase) -> HomedRule:
    return HomedRule(rule=rule, phase=phase.name, vessels=_both(rule.vessels, phase.vessels))


def _both(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> frozenset[str] | None:
    lists = [frozenset(each) for each in (one, other) if each is not None]
    return frozenset.intersection(*lists) if lists else None
