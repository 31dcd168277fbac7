"""What each kind of step does when it begins and when it goes on."""

from __future__ import annotations

from typing import Final

from orchestrator.execution import compound, instant, waiting
from orchestrator.execution.walk import Verbs

VERBS: Final = Verbs(
    begin={**instant.BEGIN, **waiting.BEGIN, **compound.BEGIN},
    go_on={**waiting.GO_ON, **compound.GO_ON},
)
