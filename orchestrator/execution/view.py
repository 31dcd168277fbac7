"""Where a run stands: the fold of its ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from orchestrator.control.shapes import LinearRamp
from orchestrator.execution.cache import Cache
from orchestrator.execution.clocks import Clocks
from orchestrator.execution.layers import Layers, Override, Ramp, Run
from orchestrator.execution.occurrences import occurrence_seconds
from orchestrator.execution.procedure import Procedure, StepRecord
from orchestrator.execution.program import Program
from orchestrator.model.experiment import ENDED, State
from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.ledger import Entry, Kind

PERFORMED: Final = frozenset({"dose", "dilute", "circulate", "blank", "snapshot"})
"""Actions that the shell carries out."""
REPEATABLE: Final = frozenset({"blank", "snapshot"})
"""Those of them that may be begun again after a crash (SEMANTICS rule 3)."""
TRUTHS: Final = {"true": True, "false": False, "unknown": None}


@dataclass(slots=True)
class ConditionState:
    """What a condition was when it was last looked at."""

    truth: bool | None = None
    since_s: float = 0.0
    """Process seconds since when."""
    max_age_s: float | None = None
    grace_until_s: float = -inf
    """After an outage shorter than its signals' age, unknown says nothing before this."""


@dataclass(slots=True)
class RuleState:
    """A rule's history."""

    count: int = 0
    """Firings, those that were skipped included."""
    fired: bool = False
    """It fired for the truth that holds now, and does not again before it was false."""


