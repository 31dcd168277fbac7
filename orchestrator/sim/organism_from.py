"""Read an organism out of a mapping, as a `culture/1` document holds it; tell all faults at once.

The mapping may leave out anything: what it does not say is as in *E. coli*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from math import isfinite
from typing import Any

from orchestrator.sim.organism import CardinalTemperatures, Disturbances, Organism, SensorNoise

ABOUT = frozenset({"axenic", "name", "description"})
"""What a document says of itself."""
POSITIVE = frozenset(
    {"mu_max_per_h", "ks_g_l", "ki_g_l", "yield_g_g", "od_per_g_l", "ic50_mg_l", "hill"}
    | {"light_half_umol_m2_s"}
)
"""Must be above 0; any other number of an organism may be 0, and temperatures below."""
DRIFTS = frozenset({"od600_drift_per_day", "temperature_drift_c_per_day"})
ERRORS = frozenset({"feed_pumps_error", "waste_pump_error"})
"""Shares of a flow: no pump runs backwards."""


class OrganismError(ValueError):
    """The mapping describes no organism; `problems` says why, one line for each place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def organism_from(mapping: Mapping[str, Any]) -> Organism:
    """Return the organism that a mapping describes, or raise with everything wrong in it."""
    problems: list[str] = []
    if mapping.get("axenic", "culture/1") != "culture/1":
        problems.append(f"axenic: {mapping['axenic']!r} is not a culture/1 document")
    own = {key: value for key, value in mapping.items() if key not in ABOUT}
    cardinal = _numbers(own.pop("temperature", {}), CardinalTemperatures, "temperature.", problems)
    noise = _numbers(own.pop("noise", {}), SensorNoise, "noise.", problems)
    given = own.pop("disturbances", {})
    disturbances = Disturbances(**_numbers(given, Disturbances, "disturbances.", problems))
    for name in ("ki_g_l", "ic50_mg_l", "light_half_umol_m2_s"):
        if own.get(name, 0) is None:
            del own[name]
    numbers = _numbers(own, Organism, "", problems)
    temperature = CardinalTemperatures(**cardinal)
    problems += _cardinal_problems(temperature)
    if problems:
        raise OrganismError(problems)
    return Organism(
        **numbers,
        temperature=temperature,
        noise=SensorNoise(**noise),
        disturbances=disturbances,
    )


def _numbers(given: Any, kind: type, path: str, problems: list[str]) -> dict[str, Any]:
    """Return the numbers of `given` that `kind` knows; the rest become problems."""
    if not isinstance(given, Mapping):
        problems.append(f"{path.rstrip('.')}: expected names with numbers, not {given!r}")
        return {}
    known = [each.name for each in fields(kind)]
    sound = {}
    for name, value in given.items():
        problem = _problem(name, value, known, may_be_negative=kind is CardinalTemperatures)
        if problem:
            problems.append(f"{path}{name}: {problem}")
        else:
            sound[name] = float(value)
    return sound


def _problem(name: Any, value: Any, known: list[str], *, may_be_negative: bool) -> str:
    if name not in known:
        near = get_close_matches(str(name), known, n=1)
        return "not known here" + (f", did you mean {near[0]}?" if near else "")
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return f"expected a number, not {value!r}"
    if name in POSITIVE and value <= 0:
        return f"must be above 0, not {value}"
    if name == "dark_share" and value > 1:
        return f"must not be above 1, not {value}"
    if name in ERRORS:
        return "" if value > -1 else f"must be above -1, for a pump does not run back, not {value}"
    if value < 0 and not (may_be_negative or name in DRIFTS):
        return f"must not be below 0, not {value}"
    return ""


def _cardinal_problems(temperature: CardinalTemperatures) -> list[str]:
    low, best, high = temperature.minimum_c, temperature.optimum_c, temperature.maximum_c
    if not low < best < high:
        return [
            f"temperature: minimum {low}, optimum {best}, maximum {high} must rise in this order"
        ]
    if best <= (low + high) / 2:
        return [
            f"temperature.optimum_c: {best} must lie nearer to the maximum {high} than to the "
            f"minimum {low}, as it does in every known organism; the growth model needs it"
        ]
    return []
