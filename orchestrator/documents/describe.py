"""What jobs offer, in sentences: the same in schemas, forms and what an editor shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.model.catalogue import (
    CONTEXT_SIGNALS,
    Catalogue,
    LimitDeclaration,
    SettingDeclaration,
    SignalDeclaration,
    full_name,
)
from orchestrator.model.units import DIMENSIONS, format_quantity


def about_setting(setting: SettingDeclaration) -> str:
    """Describe a setting with unit, range and default."""
    return _sentences(setting.description, _facts_of_setting(setting))


def about_signal(signal: SignalDeclaration) -> str:
    """Describe a signal with its unit, and how long a value counts."""
    facts = [*_unit(signal.type)]
    if signal.max_age_s is not None:
        facts.append(f"unknown when older than {format_quantity(signal.max_age_s, 'time')}")
    return _sentences(signal.description, facts)


def about_limit(limit: LimitDeclaration) -> str:
    """Describe a limit with its unit and what it is without a word in the profile."""
    facts = [*_unit(limit.type)]
    if limit.default is not None:
        facts.append(f"default {written(limit.default, limit.type)}")
    return _sentences(limit.description, facts)


def about_name(name: str, catalogue: Catalogue) -> str | None:
    """Describe what an expression may read: a signal, a setting, or what a vessel knows."""
    context = CONTEXT_SIGNALS.get(name)
    if context is not None:
        return _sentences(context.description.capitalize(), _unit(context.type))
    signal, setting = catalogue.signal(name), catalogue.setting(full_name(name))
    if signal is not None:
        return about_signal(signal)
    return about_setting(setting) if setting is not None else None


def written(value: Any, kind: str) -> Any:
    """Write a value as a profile would."""
    if isinstance(value, float):
        dimension = kind if kind in DIMENSIONS else "number"
        shown = format_quantity(value, dimension)
        return shown if DIMENSIONS[dimension].symbol else value
    return value


def _facts_of_setting(setting: SettingDeclaration) -> Iterator[str]:
    yield from _unit(setting.type)
    low, high = (
        None if each is None else _shown(each, setting.type)
        for each in (setting.minimum, setting.maximum)
    )
    if low is not None and high is not None:
        yield f"{low} to {high}"
    elif low is not None:
        yield f"at least {low}"
    elif high is not None:
        yield f"at most {high}"
    if setting.required:
        yield "must be given"
    elif setting.default is not None:
        yield f"default {_shown(setting.default, setting.type)}"
    if not setting.editable:
        yield "stays as it is while the job runs"


def _shown(value: Any, kind: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_quantity(value, kind if kind in DIMENSIONS else "number")
    return str(value)


def _unit(kind: str) -> Iterator[str]:
    symbol = DIMENSIONS[kind].symbol if kind in DIMENSIONS else ""
    if symbol:
        yield f"in {symbol}"


def _sentences(description: str, facts: Any) -> str:
    """Put facts behind a description, as a sentence of their own."""
    said = "; ".join(facts)
    return f"{description}. {said[0].upper()}{said[1:]}." if said else description
