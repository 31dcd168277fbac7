"""Whatever a file holds or is, it gives one diagnostic, at once, in bounded memory."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from orchestrator.documents.check import Checked, check_file, check_path
from orchestrator.documents.decode import LINES_MAX, SIZE_MAX_BYTES
from orchestrator.documents.diagnostic import MESSAGE_LENGTH_MAX, PROBLEMS_MAX

MEMORY_MAX_BYTES = 400 * 1024 * 1024
TIME_MAX_S = 5.0
"""A bound against what explodes, on any machine; `make bench` measures how fast it is."""
FULL = SIZE_MAX_BYTES - 100
HEAD = "axenic: profile/1\nname: x\nvessels: {a: {volume: 15 mL}}\njobs: {od_reading: {}}\n"
UNTIL = HEAD + "phases:\n  - name: a\n    until: "

ONE_EACH: dict[str, tuple[str | bytes, str]] = {
    "a megabyte of brackets": ("[" * FULL, "too-deep"),
    "a megabyte of braces": ("{" * FULL, "unquoted-expression"),
    "a megabyte of empty lists": ("a: " + "[]" * (FULL // 2), "yaml-syntax"),
    "a megabyte of dashes": ("- " * (FULL // 2), "too-deep"),
    "a megabyte of question marks": ("? " * (FULL // 2), "complex-key"),
    "a megabyte of quotes": ('"' * FULL, "yaml-syntax"),
    "a megabyte of line ends": ("\r" * FULL, "too-large"),
    "a megabyte of comments": ("#\n" * (FULL // 2), "too-large"),
    "a megabyte in one key": ("x" * FULL + ": 1\n", "yaml-syntax"),
    "a megabyte in one list": ("[" + "a, " * (FULL // 3) + "]", "too-large"),
    "a megabyte of list items": ("- a\n" * (LINES_MAX - 1), "too-large"),
    "a megabyte of text": ("a: !!str " + "x " * (FULL // 2 - 5), "missing-key"),
    "a thousand levels": ("".join(" " * n + "a:\n" for n in range(1300)), "too-deep"),
    "aliases upon aliases": (
        "a0: &a0 [x, x]\n"
        + "".join(f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 20)),
        "too-many-aliases",
    ),
    "an alias within itself": ("a: &a [*a]", "unknown-alias"),
    "a long sum": (UNTIL + '"{{ ' + "od600 + " * 12_500 + '1 > 2 }}"\n', "expression"),
    "many parentheses": (UNTIL + f'"{{{{ {"(" * 50_000}1{")" * 50_000} }}}}"', "expression"),
    "a long condition without braces": (UNTIL + "x" * 100_000, "wrong-count"),
    "many expressions in a text": (
        HEAD + 'phases: [{name: a, do: [{log: "' + "{{ od600 }}" * 9_000 + '"}]}]',
        "expression",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400, "not-utf8"),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(64_000), "unprintable"),
    "bytes that are not UTF-8": (b"name: caf\xe9\n", "not-utf8"),
    "a megabyte of NUL": (bytes(FULL), "unprintable"),
    "half a character": (b"a: \xed\xa0\x80\n", "not-utf8"),
    "more than a megabyte": (b"x" * (SIZE_MAX_BYTES + 1), "too-large"),
    "nothing": (b"", "empty"),
    "twelve thousand anchors": (
        "".join(f"a{n}: &b{n} [*b{n - 1}]\n" if n else "a0: &b0 1\n" for n in range(12_000)),
        "too-many-aliases",
    ),
}
MANY: dict[str, str] = {
    "unknown keys": HEAD + "phases: [{name: a}]\n" + "".join(f"key{n}: 1\n" for n in range(9_000)),
    "unknown settings": HEAD
    + "phases: [{name: a, do: [{set: {"
    + ", ".join(f"stiring.t{n}: 1 rpm" for n in range(9_000))
    + "}}]}]\n",
    "unknown tags": "".join(f"a{n}: !x 1\n" for n in range(9_000)),
    "duplicate keys": "axenic: profile/1\n" + "a: 1\n" * 9_000,
    "unknown charts": HEAD + "phases: [{name: a}]\ncharts:\n" + "  - x\n" * 9_000,
    "vessels without a volume": "axenic: profile/1\nname: x\nphases: [{name: a}]\nvessels:\n"
    + "".join(f"  a{n}: {{volum: 15 mL}}\n" for n in range(3_000)),
}
_LIMITED = """\
import json, resource, sys, time
from pathlib import Path
from orchestrator.documents.check import check_file
from orchestrator.documents.report import report
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
for path in sys.argv[2:]:
    began_s = time.process_time()
    checked = check_file(Path(path))
    said = report([checked])
    took_s = time.process_time() - began_s
    codes = [each.code for each in checked.diagnostics]
    print(json.dumps({"codes": codes, "took_s": took_s, "said": len(said)}), flush=True)
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What a process with little memory made of every file."""
    folder = tmp_path_factory.mktemp("hostile")
    contents = {name: content for name, (content, _) in ONE_EACH.items()} | MANY
    paths = []
    for number, content in enumerate(contents.values()):
        paths.append(folder / f"{number}.yaml")
        paths[-1].write_bytes(content.encode() if isinstance(content, str) else content)
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(MEMORY_MAX_BYTES), *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(contents, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("name", ONE_EACH)
def test_a_hostile_document_gives_one_diagnostic_at_once(
    outcomes: dict[str, dict[str, Any]], name: str
) -> None:
    outcome = outcomes[name]
    assert outcome["codes"] == [ONE_EACH[name][1]]
    assert outcome["took_s"] < TIME_MAX_S
    assert outcome["said"] < 2 * MESSAGE_LENGTH_MAX


@pytest.mark.parametrize("name", MANY)
def test_thousands_of_mistakes_are_told_until_it_is_enough(
    outcomes: dict[str, dict[str, Any]], name: str
) -> None:
    outcome = outcomes[name]
    assert len(outcome["codes"]) == PROBLEMS_MAX + 1
    assert "too-many-problems" in outcome["codes"]
    assert outcome["took_s"] < 2 * TIME_MAX_S


def message_of(results: list[Checked]) -> str:
    """The one message of one file."""
    (checked,) = results
    (problem,) = checked.diagnostics
    assert problem.code == "unreadable"
    assert checked.profile is None
    return problem.message


@pytest.mark.timeout(10)
def test_a_pipe_without_a_writer_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert message_of(check_path(tmp_path / "a.yaml")) == "cannot be read: it is a pipe"
    assert message_of(check_path(tmp_path)) == "cannot be read: it is a pipe"


@pytest.mark.timeout(10)
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/tty", "/dev/random"])
def test_an_endless_file_is_not_begun(device: str) -> None:
    if not Path(device).exists():
        pytest.skip(f"there is no {device} here")
    assert message_of(check_path(Path(device))) == "cannot be read: it is a device"


def test_a_socket_is_no_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a.yaml")
        assert message_of(check_path(Path("a.yaml"))) == "cannot be read: it is a socket"


def test_a_folder_that_is_named_like_a_document_is_walked(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    (tmp_path / "a.yaml" / "b.yaml").write_text("")
    assert [Path(each.file).name for each in check_path(tmp_path)] == ["b.yaml"]
    assert message_of([check_file(tmp_path)]) == "cannot be read: it is a folder"


def test_links_in_a_circle_are_seen_through(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "above").symlink_to(tmp_path)
    assert "symbolic links" in message_of(check_path(tmp_path / "a.yaml"))
    assert [Path(each.file).name for each in check_path(tmp_path)] == ["a.yaml", "b.yaml"]


def test_a_link_to_nowhere_and_a_name_with_a_nul_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("nowhere")
    assert "No such file" in message_of(check_path(tmp_path))
    assert "null byte" in message_of(check_path(Path("a\0.yaml")))


def test_a_file_may_vanish_between_two_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    stat = os.stat

    def stat_and_remove(*arguments: Any, **options: Any) -> os.stat_result:
        found = stat(*arguments, **options)
        path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr("orchestrator.documents.read.os.stat", stat_and_remove)
    assert "No such file" in message_of([check_file(path)])


def test_a_file_may_grow_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    monkeypatch.setattr("orchestrator.documents.read.os.read", lambda _, size: b"#" * size)
    (problem,) = check_file(path).diagnostics
    assert problem.code == "too-large"


def test_a_file_with_holes_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.touch()
    os.truncate(path, 2**40)
    (problem,) = check_file(path).diagnostics
    assert (problem.code, problem.message) == (
        "too-large",
        "the file has 1073741824 KiB; a document may have 1024",
    )


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Root may read everything, so be nobody for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_read_is_told() -> None:
    with TemporaryDirectory() as made:
        root = Path(made)
        file, folder = root / "a.yaml", root / "closed"
        file.write_text("a: 1")
        folder.mkdir()
        for path, mode in ((root, 0o755), (file, 0), (folder, 0)):
            path.chmod(mode)
        with as_somebody_else():
            found = [*check_path(root), *check_path(folder / "b.yaml")]
        folder.chmod(0o700)
    assert [Path(each.file).name for each in found] == ["a.yaml", "closed", "b.yaml"]
    assert {message_of([each]) for each in found} == {"cannot be read: Permission denied"}
