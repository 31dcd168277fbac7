"""A signal or setting that an expression reads, but that nobody offers.

Signals are written `job.name` (`temperature.measured`); `od600`, `growth_rate` and `volume` are
short for those that everybody needs. Settings can be read as well (`stirring.target`), and so can
`phase`, `phase_time`, `elapsed` and `vessel`. An input is written `inputs.name`, another vessel's
signal `vessels.name.od600`.

Mend the name, or add the job that measures it.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft, Mention
from orchestrator.documents.suggest import closest


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report names in expressions and charts that mean nothing."""
    for mention in draft.mentions("signal"):
        if draft.catalogue.type_of(mention.name) is None:
            yield _no_such_signal(draft, mention)


def _no_such_signal(draft: Draft, mention: Mention) -> Diagnostic:
    data = draft.document.data
    inputs = data.get("inputs", {}) if isinstance(data, dict) else {}
    if isinstance(inputs, dict) and mention.name in inputs:
        message = f"'{mention.name}' is an input, which is written inputs.{mention.name}"
        return draft.error(mention.span, "unknown-signal", message, f"inputs.{mention.name}")
    meant = closest(mention.name, draft.catalogue.readable_names())
    if meant is not None and mention.vessel is not None:
        meant = f"vessels.{mention.vessel}.{meant}"
    message = f"there is no signal or setting '{mention.name}'"
    return draft.error(mention.span, "unknown-signal", message, meant)
