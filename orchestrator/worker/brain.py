"""The pure core as a vessel sees it: one run's program and view, and what may be told to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from orchestrator.execution.decision import Decision, Moment
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Entry
from orchestrator.model.outcome import Ending
from orchestrator.model.signal import Signals


class Brain(Protocol):
    """What `execution` offers for one run."""

    def decide(self, signals: Signals, moment: Moment) -> Decision: ...

    def control(self, wanted: str, control_seq: int, by: str, moment: Moment) -> Sequence[Entry]: ...

    def answer(self, key: str, answer: Any, by: str, moment: Moment) -> Sequence[Entry]: ...

    def finished(
        self, key: str, ending: Ending, result: Mapping[str, Any], moment: Moment
    ) -> Sequence[Entry]: ...

    def apply(self, entry: Entry) -> None: ...

    state: State
    control_seq: int
