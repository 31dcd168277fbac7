"""What holds for a library in git and for a plain folder alike."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.library.open_library import open_library
from orchestrator.library.plain_folder import FolderLibrary
from orchestrator.ports.library import (
    FILE_BYTES_MAX,
    ChangedSince,
    Edit,
    Library,
    LibraryRefused,
    NameRefused,
    NotKept,
    blob_of,
)

NOW_S = 1_800_000_000.0


@pytest.fixture(params=["git", "folder"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Library:
    if request.param == "git":
        return open_library(tmp_path / "library")
    (tmp_path / "library").mkdir()
    return FolderLibrary(tmp_path / "library", "it is a plain folder")


def edit(expected: str | None = None, by: str = "ada", message: str = "") -> Edit:
    return Edit(by=by, at_wall_s=NOW_S, message=message, expected=expected)


def test_what_is_saved_is_read_listed_and_known_by_its_content(library: Library) -> None:
    saved = library.save("growth/batch.yaml", "name: µ\n", edit())
    assert saved.blob == blob_of("name: µ\n".encode())
    assert library.read("growth/batch.yaml") == saved
    (entry,) = library.entries()
    assert (entry.path, entry.blob, entry.size_bytes) == ("growth/batch.yaml", saved.blob, 9)


def test_who_read_an_older_text_overwrites_nothing_and_is_shown_the_newer(
    library: Library,
) -> None:
    first = library.save("a.yaml", "1\n", edit())
    second = library.save("a.yaml", "2\n", edit(first.blob))
    for expected in (first.blob, None):
        with pytest.raises(ChangedSince) as refused:
            library.save("a.yaml", "3\n", edit(expected))
        assert refused.value.now == second
    with pytest.raises(ChangedSince):
        library.remove("a.yaml", edit(first.blob))
    assert library.read("a.yaml").text == "2\n"


def test_what_was_taken_away_is_gone_and_said_to_be(library: Library) -> None:
    kept = library.save("a.yaml", "1\n", edit())
    library.remove("a.yaml", edit(kept.blob))
    assert list(library.entries()) == []
    with pytest.raises(NotKept):
        library.read("a.yaml")
    with pytest.raises(NotKept):
        library.remove("a.yaml", edit(kept.blob))
    with pytest.raises(ChangedSince) as refused:
        library.save("a.yaml", "2\n", edit(kept.blob))
    assert refused.value.now is None


ESCAPING = [
    "../up.yaml",
    "/etc/up.yaml",
    "a/../../up.yaml",
    "a//b.yaml",
    "./a.yaml",
    ".git/config.yaml",
    "a/.hidden.yaml",
    "a\\b.yaml",
    "a\0.yaml",
    "a\n.yaml",
    "secrets.yaml",
    "a/secrets.yaml",
    "hooks/post-update",
    "config",
    "",
    "x" * 300 + ".yaml",
    "a/" * 20 + "b.yaml",
]


def test_names_that_escape_their_folder_are_refused(library: Library, tmp_path: Path) -> None:
    """A defect of queues of this kind: names that escape their folder."""
    before = sorted(tmp_path.rglob("*"))
    for name in ESCAPING:
        with pytest.raises(NameRefused):
            library.save(name, "x\n", edit())
        with pytest.raises(NameRefused):
            library.read(name)
        with pytest.raises(NameRefused):
            library.remove(name, edit())
    assert sorted(tmp_path.rglob("*")) == before


def test_a_profile_gets_what_lies_beside_it_and_below(library: Library) -> None:
    for path in ("growth/a.yaml", "growth/parts/b.yaml", "other.yaml"):
        library.save(path, f"name: {path}\n", edit())
    assert library.beside("growth/a.yaml") == {"parts/b.yaml": "name: growth/parts/b.yaml\n"}


def test_a_profile_is_found_by_its_content_and_by_all_that_it_includes(library: Library) -> None:
    library.save("growth/a.yaml", "!include parts/b.yaml\n", edit())
    library.save("growth/parts/b.yaml", "b\n", edit())
    found = library.find("!include parts/b.yaml\n", {"parts/b.yaml": "b\n"})
    assert found is not None
    assert found.path == "growth/a.yaml"
    assert library.find("!include parts/b.yaml\n", {"parts/b.yaml": "another\n"}) is None
    assert library.find("nothing\n", {}) is None


def test_what_is_too_large_or_in_the_way_is_refused(library: Library) -> None:
    with pytest.raises(LibraryRefused, match="too large"):
        library.save("a.yaml", "x" * (FILE_BYTES_MAX + 1), edit())
    library.save("a.yaml", "x\n", edit())
    with pytest.raises(LibraryRefused):
        library.save("a.yaml/b.yaml", "x\n", edit())
    assert library.read("a.yaml").text == "x\n"


def test_a_folder_follows_no_links_and_shows_no_strange_files(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "library"
    for each in (outside, root):
        each.mkdir()
    (outside / "secret.yaml").write_text("key\n")
    (root / "a.yaml").write_text("a\n")
    (root / "link.yaml").symlink_to(outside / "secret.yaml")
    (root / "folder").symlink_to(outside)
    os.mkfifo(root / "pipe.yaml")
    library = FolderLibrary(root, "it is a plain folder")
    assert [each.path for each in library.entries()] == ["a.yaml"]
    for path in ("link.yaml", "folder/secret.yaml", "pipe.yaml"):
        with pytest.raises(NotKept):
            library.read(path)
    with pytest.raises(LibraryRefused):
        library.save("folder/new.yaml", "x\n", Edit(by="ada", at_wall_s=NOW_S))
    assert [each.name for each in outside.iterdir()] == ["secret.yaml"]


def test_a_folder_says_that_it_has_no_past(tmp_path: Path) -> None:
    library = FolderLibrary(tmp_path, "it is a plain folder")
    assert library.standing().kind == "folder"
    for do in (lambda: library.history(), lambda: library.pull()):
        with pytest.raises(LibraryRefused, match="it is a plain folder"):
            do()
