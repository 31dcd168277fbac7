"""Profiles in git: commits by their authors, the past, and what a remote has."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import NoReturn

import pytest

from orchestrator.library import run_git as running
from orchestrator.library.git_library import GitLibrary
from orchestrator.library.open_library import open_library
from orchestrator.library.repository import LOCK_OF_NOBODY_S, MovedOn, Repository
from orchestrator.library.run_git import GitFailed, run_git
from orchestrator.ports.library import Edit, Library, LibraryRefused, LibraryUnusable, NotKept

NOW_S = 1_800_000_000.0


def write(library: Library, path: str, text: str, by: str = "ada", message: str = "") -> str:
    edit = Edit(by=by, at_wall_s=NOW_S, message=message, whatever=True)
    kept = library.save(path, text, edit)
    assert kept.commit is not None
    return kept.commit


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return open_library(tmp_path / "library")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Somebody's work tree, of a repository that the library pulls from."""
    folder = tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    return folder


def git(folder: Path, *words: str) -> str:
    """As somebody would do it by hand."""
    mine = ("-c", "user.name=Bob", "-c", "user.email=bob@lab.invalid", "-c", "core.hooksPath=")
    done = subprocess.run(
        ["git", "-C", folder, *mine, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(clone: Path, path: str, text: str) -> str:
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", f"Change {path}")
    return git(clone, "rev-parse", "HEAD")


def pulling(tmp_path: Path, clone: Path) -> Library:
    return open_library(tmp_path / "library", remote=str(clone))


def test_each_change_is_a_commit_by_its_author(library: Library) -> None:
    first = write(library, "a.yaml", "1\n", by="Ada Löwe", message="Begin\n\nwith one")
    second = write(library, "a.yaml", "2\n", by="<bob>\u0020")
    write(library, "b.yaml", "b\n")
    past = library.history("a.yaml")
    assert [(each.id, each.author, each.message) for each in past] == [
        (second, "bob", "Write a.yaml"),
        (first, "Ada Löwe", "Begin\n\nwith one"),
    ]
    assert {each.at_wall_s for each in past} == {NOW_S}
    assert len(library.history()) == 3
    assert [each.id for each in library.history("a.yaml", after=second)] == [first]
    assert [each.id for each in library.history("a.yaml", limit=1)] == [second]
    assert library.read("a.yaml", first).text == "1\n"


def test_the_same_text_again_is_no_commit(library: Library) -> None:
    first = write(library, "a.yaml", "1\n")
    assert write(library, "a.yaml", "1\n") == first
    assert len(library.history()) == 1


def test_an_earlier_version_comes_back_as_a_new_commit(library: Library) -> None:
    first = write(library, "a.yaml", "1\n")
    write(library, "a.yaml", "2\n")
    write(library, "a.yaml", library.read("a.yaml", first).text, message="Restore")
    assert library.read("a.yaml").text == "1\n"
    assert library.history("a.yaml")[0].message == "Restore"
    assert len(library.history("a.yaml")) == 3


@pytest.mark.parametrize("name", ["0" * 40, "main", "HEAD~1", "--all", "abc", ""])
def test_commits_that_are_none_of_the_library_are_not_there(library: Library, name: str) -> None:
    write(library, "a.yaml", "1\n")
    with pytest.raises(NotKept):
        library.read("a.yaml", name)
    with pytest.raises(NotKept):
        library.history("never.yaml")


def test_a_profile_is_found_as_it_was_as_well(library: Library) -> None:
    first = write(library, "a.yaml", "1\n")
    second = write(library, "a.yaml", "2\n")
    now, then = library.find("2\n", {}), library.find("1\n", {})
    assert now is not None and then is not None
    assert (now.path, now.commit) == ("a.yaml", second)
    assert (then.path, then.commit) == ("a.yaml", first)


def test_two_who_save_at_once_make_two_commits(tmp_path: Path) -> None:
    """Two libraries on one repository: the branch moves from what was looked at, or not."""
    one, other = open_library(tmp_path / "library"), open_library(tmp_path / "library")
    write(one, "a.yaml", "1\n")
    repository = Repository(tmp_path / "library", "main")
    head = repository.head()
    write(other, "b.yaml", "2\n")
    tree = repository.with_change(head, "c.yaml", b"3\n")
    with pytest.raises(MovedOn):
        repository.add(tree, head, Edit(by="ada", at_wall_s=NOW_S), "late")
    write(one, "c.yaml", "3\n")
    assert [each.path for each in other.entries()] == ["a.yaml", "b.yaml", "c.yaml"]


def test_a_pull_takes_over_what_only_adds(tmp_path: Path, clone: Path) -> None:
    commit(clone, "growth/a.yaml", "1\n")
    library = pulling(tmp_path, clone)
    assert library.pull().outcome == "forwarded"
    assert library.read("growth/a.yaml").text == "1\n"
    assert library.pull().outcome == "up-to-date"
    newest = commit(clone, "growth/a.yaml", "2\n")
    assert library.pull().commit == newest
    write(library, "b.yaml", "mine\n")
    assert library.pull().outcome == "ahead"
    assert [each.author for each in library.history()] == ["ada", "Bob", "Bob"]


def test_what_has_diverged_is_left_alone_until_people_bring_it_together(
    tmp_path: Path, clone: Path
) -> None:
    commit(clone, "a.yaml", "1\n")
    library = pulling(tmp_path, clone)
    library.pull()
    mine = write(library, "b.yaml", "mine\n")
    commit(clone, "a.yaml", "theirs\n")
    with pytest.raises(LibraryRefused) as refused:
        library.pull()
    said = str(refused.value)
    assert "1 commits that the remote lacks, and the remote 1" in said
    assert library.standing().commit == mine
    words = said.partition("'git ")[2].partition("'")[0].split()
    git(clone, *words, "--no-edit")
    assert library.pull().outcome == "forwarded"
    assert {each.path: library.read(each.path).text for each in library.entries()} == {
        "a.yaml": "theirs\n",
        "b.yaml": "mine\n",
    }


def test_links_modules_and_strange_names_of_a_remote_are_passed_over(
    tmp_path: Path, clone: Path
) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("key\n")
    clone.mkdir(exist_ok=True)
    (clone / "link.yaml").symlink_to(secret)
    (clone / "folder").symlink_to(tmp_path)
    (clone / "notes.txt").write_text("no document\n")
    commit(clone, "a.yaml", "1\n")
    git(clone, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module.yaml")
    git(clone, "commit", "--quiet", "-m", "A module")
    library = pulling(tmp_path, clone)
    library.pull()
    assert [each.path for each in library.entries()] == ["a.yaml"]
    for path in ("link.yaml", "folder/secret.yaml", "module.yaml"):
        with pytest.raises(NotKept):
            library.read(path)
    write(library, "folder/secret.yaml", "in the place of the link\n")
    assert library.read("folder/secret.yaml").text == "in the place of the link\n"
    assert secret.read_text() == "key\n"


def test_no_hook_ever_runs(tmp_path: Path, clone: Path) -> None:
    commit(clone, "a.yaml", "1\n")
    library, ran = pulling(tmp_path, clone), tmp_path / "ran"
    hooks = tmp_path / "library" / "hooks"
    hooks.mkdir()
    for name in ("reference-transaction", "post-update", "post-merge", "pre-auto-gc"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (hooks / name).chmod(0o755)
    library.pull()
    write(library, "b.yaml", "1\n")
    assert not ran.exists()
    git(tmp_path / "library", "-c", f"core.hooksPath={hooks}", "update-ref", "refs/heads/x", "main")
    assert ran.exists()  # the trap would have snapped


@pytest.mark.parametrize(
    ("remote", "said"),
    [
        ("", "no remote is declared"),
        ("/nowhere/at/all", "could not be pulled"),
        ("ext::sh -c 'touch ran'", "could not be pulled"),
        ("--upload-pack=touch ran", "could not be pulled"),
    ],
)
def test_a_remote_that_cannot_be_pulled_is_said_to_be(
    tmp_path: Path, remote: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    library = open_library(tmp_path / "library", remote=remote)
    with pytest.raises(LibraryRefused, match=said):
        library.pull()
    assert not (tmp_path / "ran").exists()


def test_a_password_of_the_remote_is_never_shown(tmp_path: Path) -> None:
    url = "http://ada:open-sesame@127.0.0.1:9/lab.git"
    library = open_library(tmp_path / "library", remote=url)
    with pytest.raises(LibraryRefused) as refused:
        library.pull()
    assert "open-sesame" not in str(refused.value)
    assert library.standing().remote == "http://127.0.0.1:9/lab.git"


def test_a_repository_that_lost_a_file_is_said_to_be_unusable(tmp_path: Path) -> None:
    library = open_library(tmp_path / "library")
    write(library, "a.yaml", "name: a\n")
    (entry,) = library.entries()
    (tmp_path / "library" / "objects" / entry.blob[:2] / entry.blob[2:]).unlink()
    for ask in (library.entries, lambda: library.read("a.yaml")):
        with pytest.raises(LibraryUnusable, match=r"lost a\.yaml"):
            ask()


def test_what_git_says_reaches_people_by_the_word_of_the_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library(tmp_path / "library")
    write(library, "a.yaml", "name: a\n")
    monkeypatch.setattr(running, "OUTPUT_BYTES_MAX", 45)
    with pytest.raises(LibraryUnusable, match="wrote over"):
        library.entries()


def test_a_git_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nsleep 60 &\nwait\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    before_s = time.monotonic()
    with pytest.raises(GitFailed, match=r"took over 0\.2 s"):
        run_git(None, "fetch", limit_s=0.2)
    assert time.monotonic() - before_s < 10.0


def test_a_git_that_does_not_answer_says_neither_yes_nor_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a disk that is slow for a moment would make a library of nothing, or of no past."""
    open_library(tmp_path / "library")
    repository = Repository(tmp_path / "library", "main")
    assert repository.head() is None
    assert not repository.is_ancestor("0" * 40, "1" * 40)

    def late(*_: object, **__: object) -> NoReturn:
        raise GitFailed("git took over 20 s and was ended")

    monkeypatch.setattr("orchestrator.library.repository.run_git", late)
    with pytest.raises(LibraryUnusable, match="took over"):
        repository.is_ancestor("0" * 40, "1" * 40)
    with pytest.raises(LibraryUnusable, match="took over"):
        repository.head()


def test_a_git_that_writes_without_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "git"
    fake.write_text("#!/bin/sh\nyes\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(running, "OUTPUT_BYTES_MAX", 100_000)
    with pytest.raises(GitFailed, match="wrote over"):
        run_git(None, "log")


def test_settings_of_the_machine_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / ".gitconfig"
    config.write_text(
        "[core]\n\tautocrlf = true\n[user]\n\tname = Eve\n[commit]\n\tgpgSign = true\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Eve")
    library = open_library(tmp_path / "library")
    write(library, "a.yaml", "1\r\n2\n")
    assert library.read("a.yaml").text == "1\r\n2\n"
    assert library.history()[0].author == "ada"


@pytest.mark.parametrize("held", ["refs/heads/main", "HEAD"])
def test_a_lock_of_one_who_lost_power_is_taken_away_a_younger_one_is_not(
    library: Library, tmp_path: Path, held: str
) -> None:
    write(library, "a.yaml", "1\n")
    lock = tmp_path / "library" / f"{held}.lock"
    lock.touch()
    with pytest.raises(LibraryRefused, match="File exists"):
        write(library, "a.yaml", "2\n")
    old_s = time.time() - LOCK_OF_NOBODY_S - 1.0
    os.utime(lock, (old_s, old_s))
    write(library, "a.yaml", "2\n")
    assert library.read("a.yaml").text == "2\n"


def test_many_saves_are_packed_and_nothing_is_lost(library: Library, tmp_path: Path) -> None:
    first = write(library, "a.yaml", "1\n")
    write(library, "a.yaml", "2\n")
    repository = Repository(tmp_path / "library", "main")
    repository.tidy()
    assert run_git(tmp_path / "library", "count-objects").startswith(b"6 objects")
    repository.tidy(loose_max=5)
    assert run_git(tmp_path / "library", "count-objects").startswith(b"0 objects")
    assert library.read("a.yaml", first).text == "1\n"
    write(library, "a.yaml", "3\n")
    assert len(library.history("a.yaml")) == 3


def test_a_folder_is_opened_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.yaml").write_text("1\n")
    standing = open_library(files).standing()
    assert (standing.kind, "plain folder" in standing.why) == ("folder", True)
    with pytest.raises(LibraryUnusable, match="needs git"):
        open_library(files, remote="/somewhere")
    git(tmp_path, "init", "--quiet", str(tmp_path / "tree"))
    with pytest.raises(LibraryUnusable, match="--library-remote"):
        open_library(tmp_path / "tree")
    assert isinstance(open_library(tmp_path / "new"), GitLibrary)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in open_library(tmp_path / "without").standing().why
    with pytest.raises(LibraryUnusable, match="git is not installed"):
        open_library(tmp_path / "new")
