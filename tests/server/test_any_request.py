"""Whoever asks for whatever: no internal error, and no answer that is not described."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from orchestrator.library.open_library import open_library
from orchestrator.messages.machine import MachineDeed
from orchestrator.ports.library import Edit
from orchestrator.ports.remarks import NewNote
from orchestrator.server.actor import ADMINISTRATOR, HEADER, ROLE_HEADER, USER
from orchestrator.server.app import ROUTES
from orchestrator.server.unit_api import unit_listening
from orchestrator.server.unit_openapi import unit_openapi
from orchestrator.server.unit_routes import ROUTES as UNIT_ROUTES
from orchestrator.server.unit_site import Recent, Site
from tests.server.office import NOW_S
from tests.server.rich import let_it_run
from tests.server.test_unit_api import PlayedUnit
from tests.support.any_request import AnyRequest
from tests.support.clusters import a_cluster_document
from tests.support.compared_records import COMPARED
from tests.support.served import Served, served

ROLES = {
    "stranger": {HEADER: "eve", ROLE_HEADER: USER},
    "user": {HEADER: "ada", ROLE_HEADER: USER},
    "administrator": {HEADER: "grace", ROLE_HEADER: ADMINISTRATOR},
}
"""The user's are the experiments and the notes."""
KNOWN = {
    "id": ("e0001", "e0002", "e0003", "1"),
    "worker": ("bench-1", "bench-3", "new"),
    "name": ("door",),
    "note": ("1", "2"),
    "session": ("s1",),
    "path": ("growth.yaml",),
    "file": ("heat-adapted-turbidostat.yaml",),
}
EXPERIMENTS, NOTES, LIMIT_S = 3, 2, 10.0


@pytest.fixture
def leader(tmp_path: Path, profile_text: str) -> Iterator[Served]:
    """One experiment has been through something, others wait; there is a library."""
    library = open_library(tmp_path / "library")
    library.save("growth.yaml", profile_text, Edit(by="ada", at_wall_s=NOW_S, whatever=True))
    with served(library, a_cluster_document(tmp_path)) as leader:
        for _ in range(EXPERIMENTS):
            body, address = {"text": profile_text}, f"{leader.url}/api/experiments"
            made = requests.post(address, json=body, headers=ROLES["user"], timeout=LIMIT_S)
            assert made.status_code == 201, made.text
        leader.on_its_loop(lambda: _let_things_happen(leader))
        yield leader


async def _let_things_happen(leader: Served) -> None:
    await let_it_run(leader.store, "e0001")
    for _ in range(NOTES):
        note = NewNote(experiment="e0001", text="foam", actor="ada", at_wall_s=NOW_S)
        await leader.store.add_note(note)
    await leader.store.keep_calibrations(COMPARED, at_wall_s=NOW_S)


@pytest.mark.timeout(600)
def test_whatever_is_asked_by_whomever_is_answered_as_described(
    leader: Served, profile_text: str
) -> None:
    """But for the stream of events, which does not end; it has tests of its own."""
    anyhow = AnyRequest(
        url=leader.url,
        described=_described(leader),
        callers=ROLES,
        known=KNOWN,
        texts={"text": (profile_text,)},
        leave_out=("stream",),
    )
    anyhow.ask_everything()
    assert anyhow.wrong == {}, anyhow.told()
    assert anyhow.answered.keys() == {each.name for each in ROUTES} - {"stream"}
    good = {name for name, statuses in anyhow.answered.items() if statuses & {200, 201}}
    assert len(good) > 0.6 * len(ROUTES), "nearly everything was refused: that shows little"


async def test_whatever_a_worker_is_asked_on_its_own_machine_is_answered_as_described(
    tmp_path: Path,
) -> None:
    (tmp_path / "notes.txt").write_text("foam")
    commands: dict[MachineDeed, list[str]] = {
        "reboot": ["true"],
        "restart": ["true"],
        "update": ["true"],
    }
    site = Site(folder=tmp_path, recent=Recent(), commands=commands)
    async with unit_listening(PlayedUnit(site), 0, site) as url:
        anyhow = AnyRequest(
            url=url,
            described=unit_openapi(),
            callers={"somebody": {HEADER: "ada"}},
            known={"name": ("notes.txt",)},
            texts={"name": ("stop",)},
        )
        await asyncio.to_thread(anyhow.ask_everything)
    assert anyhow.wrong == {}, anyhow.told()
    assert len(anyhow.answered) == len(UNIT_ROUTES) + 1
    refused = {name for name, statuses in anyhow.answered.items() if 200 not in statuses}
    assert refused == {"shut_unit_down"}, "the one that its settings do not allow"


def _described(leader: Served) -> dict[str, Any]:
    described: dict[str, Any] = requests.get(
        f"{leader.url}/api/openapi.json", timeout=LIMIT_S
    ).json()
    return described
