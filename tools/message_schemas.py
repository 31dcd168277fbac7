"""Write `schemas/messages/*.schema.json` from the messages' classes; `--check` only compares."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from orchestrator.messages import calibrations, orders, outbox, reports

FOLDER = Path(__file__).resolve().parent.parent / "schemas" / "messages"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MESSAGES: dict[str, type[msgspec.Struct]] = {
    "plan": orders.PlanMessage,
    "plan-accepted": orders.PlanAnswer,
    "command": orders.CommandMessage,
    "command-result": orders.CommandResult,
    "outbox": outbox.Batch,
    "outbox-accepted": outbox.Accepted,
    "state": reports.StateMessage,
    "capabilities": reports.Capabilities,
    "calibrations": calibrations.CalibrationsMessage,
    "announce": reports.AnnounceMessage,
    "log": reports.LogMessage,
}
"""Topic → what is said on it."""


def schemas() -> dict[Path, str]:
    """The text of each schema by its file."""
    return {
        FOLDER / f"{name}.schema.json": json.dumps(schema(name), indent=2, ensure_ascii=False)
        + "\n"
        for name in MESSAGES
    }


def schema(name: str) -> dict[str, Any]:
    """One message's schema, complete in itself."""
    (body,), parts = msgspec.json.schema_components([MESSAGES[name]], ref_template="#/$defs/{name}")
    title = MESSAGES[name].__name__
    for part_name, part in parts.items():
        _describe(part, part_name)
    top = parts.pop(title)
    assert body == {"$ref": f"#/$defs/{title}"}
    return {"$schema": DIALECT, "title": title, **top, **({"$defs": parts} if parts else {})}


def _describe(part: dict[str, Any], class_name: str) -> None:
    """Put what stands below each field in the code into the schema; lists get their names too."""
    words = _WORDS[class_name]
    names = {
        field.encode_name: field.name for field in msgspec.structs.fields(_CLASSES[class_name])
    }
    for wire_name, each in part.get("properties", {}).items():
        if text := words.get(names.get(wire_name, "")):
            each["description"] = text
    for each, name in zip(part.get("prefixItems", [])[1:], names.values(), strict=False):
        each["title"] = name
        if text := words.get(name):
            each["description"] = text


def _field_words(tree: ast.Module) -> dict[str, dict[str, str]]:
    """Class → field → the string below it."""
    found: dict[str, dict[str, str]] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            words = found.setdefault(node.name, {})
            for field, below in pairwise(node.body):
                text = _string(below)
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and text:
                    words[field.target.id] = " ".join(text.split())
    return found


def _string(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value if isinstance(node.value.value, str) else ""
    return ""


MODULES = (calibrations, orders, outbox, reports)
_CLASSES = {
    name: each
    for module in MODULES
    for name, each in vars(module).items()
    if isinstance(each, type) and issubclass(each, msgspec.Struct)
}
_WORDS = {
    name: words
    for module in MODULES
    for name, words in _field_words(ast.parse(inspect.getsource(module))).items()
}


def main() -> int:
    """Write, or say what is out of date."""
    stale = [path for path, text in schemas().items() if not _says(path, text)]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.name} is out of date: run python -m tools.message_schemas")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(schemas()[path], encoding="utf-8")
    return 0


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
