"""Secrets: values that stand in `secrets.yaml`, beside a document or above, and are never shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.files import SECRETS
from orchestrator.documents.load import load
from orchestrator.documents.read import read
from orchestrator.documents.suggest import closest

SECRET: Final = "!secret"
KINDS: Final = frozenset({"cluster/1"})
"""Documents that stay on their machine."""

_NO_VALUE: Final = "a secret is one text or number"


class Secrets:
    """Those of the `secrets.yaml` that is nearest to a folder, looked up when one is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str) -> str | float | bool | None:
        """Give a secret's value; None where there is none of that name, or no file at all."""
        value = self._known.get(name)
        return value if isinstance(value, (str, int, float)) else None

    def why_not(self, name: str) -> tuple[str, str | None]:
        """Say why a secret was not found, and which one may have been meant."""
        if self._file is None:
            return f"there is no secret '{name}': no {SECRETS} lies beside this file or above", None
        if not self._is_mapping:
            return f"there is no secret '{name}': {SECRETS} is no list of lines `name: value`", None
        return f"there is no secret '{name}' in {SECRETS}", closest(name, self._known)

    @cached_property
    def _file(self) -> Path | None:
        above = self._folder.resolve()
        found = (each / SECRETS for each in (above, *above.parents))
        return next((each for each in found if each.is_file()), None)

    @cached_property
    def _loaded(self) -> object:
        content = None if self._file is None else read(self._file)
        if content is None or isinstance(content, Diagnostic):
            return None
        document, problems = load(content, SECRETS)
        return None if document is None or problems else document.data

    @property
    def _is_mapping(self) -> bool:
        return isinstance(self._loaded, dict)

    @property
    def _known(self) -> dict[str, object]:
        return self._loaded if isinstance(self._loaded, dict) else {}


def hide(found: Diagnostic, values: Iterable[str], is_secret: bool) -> Diagnostic:
    """Take the values of secrets out of what is told, wherever they stand in it."""
    if is_secret:
        message = "the value of this secret does not fit here; it is not shown"
        return replace(found, message=message, suggestion=None)
    message, suggestion = found.message, found.suggestion
    for value in sorted(filter(None, values), key=len, reverse=True):
        message = message.replace(value, "…")
        suggestion = None if suggestion is None or value in suggestion else suggestion
    return replace(found, message=message, suggestion=suggestion)


def look_over(content: bytes, file: str) -> tuple[Diagnostic, ...]:
    """Check a `secrets.yaml` itself, without a word of what is in it."""
    document, problems = load(content, file)
    if document is not None and isinstance(document.data, dict):
        problems += [
            Diagnostic.at(file, document.places.of_key((name,)), "wrong-type", _NO_VALUE)
            for name, value in document.data.items()
            if not isinstance(value, (str, int, float))
        ]
    elif document is not None:
        message = "secrets are a mapping of lines such as name: value"
        problems.append(Diagnostic.at(file, document.places.of_value(()), "wrong-type", message))
    said = "this does not read as YAML; its text is not shown, since secrets stand in it"
    return tuple(
        each if each.code == "wrong-type" else replace(each, message=said, suggestion=None)
        for each in problems
    )
