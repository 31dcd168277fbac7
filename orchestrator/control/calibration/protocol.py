"""How each kind of device is compared: what a person prepares, what the machine does, what is
asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from orchestrator.model.calibration import KINDS, PUMP, Comparable
from orchestrator.model.units import format_quantity

ActKind = Literal["pump", "turn", "read"]
DEFAULTS: Final = {
    PUMP: (2.0, 5.0, 10.0, 20.0),
    "od": (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0),
    "stirrer": (0.2, 0.4, 0.6, 0.8, 1.0),
    "temperature": (),
    "ph": (4.01, 7.0),
    "oxygen": (0.0, 1.0),
    "level": (),
    "scale": (),
}
"""Values to compare at unless somebody wants others, in canonical units."""
SENSORS: Final = {
    "temperature": "thermometer",
    "ph": "ph_probe",
    "oxygen": "oxygen_probe",
    "level": "level_probe",
    "scale": "load_cell",
}
TACHOMETER: Final = "tachometer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be compared."""

    device: str
    kind: str
    values: tuple[float, ...]
    """Seconds of a pump, duties of a stirrer; of all others what is put before the sensor."""
    repeats: int = 1
    density_g_ml: float = 1.0
    """Of what a pump moves: it is weighed."""
    has_tachometer: bool = True
    """Without one a person tells how fast a stirrer turns."""
    own: Comparable | None = None
    """Of a plugin's kind: how it is compared."""

    @property
    def compared(self) -> Comparable:
        """What kind of comparison it is."""
        return self.own or KINDS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One comparison."""

    prepare: str
    """What a person does before the machine may begin."""
    act: ActKind
    amount: float = 0.0
    """Seconds of a pump, duty of a stirrer."""
    question: str = ""
    """What a person is asked afterwards; empty: nothing."""
    answer_type: str = ""
    """A dimension, or `mass` (g)."""
    expected: float | None = None
    """What the answer will be, more or less."""


def tasks_of(wish: Wish) -> tuple[Task, ...]:
    """The comparisons of a session, in their order."""
    return tuple(_tasks(wish))


def values_or_default(kind: str, values: tuple[float, ...]) -> tuple[float, ...]:
    """What is compared where nobody says at which values."""
    return values or DEFAULTS[kind]


def dilution_series(density: float, factor: float, steps: int) -> tuple[float, ...]:
    """Cell-free medium, then a culture in ever thicker dilutions up to the culture itself."""
    return (0.0, *sorted(density / factor**step for step in range(steps)))


def sensor_of(wish: Wish) -> str:
    """The sensor that shows what is compared, as it comes; empty where none does."""
    if wish.kind == "stirrer":
        return TACHOMETER if wish.has_tachometer else ""
    if wish.kind == "od" or wish.own is not None:
        return wish.device
    return SENSORS.get(wish.kind, "")


def why_not(wish: Wish) -> str:
    """What cannot be compared like that; empty if it can."""
    signed = wish.kind == "temperature" or wish.own is not None
    if any(value < 0.0 for value in wish.values) and not signed:
        return "a value to compare at cannot be below 0"
    if wish.kind == PUMP and any(not 0.1 <= value <= 600.0 for value in wish.values):
        return "a pump is compared over 0.1 s to 10 min"
    if wish.kind == "stirrer" and any(not 0.0 < value <= 1.0 for value in wish.values):
        return "a stirrer is compared at duties above 0 % and up to 100 %"
    if not 1 <= wish.repeats <= 10:
        return "each value is compared once to ten times"
    if wish.kind == "level" and not wish.values:
        return "say at which volumes the level is compared"
    if wish.kind == "scale" and not wish.values:
        return "say with which weights the load_cell is compared, 0 g among them"
    if len(wish.values) * wish.repeats > 100:
        return "that would be more than 100 comparisons"
    return "" if 0.5 <= wish.density_g_ml <= 2.0 else "a density lies between 0.5 and 2 g/mL"


def _tasks(wish: Wish) -> Iterator[Task]:
    values = wish.values or (None,)
    for value in values:
        for number in range(wish.repeats):
            again = f" (repeat {number + 1} of {wish.repeats})" if wish.repeats > 1 else ""
            yield _task(wish, wish.compared, value, again)


def _task(wish: Wish, compared: Comparable, value: float | None, again: str) -> Task:
    if wish.kind == PUMP:
        assert value is not None
        prepare = (
            f"Put the outlet of {wish.device} into an empty tube on the balance, not into the "
            f"vessel, with its line filled, and tare. It will run for {value:g} s{again}."
        )
        question = "How much did the balance show, in g?"
        return Task(
            prepare=prepare, act="pump", amount=value, question=question, answer_type="mass"
        )
    if wish.kind == "stirrer":
        assert value is not None
        prepare = f"Put the stir bar and the usual volume in. It will turn at {value:.0%}{again}."
        if wish.has_tachometer:
            return Task(prepare=prepare, act="turn", amount=value)
        question = "How fast does it turn, in rpm?"
        return Task(
            prepare=prepare, act="turn", amount=value, question=question, answer_type="stirring"
        )
    if value is None:
        prepare = f"Hold the reference beside the {wish.device} and wait until both are steady"
        question = "What does the reference show?"
    else:
        prepare = _standard(wish, format_quantity(value, compared.actual))
        question = "What was it exactly?"
    return Task(
        prepare=f"{prepare}{again}.",
        act="read",
        question=question,
        answer_type=compared.actual,
        expected=value,
    )


def _standard(wish: Wish, shown: str) -> str:
    if wish.own is not None:
        return wish.own.prepare.replace("{value}", shown)
    if wish.kind == "od":
        what = "cell-free medium" if shown == "0" else f"the standard of OD600 {shown}"
        return f"Put {what} into the vessel, free of bubbles, and let it settle"
    if wish.kind == "ph":
        return f"Rinse the probe, put it into the buffer of pH {shown} and wait until it is steady"
    if wish.kind == "oxygen":
        gas = {"0": "nitrogen or sulfite solution", "1": "air-saturated medium"}.get(shown, shown)
        return f"Put the probe into {gas} and wait until it is steady"
    if wish.kind == "level":
        return f"Fill the vessel to {shown} and wait until it is still"
    if wish.kind == "scale":
        what = f"{shown} on the load_cell" if shown != "0 g" else "nothing on the load_cell"
        return f"Put {what} and wait until it is still"
    return f"Bring the vessel to {shown}, beside a reference, and wait until both are steady"