@dataclass(slots=True, kw_only=True)
class OpenAction:
    """An action that the shell is carrying out."""

    key: ActionKey
    action: str
    data: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Question:
    """Something that a person was asked and has not answered."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Intent:
    """Something that a step decided and that is still to be carried out."""

    what: str
    """A phase to enter, an end state, `pause` or `resume`."""
    reason: str


class RunView:
    """A run as its ledger tells it. `apply` is the only way to change it."""

    def __init__(self, program: Program) -> None:
        self.program = program
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
        self.last_s = 0.0
        """Process seconds of the newest entry."""
        self.memories: dict[str, Mapping[str, Any]] = {}
        """job → what it asked to `Remember` (JOB_MEMORY)."""
        self.latched: dict[str, Any] = {}
        """name → what another vessel announced."""
        self.clocks = Clocks()
        self.entered_wall_s: float | None = None
        self.next_phase: tuple[str | None, float | None] = (None, None)
        """Where to go after a phase was left, and at which elapsed time by right."""
        self.items: dict[str, float] = {}
        """item → its newest occurrence of this visit that was taken up or skipped."""
        self.procedures: dict[str, Procedure] = {}
        self.actions: dict[str, OpenAction] = {}
        self.questions: dict[str, Question] = {}
        self.conditions: dict[str, ConditionState] = {}
        self.rules: dict[str, RuleState] = {name: RuleState() for name in program.rules}
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

    @classmethod
    def fold(cls, program: Program, entries: Iterable[Entry]) -> RunView:
        """Read a ledger from its beginning."""
        view = cls(program)
        for entry in entries:
            view.apply(entry)
        return view

    def apply(self, entry: Entry) -> None:
        """Take one more entry in. The shell calls it for entries of its own making (JOB_MEMORY, …);
        what the core answers is applied already."""
        self.last_s = max(self.last_s, entry.process_s)
        change = _CHANGES.get(entry.kind)
        if change is not None:
            change(self, entry)
            if entry.kind not in _QUIET:
                self.cache.spoil()

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

    def is_performing(self, key: str) -> bool:
        """Whether an action began and has no outcome yet."""
        return key in self.actions

    def stands(self, procedure: Procedure) -> bool:
        """Whether a pause holds this procedure."""
        return self.state is State.PAUSED and not self.program.acts_while_paused(procedure.key)

    # --- what each kind of entry changes --------------------------------------------------------

    def _run_began(self, entry: Entry) -> None:
        self.began_wall_s = entry.wall_s

    def _run_ended(self, entry: Entry) -> None:
        self.state = State(entry.data["state"])
        self.reason = entry.data.get("reason", "")
        self.clocks.ended_at_s = entry.process_s
        self.ending = self.move = self.pausing = None
        self.conditions.clear()

    def _controlled(self, entry: Entry) -> None:
        self.control_seq = entry.data["control_seq"]
        wanted, reason = entry.data["wanted"], f"{entry.data['wanted']} by {entry.data['by']}"
        if wanted == "cancelled":
            self.ending = Intent(State.CANCELLED.value, reason)
        elif wanted == "finished":
            self.ending = Intent(State.COMPLETED.value, reason)

    def _phase_entered(self, entry: Entry) -> None:
        self.phase, self.visit = entry.data["phase"], entry.data["visit"]
        self.visits[self.phase] = self.visit
        self.between = False
        elapsed_s = self.elapsed_s(entry.process_s)
        self.clocks.entered_s = entry.data.get("elapsed_s", elapsed_s)
        self.entered_wall_s = None
        if entry.wall_s is not None:
            self.entered_wall_s = entry.wall_s - (elapsed_s - self.clocks.entered_s)
        self.items.clear()

    def _phase_left(self, entry: Entry) -> None:
        if entry.data["reason"] == "ended":
            return
        self.between = True
        self.move = None
        self.next_phase = (entry.data.get("next"), entry.data.get("next_elapsed_s"))
        visit = f"{entry.data['phase']}#{entry.data['visit']}"
        for key in [key for key in self.conditions if f":{visit}:" in key]:
            del self.conditions[key]
        if self.next_phase[0] is not None:
            self.layers.withdraw_visit(visit)
        else:
            # What is kept after the end is kept as it was (SEMANTICS rule 10).
            self.ending = Intent(State.COMPLETED.value, "")

    def _paused(self, entry: Entry) -> None:
        self.state = State.PAUSED
        self.pausing = None
        self.reason = entry.data.get("reason", "")
        self.clocks.pause(entry.process_s)
        for text, condition in self.conditions.items():
            if not self.program.acts_while_paused(ActionKey.parse(text)):
                condition.truth = None

    def _resumed(self, entry: Entry) -> None:
        self.state = State.RUNNING
        self.pausing = None
        self.reason = ""
        self.clocks.resume(entry.process_s)

    def _recovered(self, entry: Entry) -> None:
        since_s = entry.data["since_s"]
        silent_s = entry.process_s - since_s
        for condition in self.conditions.values():
            if condition.max_age_s is None:
                continue
            if silent_s < condition.max_age_s:
                condition.grace_until_s = since_s + condition.max_age_s
            else:
                condition.truth = None
        self.interrupted = {
            key for key, action in self.actions.items() if action.action in REPEATABLE
        }

    def _item_began(self, entry: Entry) -> None:
        key = ActionKey.parse(entry.key or "")
        self._take_up(key)
        self.procedures[str(key)] = Procedure(
            key=key,
            text=str(key),
            nominal_s=entry.data["nominal_s"],
            due_s=self.elapsed_s(entry.process_s),
            late_s=entry.data.get("late_s", 0.0),
            queued=entry.data.get("queued", False),
            asked=entry.data.get("asked", False),
        )

    def _item_ended(self, entry: Entry) -> None:
        key = ActionKey.parse(entry.key or "")
        text = str(key)
        self._take_up(key)
        self.questions.pop(text, None)
        if self.procedures.pop(text, None) is not None:
            if entry.data["outcome"] == "skipped":
                self.layers.withdraw_owner(text)
            else:
                self.layers.settle(text)
            self._next_in_queue(key, entry.process_s)
        if entry.data.get("then") == "fail":
            self.ending = Intent(State.FAILED.value, entry.data["reason"])
        elif entry.data.get("then") == "pause":
            self.pausing = Intent("pause", entry.data["reason"])

    def _next_in_queue(self, key: ActionKey, process_s: float) -> None:
        """What waited for another firing of its rule is due now."""
        for each in self.procedures.values():
            same = each.key.item == key.item and each.key.visit == key.visit
            if same and each.queued and not each.records:
                each.due_s = self.elapsed_s(process_s)

    def _take_up(self, key: ActionKey) -> None:
        """Note that an occurrence was begun or skipped, or a firing counted."""
        if key.visit == RULE_VISIT:
            rule = self.rules.get(key.item)
            if rule is not None and int(key.occurrence) > rule.count:
                rule.count = int(key.occurrence)
                rule.fired = True
        elif key.visit == self.visit_text:
            newest_s = occurrence_seconds(key.occurrence)
            self.items[key.item] = max(newest_s, self.items.get(key.item, newest_s))

    def _action_began(self, entry: Entry) -> None:
        key, data = ActionKey.parse(entry.key or ""), entry.data
        text = str(key)
        if data["action"] == "ramp":
            self._take_up(key)
            self._ramp_began(key, data)
            return
        if data["action"] in PERFORMED:
            self.actions[text] = OpenAction(key=key, action=data["action"], data=data)
            self.interrupted.discard(text)
        procedure = self.procedures.get(str(key.whole))
        if procedure is not None and key.path not in procedure.records:
            procedure.note_iteration(key.path)
            procedure.records[key.path] = self._record(entry)

    def _action_ended(self, entry: Entry) -> None:
        key, data = ActionKey.parse(entry.key or ""), entry.data
        text = str(key)
        self.actions.pop(text, None)
        self.interrupted.discard(text)
        self.questions.pop(text, None)
        self.conditions.pop(text, None)
        if data["action"] == "ramp":
            self._take_up(key)
            self.ramps.pop(text, None)
            return
        procedure = self.procedures.get(str(key.whole))
        if procedure is not None:
            procedure.note_iteration(key.path)
            record = procedure.records.setdefault(key.path, self._record(entry))
            record.ended = True
            record.next_due_s = data.get("next_due_s", self.elapsed_s(entry.process_s))
        if data["outcome"] in ("done", "late"):
            self._carried_out(key, data)

    def _record(self, entry: Entry) -> StepRecord:
        elapsed_s = self.elapsed_s(entry.process_s)
        return StepRecord(
            action=entry.data["action"],
            args=entry.data.get("args", {}),
            due_s=entry.data.get("due_s", elapsed_s),
            began_s=elapsed_s,
            deadline_s=entry.data.get("deadline_s"),
            late_s=entry.data.get("late_s", 0.0),
        )

    def _ramp_began(self, key: ActionKey, data: Mapping[str, Any]) -> None:
        args = data["args"]
        shape = LinearRamp(from_value=args["from"], to_value=args["to"], over_s=args["over_s"])
        ramp = Ramp(
            key=str(key),
            at_s=args["at_s"],
            shape=shape,
            detail=data["detail"],
            nominal_s=data["nominal_s"],
        )
        self.ramps[ramp.key] = ramp
        self.layers.write(args["setting"], ramp, owner=ramp.key, visit=key.visit)

    def _carried_out(self, key: ActionKey, data: Mapping[str, Any]) -> None:
        """What a step that begins and ends at once leaves behind."""
        action, args = data["action"], data.get("args", {})
        if action in ("set", "start", "stop"):
            self._wrote(key, action, args)
        elif action == "go_to":
            self.move = Intent(args["phase"], "go_to")
        elif action in ("pause", "resume"):
            self.pausing = Intent(action, args.get("reason", ""))
        elif action in ("finish", "fail"):
            state = State.COMPLETED if action == "finish" else State.FAILED
            self.ending = Intent(state.value, args.get("reason", ""))

    def _wrote(self, key: ActionKey, action: str, args: Mapping[str, Any]) -> None:
        owner, settings = str(key.whole), args.get("settings", {})
        if action == "set":
            written = settings
        elif args.get("automation") is not None:
            run = Run(on=True, automation=args["automation"], settings=settings)
            written = {args["job"]: run}
        else:
            written = {f"{args['job']}.{name}": value for name, value in settings.items()}
            written[args["job"]] = Run(on=action == "start")
        for name, value in written.items():
            self.layers.write(name, value, owner=owner, visit=key.visit)

    def _condition(self, entry: Entry) -> None:
        text, truth = entry.key or "", TRUTHS[entry.data["value"]]
        key = ActionKey.parse(text)
        if key.path.endswith("]"):
            self._checked(key, truth is True)
            return
        self.conditions[text] = ConditionState(
            truth=truth, since_s=entry.data["since_s"], max_age_s=entry.data.get("max_age_s")
        )
        if truth is False and key.visit == RULE_VISIT and not key.path and key.item in self.rules:
            self.rules[key.item].fired = False

    def _checked(self, key: ActionKey, holds: bool) -> None:
        """A repeat asked its condition about an iteration."""
        outer, _, number = key.path[:-1].rpartition("[")
        procedure = self.procedures.get(str(key.whole))
        if procedure is not None and outer in procedure.records:
            procedure.records[outer].checked = {int(number): holds}

    def _latched(self, entry: Entry) -> None:
        self.latched[entry.data["name"]] = entry.data["value"]

    def _overridden(self, entry: Entry) -> None:
        self.layers.overrides[entry.data["setting"]] = Override(
            value=entry.data["value"], by=entry.data["by"], until_s=entry.data.get("until_s")
        )

    def _released(self, entry: Entry) -> None:
        self.layers.overrides.pop(entry.data["setting"], None)

    def _question(self, entry: Entry) -> None:
        self.questions[entry.key or ""] = Question(kind=entry.data["kind"], text=entry.data["text"])

    def _answer(self, entry: Entry) -> None:
        text = entry.key or ""
        key = ActionKey.parse(text)
        self.questions.pop(text, None)
        procedure = self.procedures.get(str(key.whole))
        if procedure is not None:
            procedure.answers[key.path] = (entry.data["answer"], entry.data["by"])
            if not key.path:
                procedure.due_s = self.elapsed_s(entry.process_s)

    def _account(self, entry: Entry) -> None:
        if entry.key is None:
            return
        key = ActionKey.parse(entry.key)
        procedure = self.procedures.get(str(key.whole))
        if procedure is not None and key.path in procedure.records:
            procedure.records[key.path].accounted = True

    def _job_memory(self, entry: Entry) -> None:
        self.memories[entry.data["job"]] = entry.data["memory"]


_CHANGES: Final[Mapping[Kind, Callable[[RunView, Entry], None]]] = {
    Kind.RUN_BEGAN: RunView._run_began,
    Kind.RUN_ENDED: RunView._run_ended,
    Kind.CONTROLLED: RunView._controlled,
    Kind.PHASE_ENTERED: RunView._phase_entered,
    Kind.PHASE_LEFT: RunView._phase_left,
    Kind.PAUSED: RunView._paused,
    Kind.RESUMED: RunView._resumed,
    Kind.RECOVERED: RunView._recovered,
    Kind.ITEM_BEGAN: RunView._item_began,
    Kind.ITEM_ENDED: RunView._item_ended,
    Kind.ACTION_BEGAN: RunView._action_began,
    Kind.ACTION_ENDED: RunView._action_ended,
    Kind.CONDITION: RunView._condition,
    Kind.SIGNAL_LATCHED: RunView._latched,
    Kind.OVERRIDDEN: RunView._overridden,
    Kind.RELEASED: RunView._released,
    Kind.QUESTION: RunView._question,
    Kind.ANSWER: RunView._answer,
    Kind.ACCOUNT: RunView._account,
    Kind.JOB_MEMORY: RunView._job_memory,
}
"""Entries of other kinds change nothing that is decided here."""
_QUIET: Final = frozenset({Kind.JOB_MEMORY, Kind.SIGNAL_LATCHED, Kind.ACCOUNT})
"""Kinds that nothing follows from."""
