"""What reaches a run from outside: its beginning, wishes, answers, hands, endings, restarts.

Each function answers the entries that became true, already applied to the view; the shell makes them
durable. An empty answer means that nothing was changed: the wish was old, the question closed, the
action not open. Whatever follows from them comes out of the next `decide`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.execution.decision import Moment
from orchestrator.execution.program import Program
from orchestrator.execution.view import RunView
from orchestrator.model.ledger import Entry
from orchestrator.model.outcome import Ending

Entries = tuple[Entry, ...]


def begin(program: Program, moment: Moment) -> Entries:
    """Open the ledger of a new run (`moment.process_s` is 0); fold the answer into a view."""
    raise NotImplementedError


def recover(program: Program, view: RunView, moment: Moment) -> Entries:
    """Take a run up again after a crash; called once at start-up, before the first `decide`.

    Actions that were under way and cannot be repeated end as `unknown`; repeatable ones are performed
    again by the next `decide`. Open questions stay open. What fell due meanwhile follows its late
    policy in the next `decide`.
    """
    raise NotImplementedError


def control(view: RunView, wanted: str, control_seq: int, by: str, moment: Moment) -> Entries:
    """Apply what the leader wants: running | paused | finished | cancelled.

    Each control_seq is applied once (SEMANTICS rule 15); one that is not higher answers nothing.
    """
    raise NotImplementedError


def pause(view: RunView, by: str, reason: str, moment: Moment) -> Entries:
    """Pause this vessel at the request of another one."""
    raise NotImplementedError


def resume(view: RunView, by: str, moment: Moment) -> Entries:
    """Resume this vessel at the request of another one."""
    raise NotImplementedError


def answer(view: RunView, key: str, answer: Any, by: str, moment: Moment) -> Entries:
    """Take a person's answer to an open question; empty if there is no such question."""
    raise NotImplementedError


def override(
    view: RunView,
    setting: str,
    value: float | bool | str,
    by: str,
    until_s: float | None,
    moment: Moment,
) -> Entries:
    """Set `job.setting` by hand until `until_s` (process seconds), its release or the next item that
    starts on it (SEMANTICS rule 11).

    A bare job name takes `run`, `stop` or `hold`: the job runs, does not run, or runs paused.
    """
    raise NotImplementedError


def release(view: RunView, setting: str, by: str, moment: Moment) -> Entries:
    """End an override; empty if there is none."""
    raise NotImplementedError


def finished(
    view: RunView, key: str, ending: Ending, result: Mapping[str, Any], moment: Moment
) -> Entries:
    """Take the end of a `Perform`, under `str(perform.key)`; empty if that action is not open.

    To be called for ended runs too, since an action may outlast its run by a moment.
    """
    raise NotImplementedError


def latch(view: RunView, name: str, value: Any, moment: Moment) -> Entries:
    """Remember what another vessel announced; empty if it is known already (`view.latched`)."""
    raise NotImplementedError


def tick(view: RunView, moment: Moment) -> Entries:
    """A sign of life, to be written at least every 30 s (SEMANTICS rule 6)."""
    raise NotImplementedError
