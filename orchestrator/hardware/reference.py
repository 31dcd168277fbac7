"""A reading held against that of a second sensor which sees the same light.

An LED ages, and shines less when it is warm. A reference photodiode in front of it sees that, too;
the quotient of both is what the culture does to the light.
"""

from __future__ import annotations

from orchestrator.hardware.staging import Deliver, Read

DARK_SHARE = 0.02
"""Of what the reference is to show: below it there is no light to compare with."""


def against(read: Read, reference: Read, name: str, at_v: float) -> Read:
    """Return a way to read a sensor as if its reference showed `at_v`."""

    def both(deliver: Deliver) -> None:
        answers: dict[str, tuple[float | None, str]] = {}

        def heard(which: str, value: float | None, fault: str) -> None:
            answers[which] = (value, fault)
            if len(answers) == 2:
                deliver(*_quotient(*answers["sensor"], *answers["reference"], name, at_v))

        read(lambda value, fault: heard("sensor", value, fault))
        reference(lambda value, fault: heard("reference", value, fault))

    return both


def _quotient(
    value: float | None,
    fault: str,
    reference_v: float | None,
    reference_fault: str,
    name: str,
    at_v: float,
) -> tuple[float | None, str]:
    if value is None:
        return None, fault
    if reference_v is None:
        return None, reference_fault
    if reference_v < DARK_SHARE * at_v:
        return None, f"the {name} sees no light: it shows {reference_v:.3g} V"
    return value * at_v / reference_v, ""
