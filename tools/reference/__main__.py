"""Write docs/reference/ and the page of commands; with `--check`, only say what is out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.reference.commands import PAGE, commands_page
from tools.reference.pages import pages

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "docs" / "reference"


def main(arguments: list[str]) -> None:
    """Write every page and take away those that nothing stands for any more."""
    wanted = pages(ROOT)
    if arguments == ["--check"]:
        stale = out_of_date(wanted)
        if (ROOT / PAGE).read_text() != commands_page():
            stale.append(PAGE)
        if stale:
            sys.exit("make docs would change: " + ", ".join(stale))
        return
    for stale_page in set(_present()) - set(wanted):
        (FOLDER / stale_page).unlink()
    for name, text in wanted.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (ROOT / PAGE).write_text(commands_page())
    print(f"docs/reference: {len(wanted)} pages")
    print(PAGE)


def out_of_date(wanted: dict[str, str]) -> list[str]:
    """Names of pages that are missing, superfluous or not as they should be."""
    present = _present()
    names = set(wanted) | set(present)
    return sorted(name for name in names if wanted.get(name) != present.get(name))


def _present() -> dict[str, str]:
    return {path.relative_to(FOLDER).as_posix(): path.read_text() for path in FOLDER.rglob("*.md")}


if __name__ == "__main__":
    main(sys.argv[1:])
