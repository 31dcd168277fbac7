"""What workers say to a request: one of them, or many, where each answers for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from orchestrator.messages.orders import CommandResult
from orchestrator.model.outcome import Outcome
from orchestrator.ports.office import NoAnswer, RequestRefused
from orchestrator.ports.store import NotFound
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.views.workers import CommandOutcome

Ask = Callable[[str], Awaitable[CommandResult]]


async def each_told(places: Iterable[str], ask: Ask) -> dict[str, CommandOutcome]:
    """Ask all at once, each place once; one that is dead or refuses holds up none of the others."""
    asked = list(dict.fromkeys(places))  # a dose must not come twice
    said = await asyncio.gather(*(_told(place, ask) for place in asked))
    return dict(zip(asked, said, strict=True))


def outcome_of(said: CommandResult) -> CommandOutcome:
    """As the API shows it."""
    return msgspec.convert(said, CommandOutcome, from_attributes=True)


def refuse_unless_done(said: CommandResult) -> CommandResult:
    """Let only good answers pass.

    Raises:
        Problem: the worker said something else.
    """
    if said.outcome != Outcome.DONE:
        raise Problem(409, said.reason or said.outcome, kind=kind_of("refused"))
    return said


async def _told(place: str, ask: Ask) -> CommandOutcome:
    try:
        said = await ask(place)
    except NoAnswer as error:
        return CommandOutcome(id="", outcome=Outcome.UNKNOWN.value, reason=str(error))
    except (NotFound, RequestRefused) as error:
        return CommandOutcome(id="", outcome=Outcome.FAILED.value, reason=str(error))
    except Problem as problem:
        return CommandOutcome(id="", outcome=Outcome.REFUSED.value, reason=problem.detail)
    return outcome_of(said)
