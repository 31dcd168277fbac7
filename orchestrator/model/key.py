"""The name under which an action stands in the ledger, once and for ever."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from orchestrator.model.lazy_dataclass import dataclass

RULE_VISIT: Final = "*"
"""Stands for the phase visit of what belongs to no phase: rules, hands, automations."""
RESERVED_ITEMS: Final = frozenset(
    {"do", "until", "timeout", "on_enter", "on_leave", "hold_while", "together"}
)
"""Items of a phase that are its own; no schedule item may be called so."""
_KEY: Final = (
    r"(?P<attempt>[^:]*):(?P<vessel>[^:]*):(?P<visit>[^:]*):(?P<item>[^:@]*)"
    r"@(?P<occurrence>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|[^:]*)(?::(?P<path>.*))?"
)


READ_MAX: Final = 2000
"""Texts that are kept with the keys that they are read as."""
_read: dict[str, ActionKey] = {}


class _Remembered:
    """What a key is asked for again and again, once it was."""

    __slots__ = ("_text", "_whole")
    _text: str
    _whole: ActionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionKey(_Remembered):
    """SEMANTICS rule 2: (attempt, vessel, visit, item, occurrence, step path).

    The revision is recorded beside the key, never in it, so that an unchanged item keeps its
    history over an `apply`.
    """

    attempt: str
    """`<experiment>.<attempt number>`, or `rehearsal`."""
    vessel: str
    visit: str
    """`<phase>#<visit number>`, or `*`."""
    item: str
    """The item's name, or the hash of its content; `do`, `until` and the like for the phase's
    own."""
    occurrence: str
    """`at`/`every`: nominal phase seconds; cron: UTC, `2025-01-06T08:00:00Z`; rules: a counter."""
    path: str = ""
    """Step path with iteration numbers, `2.then.0` or `1[3].0`; empty for the item itself."""

    def __str__(self) -> str:
        """The `action_id` of files, messages and tables."""
        try:
            return self._text
        except AttributeError:
            text = f"{self.attempt}:{self.vessel}:{self.visit}:{self.item}@{self.occurrence}"
            if self.path:
                text = f"{text}:{self.path}"
            object.__setattr__(self, "_text", text)
            return text

    def spelled(self) -> str:
        """The text, for whoever reads it back soon: what is written down is folded at once.

        For keys whose parts hold no colon, as those of a plan do.
        """
        text = str(self)
        if text not in _read:
            _keep(text, self)
        return text

    def step(self, path: str) -> ActionKey:
        """The key of a step below this one."""
        return self._at(f"{self.path}.{path}" if self.path else path)

    @property
    def whole(self) -> ActionKey:
        """The key of the item's occurrence that this step belongs to."""
        if not self.path:
            return self
        try:
            return self._whole
        except AttributeError:
            whole = self._at("")
            object.__setattr__(self, "_whole", whole)
            return whole

    def _at(self, path: str) -> ActionKey:
        key = ActionKey(
            attempt=self.attempt,
            vessel=self.vessel,
            visit=self.visit,
            item=self.item,
            occurrence=self.occurrence,
            path=path,
        )
        if path:
            object.__setattr__(key, "_whole", self.whole)
        return key

    @classmethod
    def parse(cls, text: str) -> ActionKey:
        """Read an action id back.

        Raises:
            ValueError: where it is none.
        """
        key = _read.get(text)
        if key is None:
            key = _parse(text)
            _keep(text, key)
        return key


def _keep(text: str, key: ActionKey) -> None:
    """An occurrence is read at its begin, at its end and for each of its steps."""
    if len(_read) >= READ_MAX:
        _read.clear()
    _read[text] = key


def _parse(text: str) -> ActionKey:
    found = re.fullmatch(_KEY, text)
    if found is None:
        raise ValueError(f"{text!r:.100} is not an action id")
    attempt, vessel, visit, item, occurrence, path = found.groups()
    return ActionKey(
        attempt=attempt,
        vessel=vessel,
        visit=visit,
        item=item,
        occurrence=occurrence,
        path=path or "",
    )


def seconds_text(value_s: float) -> str:
    """Write nominal phase seconds as an occurrence: `14400`, `0.5`; `float` reads them back."""
    return str(int(value_s)) if value_s == int(value_s) else repr(value_s)


def utc_text(wall_s: float) -> str:
    """Write a moment in UTC as an occurrence: `2025-01-06T08:00:00Z`."""
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_seconds(text: str) -> float:
    """Read what `utc_text` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
