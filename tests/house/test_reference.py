"""The reference pages say what the schemas and contributions say."""

from __future__ import annotations

from pathlib import Path

from tools.reference.__main__ import out_of_date
from tools.reference.pages import pages
from tools.reference.schemas import schema_page


def test_the_committed_pages_are_what_make_docs_writes(checkout: Path) -> None:
    assert out_of_date(pages(checkout)) == [], "run make docs"


def test_a_page_names_keys_values_and_defaults() -> None:
    text = schema_page(
        {
            "title": "Axenic bottle",
            "description": "What holds medium.",
            "required": ["volume"],
            "properties": {
                "volume": {"$ref": "#/$defs/volume", "description": "When full."},
                "cap": {"enum": ["open", "vented"], "default": "vented"},
            },
            "$defs": {"volume": {"type": "string", "x-dimension": "volume", "examples": ["5 L"]}},
        },
        "schemas/bottle.schema.json",
    )
    assert "# Axenic bottle\n" in text
    assert "| `volume` (required) | volume |  | When full. |" in text
    assert "| `cap` | `open`, `vented` | `vented` |  |" in text
    assert "| volume | volume | For example `5 L`. |" in text
