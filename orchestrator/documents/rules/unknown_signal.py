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
from orchestrator.documents.suggest import closest, listed
from orchestrator.documents.variables import known_at


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
    message = f"there is no signal or setting '{mention.name}'"
    job = draft.catalogue.jobs.get(mention.name)
    if job is not None and job.signals:
        names = [f"{mention.name}.{name}" for name in job.signals]
        message = f"'{mention.name}' is a job, which measures {listed(names)}"
    meant = _guess(draft, mention)
    if meant is None and "." not in mention.name:
        message += f"; text stands in quotes, '{mention.name}'"
    if meant is not None and mention.vessel is not None:
        meant = f"vessels.{mention.vessel}.{meant}"
    return draft.error(mention.span, "unknown-signal", message, meant)


def _guess(draft: Draft, mention: Mention) -> str | None:
    """Guess what a name was meant to be: one with its first word missing or nearly right, too."""
    name = mention.name
    head, dot, tail = name.partition(".")
    if not dot and name in draft.catalogue.jobs:
        signals = draft.catalogue.jobs[name].signals
        return f"{name}.measured" if "measured" in signals else None
    if not dot and any(each.name == name for each in known_at(draft, mention.path)):
        return f"vars.{name}"
    if dot and draft.profile is not None and head in draft.profile.vessels:
        return f"vessels.{name}"
    first = closest(head, ("inputs", "vars", "vessels", "trigger")) if dot else None
    if first is not None and head not in draft.catalogue.jobs:
        return f"{first}.{tail}"
    known = draft.catalogue.readable_names()
    longer = [each for each in known if each.startswith(name.lower())]
    return closest(name, known) or next(iter(longer), None)
