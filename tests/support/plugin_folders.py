"""Plugin folders for tests, and an offer that is looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def plugin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty plugin folder that everything looks into."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    monkeypatch.setenv("AXENIC_PLUGINS", str(folder))
    look_again()
    yield folder
    look_again()


def look_again() -> None:
    """Forget what was on offer."""
    from orchestrator.documents import catalogue

    catalogue.look_again()


def write_plugin(folder: Path, name: str, *, brings: str = "", **files: str) -> Path:
    """Write a plugin with a job of its name, or with other files instead; where it lies."""
    root = folder / name
    texts = {
        "plugin.yaml": f"axenic: plugin/1\nname: {name}\ndescription: For a test.\n{brings}",
    }
    if not brings:
        texts["plugin.yaml"] += f"jobs:\n  {name}: {{class: '{name}:Job'}}\n"
        texts[f"jobs/{name}.yaml"] = (
            f"axenic: job/1\nname: {name}\ndescription: For a test.\n"
            "settings:\n  pace: {description: Pace, type: time, default: 5 s}\n"
            "signals:\n  seen: {description: Seen, type: number, max_age: 1 min}\n"
        )
        texts[f"{name}.py"] = "raise SystemExit('nobody imports this')\n"
    texts |= {path.replace("__", "/"): text for path, text in files.items()}
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root
