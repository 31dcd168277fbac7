"""A schema as a page: one table of keys for each kind of mapping in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.reference.markdown import code, codes, page, table

Schema = dict[str, Any]
Named = dict[str, str]
"""The definitions that have a section of their own, with its heading."""


def schema_page(schema: Schema, where: str) -> str:
    """The page of one kind of document."""
    definitions: dict[str, Schema] = schema.get("$defs", {})
    named = {name: _heading(name) for name, part in definitions.items() if _has_keys(part)}
    up = "../" * (where.count("/") + 1)
    source = [f"Source: [`{where}`]({up}{where})"]
    sections: list[list[str]] = [[schema.get("description", "")], source]
    sections += _keys(schema, named)
    for name, heading in named.items():
        part = definitions[name]
        sections += [[f"## {heading}"], [part.get("description", "")]]
        sections += _keys(part, named)
    plain = [name for name in definitions if name not in named]
    if plain:
        sections += [["## Kinds of values"], _value_table(definitions, plain, named)]
    return page(schema.get("title", where), *sections)


def _has_keys(part: Schema) -> bool:
    return any(_is_mapping_or_places(branch) for branch in _branches(part))


def _positions(part: Schema) -> list[Schema]:
    """A list whose places have meanings of their own, as the wire has them."""
    found: list[Schema] = part.get("prefixItems", [])
    return found


def _keys(part: Schema, named: Named) -> Iterator[list[str]]:
    for branch in _branches(part):
        if places := _positions(branch):
            yield _position_table(places, named)
        if not branch.get("properties"):
            continue
        required = set(branch.get("required", ()))
        yield table(
            ("key", "value", "default", "meaning"),
            [
                (
                    code(name) + (" (required)" if name in required else ""),
                    describe(value, named),
                    code(value.get("default")),
                    _meaning(value),
                )
                for name, value in branch["properties"].items()
            ],
        )


def _position_table(places: list[Schema], named: Named) -> list[str]:
    return table(
        ("place", "name", "value", "default", "meaning"),
        [
            (
                str(place),
                code(value.get("title")),
                describe(value, named),
                code(value.get("default")),
                _meaning(value),
            )
            for place, value in enumerate(places)
        ],
    )


def describe(value: Schema | bool, named: Named) -> str:
    """What may stand there, in a few words."""
    if isinstance(value, bool):
        return "anything" if value else "nothing"
    if "$ref" in value:
        return _reference(value["$ref"], named)
    if "const" in value:
        return code(value["const"])
    if "enum" in value:
        return codes(value["enum"])
    for choice in ("oneOf", "anyOf"):
        if choice in value and "properties" not in value:
            return ", or ".join(describe(branch, named) for branch in value[choice])
    if "then" in value and "else" in value and "properties" not in value:
        return ", or ".join(describe(value[branch], named) for branch in ("then", "else"))
    if "x-dimension" in value:
        return str(value["x-dimension"]).replace("_", " ")
    return _by_type(value, named)


def _by_type(value: Schema, named: Named) -> str:
    types = value.get("type", "anything")
    if types == "array":
        return f"list of {describe(value.get('items', {}), named)}"
    if types == "object" and isinstance(further := value.get("additionalProperties"), dict):
        return f"mapping of {describe(further, named)}"
    words = [types] if isinstance(types, str) else types
    names = {"object": "mapping", "string": "text", "null": "nothing", "array": "list"}
    limits = _range(value)
    return ", ".join(names.get(word, word) for word in words) + (f" {limits}" if limits else "")


def _range(value: Schema) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    return " and ".join(f"{sign} {value[key]}" for key, sign in signs.items() if key in value)


def _reference(pointer: str, named: Named) -> str:
    name = pointer.rsplit("/", 1)[-1]
    heading = named.get(name)
    if heading is None:
        return _heading(name).lower()
    shown = heading if heading[1:] != heading[1:].lower() else heading.lower()
    return f"[{shown}](#{heading.lower().replace(' ', '-')})"


def _meaning(value: Schema) -> str:
    examples = codes(value.get("examples", ()))
    return str(value.get("description", "")) + (f" For example {examples}." if examples else "")


def _value_table(definitions: dict[str, Schema], plain: list[str], named: Named) -> list[str]:
    return table(
        ("kind", "written as", "meaning"),
        [
            (
                _heading(name).lower(),
                describe(definitions[name], named),
                _meaning(definitions[name]) or definitions[name].get("x-says", ""),
            )
            for name in plain
        ],
    )


def _branches(part: Schema) -> Iterator[Schema]:
    """The schema itself, and the alternatives it is made of."""
    yield part
    for choice in ("oneOf", "anyOf"):
        yield from (branch for branch in part.get(choice, ()) if _is_mapping_or_places(branch))


def _is_mapping_or_places(part: Schema | bool) -> bool:
    return isinstance(part, dict) and bool(part.get("properties") or _positions(part))


def _heading(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
