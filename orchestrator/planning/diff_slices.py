"""What changes in one vessel's part: its rules, jobs, limits, loops and phases.

What is called the same is the same thing (SEMANTICS rule 2); what it does is compared without the
places in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.execution.describe import duration
from orchestrator.model.plan import WARN_BEFORE_S, Bottle, Slice
from orchestrator.planning.diff_parts import diff_jobs, diff_named, diff_rules
from orchestrator.planning.diff_phases import diff_phases
from orchestrator.planning.difference import Part
from orchestrator.planning.part_words import loop_in_words, mapping_in_words
from orchestrator.planning.rest import Position

POLICIES: Final = ("at_end", "on_pause", "power_on")


def diff_slices(old: Slice, new: Slice, at: Position | str | None) -> Iterator[Part]:
    """Compare a vessel's old part with its new one; without a position it is over."""
    vessel, units = old.vessel, {**old.units, **new.units}
    yield from diff_named(vessel, "setting", _settings(old), _settings(new), str)
    yield from diff_named(vessel, "limit", old.limits, new.limits, lambda each: f"{each:g}")
    yield from diff_jobs(vessel, "", old.jobs, new.jobs, units)
    yield from diff_rules(vessel, "", old.rules, new.rules, units)
    loops = [{each.loop: each for each in slice_.loops} for slice_ in (old, new)]
    yield from diff_named(vessel, "loop", loops[0], loops[1], loop_in_words)
    yield from diff_phases(old, new, at, units)


def _settings(slice_: Slice) -> dict[str, str]:
    """What a vessel says of itself, in words."""
    media = {
        each.medium: f"{each.volume_ml:g} mL{' shared' if each.shared else ''}{_warning(each)}"
        for each in slice_.media
    }
    policies = {name: mapping_in_words(getattr(slice_, name)) for name in POLICIES}
    told = {
        "volume": f"{slice_.volume_ml:g} mL",
        **{f"media.{name}": words for name, words in media.items()},
        **policies,
        "on_vessel_failure": slice_.on_vessel_failure,
        "worker": slice_.worker or "",
    }
    return {name: words for name, words in told.items() if words}


def _warning(bottle: Bottle) -> str:
    if bottle.warn_before_s == WARN_BEFORE_S:
        return ""
    return f", warned of {duration(bottle.warn_before_s)} ahead"
