"""The schemas of the messages say what the code says."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from orchestrator.messages.orders import CommandMessage, PlanMessage, RunOrder
from orchestrator.messages.outbox import Batch, EntryRecord, GapRecord, LogRecord, ReadingRecord
from orchestrator.messages.reports import StateMessage
from tools.message_schemas import FOLDER, MESSAGES, schema, schemas

READING = ReadingRecord("1.1:a", 1, "od600", 5.0, None, 0.4, "boot", 5.0, "pd")
SAMPLES: dict[str, msgspec.Struct] = {
    "plan": PlanMessage(
        epoch=3,
        runs=[
            RunOrder(
                experiment="1",
                attempt="1.1",
                vessel="a",
                reactor="r",
                revision=1,
                plan_hash="h",
                timezone="UTC",
                wanted="running",
                control_seq=1,
                by="anna",
                slice={},
            )
        ],
    ),
    "command": CommandMessage(id="1", session="s", sent_wall_s=1.0, by="anna", name="dose"),
    "state": StateMessage(worker="w", session="s", state="ready", at_wall_s=1.0),
    "outbox": Batch(
        outbox="o",
        first=1,
        last=4,
        records=[
            READING,
            EntryRecord("1.1:a", 1, "note", 1.0, 2.0, None, {"text": "hi"}),
            LogRecord(None, "info", "hi"),
            GapRecord("1.1:a", 1.0, 2.0, 7),
        ],
    ),
}


def test_the_schemas_in_the_repository_are_up_to_date() -> None:
    """Otherwise run `python -m tools.message_schemas`."""
    assert {path: path.read_text(encoding="utf-8") for path in schemas()} == schemas()
    assert {path.name for path in FOLDER.glob("*.json")} == {path.name for path in schemas()}


@pytest.mark.parametrize("name", MESSAGES)
def test_each_schema_is_a_valid_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_sent_fits_its_schema(name: str) -> None:
    sent: Any = json.loads(msgspec.json.encode(SAMPLES[name]))
    Draft202012Validator(schema(name)).validate(sent)


def test_a_batch_says_from_and_to_on_the_wire() -> None:
    sent = json.loads(msgspec.json.encode(SAMPLES["outbox"]))
    assert (sent["from"], sent["to"]) == (1, 4)
    assert sent["records"][0][0] == "r"


def test_fields_are_described_as_in_the_code() -> None:
    found = schema("command")["properties"]["session"]
    assert "refused (stale)" in found["description"]
