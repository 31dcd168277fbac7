"""What `axenic check` does, for whoever calls it: with Click, or without.

Hooks, editors and people at a shell call it with files and nothing else. Importing Click takes an
eighth of such a check, and there is nothing in it for Click to read.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.documents.report import report

if TYPE_CHECKING:
    from orchestrator.documents.check import Checked

_OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000


def is_plain(arguments: Sequence[str]) -> bool:
    """Tell whether there are paths only, written as this system's shell hands them over."""
    options = any(each.startswith("-") for each in arguments)
    return bool(arguments) and not options and os.name == "posix"


def check_plainly(arguments: Sequence[str]) -> int:
    """Check what is named, and give the exit code; ends like a command of Click's does."""
    try:
        return check_documents([Path(each) for each in arguments])
    except KeyboardInterrupt:
        print("\nAborted!", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the last flush
    return 1


def check_documents(paths: Sequence[Path], form: str = "text", *, strict: bool = False) -> int:
    """Check files and all in folders, print what was found, and give the exit code."""
    with _collecting_seldom():
        from orchestrator.cli.check_many import check_all, without_fragments
        from orchestrator.documents.check import documents_at

        files = list(dict.fromkeys(file for path in paths for file in documents_at(path)))
        results = without_fragments(check_all(files), paths)
    _tell_of_plugins()
    colour = form == "text" and takes_colour()
    _print(report(results, form, colour=colour))
    if form == "text":
        print(_summary(results), file=sys.stderr)
    return 0 if all(_passes(each, strict) for each in results) else 1


def takes_colour() -> bool:
    """Only a terminal takes colours, and only if its user does (no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Let Python look for garbage seldom: what is imported and read here is needed to the end."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _tell_of_plugins() -> None:
    """Say what is missing from the offer that documents were held against."""
    from orchestrator.documents.catalogue import load_offer

    for each in load_offer().left_out:
        print(f"The plugin {each.found.name} is left out: {each.reason}", file=sys.stderr)


def _print(text: str) -> None:
    """Write UTF-8, whatever the locale: names of files may hold anything."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _passes(checked: Checked, strict: bool) -> bool:
    return checked.is_good and not (strict and checked.diagnostics)


def _summary(results: list[Checked]) -> str:
    if not results:
        return "There is no YAML document here."
    found = [diagnostic for each in results for diagnostic in each.diagnostics]
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    counts = [
        f"{number} {noun}{'' if number == 1 else 's'}"
        for number, noun in ((errors, "error"), (len(found) - errors, "warning"))
        if number
    ]
    files = f"{len(results)} document{'' if len(results) == 1 else 's'} checked"
    return f"{files}: {', '.join(counts) or 'all good'}"
