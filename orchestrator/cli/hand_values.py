"""Values that hands give on the command line, read by what jobs declare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.quantity_option import QUANTITY
from orchestrator.model.units import DIMENSIONS, UnitError, format_quantity, parse_quantity

if TYPE_CHECKING:
    from orchestrator.model.catalogue import SettingDeclaration

_MINUTES: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*m\s*")
YES: Final = ("true", "yes", "on")
NO: Final = ("false", "no", "off")
Value = float | bool | str


class Strict(click.ParamType[float]):
    """A quantity with its unit; a bare number could be anything."""

    def __init__(self, dimension: str) -> None:
        self.name = self.dimension = dimension

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it, and refuse what is not above zero."""
        if isinstance(value, float):
            return value
        minutes = _MINUTES.fullmatch(str(value)) if self.dimension == "time" else None
        try:
            number = (
                60.0 * float(minutes[1]) if minutes else parse_quantity(str(value), self.dimension)
            )
        except UnitError as error:
            self.fail(_in_words(error), param, ctx)
        if not number > 0.0:
            self.fail(f"'{value}' is not above zero", param, ctx)
        return number


DURATION: Final = Strict("time")
VOLUME: Final = Strict("volume")


def setting_named(name: str) -> SettingDeclaration:
    """The declaration of `job.setting`, for changing it while the job runs.

    Raises:
        BadRequest: there is none, or it cannot be changed.
    """
    from orchestrator.cli.by_hand import no_such
    from orchestrator.documents.catalogue import load_catalogue

    catalogue = load_catalogue()
    job, dot, short = name.partition(".")
    if not dot:
        raise BadRequest(f"'{name}' is no JOB.SETTING, such as stirring.target")
    if job not in catalogue.jobs:
        raise BadRequest(no_such("job", job, sorted(catalogue.jobs)))
    known = catalogue.settings_of(job)
    if short not in known:
        raise BadRequest(no_such(f"setting of {job}", short, sorted(known)))
    if not known[short].editable:
        raise BadRequest(f"{name} cannot change while {job} runs")
    return known[short]


def offer(setting: SettingDeclaration, text: str, name: str) -> Value:
    """The value of a setting as a person wrote it, in canonical units, within its range.

    Raises:
        BadRequest: with what would be right.
    """
    value = _read(setting, text, name)
    if isinstance(value, bool | str):
        return value
    least, most = setting.minimum, setting.maximum
    if least is not None and value < least:
        raise BadRequest(f"{name}: {text} cannot be; {shown(setting, least)} is the least")
    if most is not None and value > most:
        raise BadRequest(f"{name}: {text} cannot be; {shown(setting, most)} is the most")
    return value


def shown(setting: SettingDeclaration, value: Any) -> str:
    """A value of a setting for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or setting.type not in DIMENSIONS:
        return f"{value:g}" if isinstance(value, float) else str(value)
    if setting.type == "fraction":
        return f"{100.0 * value:g} %"
    return format_quantity(value, setting.type)


def example_of(setting: SettingDeclaration) -> str:
    """A value that would fit, in brackets of the help."""
    symbol = DIMENSIONS[setting.type].symbol if setting.type in DIMENSIONS else ""
    return symbol or setting.type


def _read(setting: SettingDeclaration, text: str, name: str) -> Value:
    kind = setting.type
    if kind == "text":
        return text
    if kind == "choice":
        if text not in setting.choices:
            raise BadRequest(f"{name} is one of {', '.join(setting.choices)}, not '{text}'")
        return text
    if kind == "boolean":
        if text.lower() not in (*YES, *NO):
            raise BadRequest(f"{name} is yes or no, not '{text}'")
        return text.lower() in YES
    if kind in QUANTITY:
        try:
            return parse_quantity(text, kind)
        except UnitError as error:
            raise BadRequest(f"{name}: {_in_words(error)}") from error
    try:
        return float(int(text)) if kind == "integer" else float(text)
    except ValueError:
        wanted = "a whole number" if kind == "integer" else "a number"
        raise BadRequest(f"{name} is {wanted}, not '{text}'") from None


def _in_words(error: UnitError) -> str:
    return (
        f"{error.message}; did you mean {error.suggestion}?"
        if error.suggestion
        else (error.message)
    )
