"""Who writes a setting: items that started, on top of what jobs say, below what a hand says.

SEMANTICS rule 11. Each setting, and each job as a whole, has a stack of writes in the order in
which they started; the top one counts. Writes leave with their phase visit, or with their procedure
where that was cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from orchestrator.control.curves import Shape

Value = float | bool | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A ramp or another shape under way, or arrived."""

    key: str
    at_s: float
    """On the phase's clock."""
    shape: Shape
    detail: str = ""
    nominal_s: float = 0.0
    """Process seconds at which it was to begin."""
    timezone: str | None = None
    """Of a shape that goes by the time of day."""
    action: str = "ramp"
    """How the record calls it."""
    stopped: str = ""
    """Why it is over before it has arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A job as it was started or stopped by a step."""

    on: bool
    automation: str | None = None
    settings: Mapping[str, Value] = field(default_factory=dict)
    """With an automation all that it takes; what was written before no longer counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One item's word about one setting or job."""

    owner: str
    """Key of the occurrence that wrote it."""
    visit: str
    value: Value | Ramp | Run
    number: int
    """Counts all writes, in the order in which they started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A hand's word."""

    value: Value
    by: str
    until_s: float | None
    """Process seconds."""


class Layers:
    """The stacks and the overrides of one run."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[Write]] = {}
        self.overrides: dict[str, Override] = {}
        self._count = 0
        self._of_job: dict[str, int] = {}
        self.sweeps = 0
        """How often writes of any job were taken back or replaced."""

    @property
    def writes(self) -> int:
        """How many there were."""
        return self._count

    def write(self, name: str, value: Value | Ramp | Run, *, owner: str, visit: str) -> None:
        """Put a write on top, in place of an earlier one of the same owner."""
        self._count += 1
        stack = [each for each in self._stacks.get(name, ()) if each.owner != owner]
        self._of_job[name.partition(".")[0]] = self._count
        write = Write(owner=owner, visit=visit, value=value, number=self._count)
        self._stacks[name] = [*stack, write]
        self.overrides.pop(name, None)
        if isinstance(value, Run) and value.automation is not None:
            # With an automation it says all that the job takes.
            for held in [held for held in self.overrides if held.startswith(f"{name}.")]:
                del self.overrides[held]

    def last_of(self, job: str) -> int:
        """Number of the last write about a job or one of its settings; 0 if there was none."""
        return self._of_job.get(job, 0)

    def top(self, name: str) -> Write | None:
        """The write that counts."""
        stack = self._stacks.get(name)
        return stack[-1] if stack else None

    def names(self) -> Iterator[str]:
        """Settings and jobs that something has written."""
        return iter(self._stacks)

    def ramps(self) -> Iterator[Ramp]:
        """Every ramp that is still in a stack, hidden ones included."""
        for stack in self._stacks.values():
            for write in stack:
                if isinstance(write.value, Ramp):
                    yield write.value

    def owners(self, visit: str) -> frozenset[str]:
        """Who wrote during a visit what is still there."""
        stacks = self._stacks.values()
        return frozenset(write.owner for stack in stacks for write in stack if write.visit == visit)

    def rewrite(self, owner: str, values: Mapping[str, Value | Ramp | Run]) -> None:
        """Put other values in the place of what an owner wrote, as if it had written them then."""
        own = {
            name: each
            for name, stack in self._stacks.items()
            for each in stack
            if each.owner == owner
        }
        if not own:
            return
        self.withdraw_owner(owner)
        first = min(own.values(), key=lambda each: each.number)
        for name, value in values.items():
            write = replace(own.get(name, first), value=value)
            stack = [*self._stacks.get(name, ()), write]
            self._stacks[name] = sorted(stack, key=lambda each: each.number)
        self._count += 1
        self.sweeps += 1

    def withdraw_owner(self, owner: str) -> None:
        """Take back what a cancelled procedure wrote."""
        self._keep(lambda write: write.owner != owner)

    def withdraw_visit(self, visit: str) -> None:
        """Take back what was written during a phase visit that is over."""
        self._keep(lambda write: write.visit != visit)

    def settle(self, owner: str) -> None:
        """A procedure is through: what it hides of its own visit can never show again."""
        for name, stack in self._stacks.items():
            places = [number for number, write in enumerate(stack) if write.owner == owner]
            if places:
                own = stack[places[0]]
                below = [each for each in stack[: places[0]] if each.visit != own.visit]
                self._stacks[name] = [*below, *stack[places[0] :]]

    def _keep(self, wanted: Callable[[Write], bool]) -> None:
        kept = {name: [w for w in stack if wanted(w)] for name, stack in self._stacks.items()}
        self._stacks = {name: stack for name, stack in kept.items() if stack}
        self.sweeps += 1
