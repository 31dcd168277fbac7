"""The profiles that come with Axenic, each rehearsed once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.profiles.how_rehearsed import CHECKOUT, FED, PHOTOMETER, SUSPENDED, WORDS
from tests.support.rehearsals import Rehearsal, rehearse


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Rehearsal]]:
    """Rehearse a profile by name, unless that was done before."""
    folder = tmp_path_factory.mktemp("profiles")
    files = {"fed": FED, "suspended": SUSPENDED, "photometer": PHOTOMETER}
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    places = {name: str(folder / f"{name}.yaml") for name in files}
    known: dict[str, Rehearsal] = {}

    def find(name: str) -> Rehearsal:
        if name not in known:
            words = [word.format_map(places) for word in WORDS[name]]
            known[name] = rehearse(CHECKOUT / "profiles" / f"{name}.yaml", folder / name, words)
        return known[name]

    yield find
