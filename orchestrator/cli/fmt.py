"""`axenic fmt`: documents in the house's layout, with all their comments."""

from __future__ import annotations

import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from orchestrator.documents.diagnostic import Diagnostic

STDIN = Path("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one document."""

    path: Path
    before: str
    after: str
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether it would look different."""
        return self.before != self.after


@click.command()
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="PATH…",
)
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; fail if one would change."
)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def fmt(paths: tuple[Path, ...], only_check: bool, diff: bool) -> None:
    """Lay out profiles and the other documents of the family; folders are walked, - is stdin.

    Comments stay, and so does the meaning. A document that cannot be read is left as it is.
    """
    outcomes = [_format(path) for path in _documents(paths)]
    for each in outcomes:
        if diff:
            click.echo(_difference(each), nl=False)
        elif each.path == STDIN and not only_check:
            click.echo(each.after, nl=False)
        elif each.is_changed and not only_check:
            _write(each)
    _tell(outcomes, only_look=only_check or diff)
    if any(each.diagnostics or (only_check and each.is_changed) for each in outcomes):
        raise SystemExit(1)


def _documents(paths: tuple[Path, ...]) -> list[Path]:
    from orchestrator.documents.check import documents_at

    found = (file for path in paths for file in ([path] if path == STDIN else documents_at(path)))
    return list(dict.fromkeys(found))


def _format(path: Path) -> Outcome:
    from orchestrator.documents.diagnostic import Diagnostic
    from orchestrator.documents.layout.format import format_text
    from orchestrator.documents.read import read

    content = sys.stdin.buffer.read() if path == STDIN else read(path)
    if isinstance(content, Diagnostic):
        return Outcome(path=path, before="", after="", diagnostics=(content,))
    before = content.decode("utf-8", "replace")
    formatted = format_text(content, "<stdin>" if path == STDIN else str(path))
    if formatted.diagnostics:
        return Outcome(path=path, before=before, after=before, diagnostics=formatted.diagnostics)
    return Outcome(path=path, before=before, after=formatted.text)


def _write(outcome: Outcome) -> None:
    """Write a document whole, to where a link leads, with the rights that it had."""
    from orchestrator.cli.files import written_whole

    target = outcome.path.resolve()
    with written_whole(target, stat.S_IMODE(target.stat().st_mode)) as file:
        file.write(outcome.after.encode())


def _difference(outcome: Outcome) -> str:
    import difflib

    lines = difflib.unified_diff(
        outcome.before.splitlines(keepends=True),
        outcome.after.splitlines(keepends=True),
        f"{outcome.path}",
        f"{outcome.path} (laid out)",
    )
    return "".join(lines)


def _tell(outcomes: list[Outcome], *, only_look: bool) -> None:
    """Say on stderr what could not be read and what was, or would be, changed."""
    from orchestrator.documents.excerpt import text_of

    for each in outcomes:
        for diagnostic in each.diagnostics:
            click.echo(text_of(diagnostic, each.before), nl=False, err=True)
    changed = [each for each in outcomes if each.is_changed]
    for each in changed:
        click.echo(f"{'would lay out' if only_look else 'laid out'} {each.path}", err=True)
    broken = sum(bool(each.diagnostics) for each in outcomes)
    said = [f"{len(changed)} of {len(outcomes)} {'would change' if only_look else 'changed'}"]
    if broken:
        said.append(f"{broken} could not be read and {'was' if broken == 1 else 'were'} left alone")
    click.echo("; ".join(said), err=True)
