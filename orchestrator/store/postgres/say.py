"""The named statements in PostgreSQL's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_COMMENT = re.compile(r"--[^\n]*")
_LISTED = re.compile(r"json_each\(:(\w+)\)")
_IS_NULL = re.compile(r"(?<![:\w]):(\w+) IS NULL")
_NAMED = re.compile(r"(?<![:\w]):(\w+)")


@dataclass(frozen=True, slots=True)
class Said:
    """A statement and what its parameters are asked for besides."""

    text: bytes
    may_lack: frozenset[str]
    """Parameters of which it asks whether they are given at all."""

    def given(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parameters with the answers to that."""
        if not self.may_lack:
            return parameters
        lacks = {f"{name} lacks": parameters[name] is None for name in self.may_lack}
        return {**parameters, **lacks}


@lru_cache(maxsize=1024)
def said(statement: str) -> Said:
    """SQLite and PostgreSQL differ in how parameters are written, and lists are unfolded.

    PostgreSQL must know a parameter's type before it can ask whether it is NULL: so we tell it.
    """
    text = _COMMENT.sub("", statement).replace("%", "%%")
    text = _LISTED.sub(r"json_array_elements_text(CAST(:\1 AS TEXT)::json) AS each (value)", text)
    may_lack = frozenset(_IS_NULL.findall(text))
    text = _IS_NULL.sub(r"%(\1 lacks)s", text)
    return Said(_NAMED.sub(r"%(\1)s", text).encode(), may_lack)
