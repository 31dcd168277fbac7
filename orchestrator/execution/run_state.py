"""All that is known of a run at a moment; only the fold of its ledger changes it (`view`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from math import inf
from typing import Any

from orchestrator.execution.cache import Cache
from orchestrator.execution.clocks import Clocks
from orchestrator.execution.layers import Layers, Ramp
from orchestrator.execution.procedure import Procedure
from orchestrator.execution.program import Program, RuleProgram, rule_id
from orchestrator.execution.standing import (
    ConditionState,
    Intent,
    Leaving,
    Occasion,
    OpenAction,
    Question,
    RuleState,
    Waiting,
)
from orchestrator.model.experiment import ENDED, State
from orchestrator.model.key import RULE_VISIT, ActionKey


class RunState:
    """Where a run stands."""

    def __init__(self, program: Program) -> None:
        self.program = program
        """What runs, as the newest revision that was taken says."""
        self.revisions: dict[int, Program] = {program.revision: program}
        self.state = State.RUNNING
        self.reason = ""
        """Why the run ended, or why it is paused."""
        self.phase: str | None = None
        """The current phase's name; the last one's after the end; None before the first."""
        self.visit = 0
        self.between = False
        """The phase was left and the next one not yet entered."""
        self.visits: dict[str, int] = {}
        self.control_seq = 0
        self.began_wall_s: float | None = None
        self.wall_offset_s: float | None = None
        """Wall minus process time, of the newest entry whose clock was trusted."""
        self.last_s = 0.0
        """Process seconds of the newest entry."""
        self.recovered_s = -inf
        """Process seconds at which it was last taken up again after an interruption."""
        self.memories: dict[str, Mapping[str, Any]] = {}
        """job → what it asked to `Remember` (JOB_MEMORY)."""
        self.latched: dict[str, Any] = {}
        """name → what another vessel announced."""
        self.clocks = Clocks()
        self.entered_wall_s: float | None = None
        self.next_phase: tuple[str | None, float | None] = (None, None)
        """Where to go after a phase was left, and at which elapsed time by right."""
        self.rounds: Mapping[str, int] = {}
        """loop → the round that the current phase, or between phases the next one, is in."""
        self.barrier: Waiting | None = None
        self.arrivals: dict[str, int] = {}
        """phase → how often the vessel came to it or passed it, where all enter together."""
        self.leaving: Leaving | None = None
        self.entering_over_s: float | None = None
        """Elapsed seconds at which `on_enter` of this visit was through."""
        self.held_s = 0.0
        """How long the clocks were held in this visit, in holds that are over."""
        self.kept_off: set[str] = set()
        """Jobs that stay off since power returned."""
        self.items: dict[str, float] = {}
        """item → its newest occurrence of this visit that was taken up or skipped."""
        self.procedures: dict[str, Procedure] = {}
        self.actions: dict[str, OpenAction] = {}
        self.questions: dict[str, Question] = {}
        self.conditions: dict[str, ConditionState] = {}
        self.rules: dict[str, RuleState] = {name: RuleState() for name in program.rules}
        self.occasions: list[Occasion] = []
        """What rules have still to act upon, oldest first."""
        self.news = False
        """There is an occasion that no `decide` has seen."""
        self.taken: OrderedDict[str, None] = OrderedDict()
        """Ids of what came from outside, the newest."""
        self.jobs: dict[str, str] = {}
        """job → its state, as the ledger calls it."""
        self.faults: dict[str, str] = {}
        """device → what is wrong with it."""
        self.layers = Layers()
        self.ramps: dict[str, Ramp] = {}
        """Ramps that have not arrived, by key."""
        self.move: Intent | None = None
        self.pausing: Intent | None = None
        self.ending: Intent | None = None
        self.interrupted: set[str] = set()
        """Repeatable actions that a crash cut short and that are to be performed again."""
        self.cache = Cache()
        """What spares work; nothing in it outlives the process."""

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self.state in ENDED

    @property
    def visit_text(self) -> str:
        """The current visit, as it stands in keys."""
        return f"{self.phase}#{self.visit}"

    def elapsed_s(self, process_s: float) -> float:
        """The experiment's clock, which stands while paused and after the end."""
        return self.clocks.elapsed_s(process_s)

    def phase_s(self, process_s: float) -> float:
        """The current phase's clock; 0 before the first phase."""
        return self.clocks.phase_s(process_s)

    def rule_state(self, key: ActionKey) -> RuleState | None:
        """The history of the rule that a key belongs to, if it is one that lives now."""
        lives = key.visit in (RULE_VISIT, self.visit_text)
        return self.rules.get(rule_id(key)) if lives else None

    def lives(self, rule: RuleProgram) -> bool:
        """Whether a rule is to be asked: the profile's always, a phase's while the phase lasts."""
        if rule.phase is None:
            return True
        return rule.phase == self.phase and not self.between and self.leaving is None

    def is_performing(self, key: str) -> bool:
        """Whether an action began and has no outcome yet."""
        return key in self.actions

    def stands(self, procedure: Procedure) -> bool:
        """Whether a pause holds this procedure."""
        return self.state is State.PAUSED and not self.program.acts_while_paused(procedure.key)
