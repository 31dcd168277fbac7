"""Write docs/checks/; with `--check`, only say which pages are out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.checks.pages import pages

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "docs" / "checks"


def main(arguments: list[str]) -> None:
    """Write every page and take away those that nothing stands for any more."""
    wanted = pages(ROOT)
    if arguments == ["--check"]:
        if stale := out_of_date(wanted):
            sys.exit("make docs would change: " + ", ".join(stale))
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in set(_present()) - set(wanted):
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"docs/checks: {len(wanted)} pages")


def out_of_date(wanted: dict[str, str]) -> list[str]:
    """Names of pages that are missing, superfluous or not as they should be."""
    present = _present()
    names = set(wanted) | set(present)
    return sorted(name for name in names if wanted.get(name) != present.get(name))


def _present() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}


if __name__ == "__main__":
    main(sys.argv[1:])
