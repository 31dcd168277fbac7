"""Write web/src/api/types.ts from the types that the server's routes declare.

`python -m tools.web_types`; a test compares the file with what this would write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from orchestrator.server.app import ROUTES
from orchestrator.server.openapi import openapi

FILE: Final = Path(__file__).resolve().parent.parent / "web" / "src" / "api" / "types.ts"
_HEAD: Final = "// Written by tools/web_types.py from the server's routes; do not edit.\n"
_PLAIN: Final = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "null": "null",
}


def main() -> None:
    """Bring the file up to date."""
    FILE.write_text(types_text(), encoding="utf-8")
    print(f"wrote {FILE.name}")


def types_text() -> str:
    """All types of `/api`, and those that only its stream carries."""
    document = msgspec.to_builtins(openapi(ROUTES, ""))
    schemas: Mapping[str, Any] = document["components"]["schemas"]
    declared = [_declared(name, schema) for name, schema in schemas.items() if "[" not in name]
    listing = "/** A list, or a page of one. */\nexport interface Listing<T> {\n"
    listing += "  items: T[];\n  next?: string | null;\n}\n"
    return "\n".join([_HEAD, listing, *(each for each in declared if each)])


def _declared(name: str, schema: Mapping[str, Any]) -> str:
    if name.startswith("Listing_"):
        return ""
    story = schema.get("description", "")
    head = f"/** {story} */\n" if story else ""
    if "properties" not in schema:
        return f"{head}export type {name} = {_type(schema)};\n"
    return f"{head}export interface {name} {{\n" + "".join(_members(schema)) + "}\n"


def _members(schema: Mapping[str, Any]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, member in schema["properties"].items():
        yield f"  {name}{'' if name in required else '?'}: {_type(member)};\n"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(msgspec.json.encode(each).decode() for each in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_type(each) for each in schema["anyOf"])
    kind = schema.get("type")
    if "prefixItems" in schema:
        return f"[{', '.join(_type(each) for each in schema['prefixItems'])}]"
    if kind == "array":
        items = _type(schema.get("items", {}))
        return f"({items})[]" if " | " in items else f"{items}[]"
    if kind == "object":
        return f"Record<string, {_type(schema.get('additionalProperties', {}))}>"
    return _PLAIN.get(str(kind), "unknown")


if __name__ == "__main__":
    main()
