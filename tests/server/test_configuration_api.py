"""The cluster document by way of the API: who may, who was faster, what waits for a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestrator.ports.configuration import Configuration
from tests.server.conftest import Client
from tests.server.test_queue_api import ADA, ADMINISTRATOR, asked
from tests.support.clusters import CLUSTER, a_cluster_document

HERE = "/api/configuration"
MORE = CLUSTER.replace("open_per_user: 5", "open_per_user: 7") + "timezone: Europe/Berlin\n"


@pytest.fixture
def configured(tmp_path: Path) -> Configuration:
    return a_cluster_document(tmp_path)


async def _read(client: Client) -> tuple[Any, dict[str, str]]:
    async with client.get(HERE, headers=ADMINISTRATOR) as response:
        assert response.status == 200, await response.text()
        return await response.json(), {"If-Match": response.headers["ETag"]}


async def _put(client: Client, text: str, **headers: str) -> tuple[int, Any]:
    return await asked(client, "PUT", HERE, {"text": text}, **ADMINISTRATOR, **headers)


async def test_it_is_for_administrators(client: Client) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {"text": CLUSTER}),
        ("GET", "/history", None),
        ("GET", f"/difference?old={'a' * 40}", None),
        ("POST", "/restore", {"commit": "a" * 40}),
    ):
        status, problem = await asked(client, method, HERE + path, body, **ADA)
        assert (status, problem["type"]) == (403, "urn:axenic:problem:administrators-only"), path


async def test_what_is_saved_stands_in_the_file_and_waits_for_a_restart(
    client: Client, tmp_path: Path
) -> None:
    now, read = await _read(client)
    assert (now["text"], now["in_force"], now["restart_for"]) == (CLUSTER, True, [])
    status, saved = await _put(client, MORE, **read)
    assert status == 200
    assert (saved["in_force"], saved["restart_for"]) == (False, ["open_per_user", "timezone"])
    assert (tmp_path / "lab.yaml").read_text() == MORE
    assert a_cluster_document(tmp_path).read().differs == (), "a leader that starts goes by it"


async def test_it_is_changed_as_it_was_read_or_not_at_all(client: Client, tmp_path: Path) -> None:
    _, read = await _read(client)
    assert (await _put(client, MORE))[0] == 428
    on_the_machine = CLUSTER.replace("Lab", "Laboratory")
    (tmp_path / "lab.yaml").write_text(on_the_machine)
    status, problem = await _put(client, MORE, **read)
    assert (status, problem["type"]) == (412, "urn:axenic:problem:changed-meanwhile")
    assert "-name: Laboratory" in problem["difference"]
    assert (tmp_path / "lab.yaml").read_text() == on_the_machine


async def test_a_document_that_is_wrong_is_refused_with_all_that_is(
    client: Client, tmp_path: Path
) -> None:
    wrong = CLUSTER + "open_per_usr: 3\npools: {Ä: [unit1]}\n"
    status, problem = await _put(client, wrong, **{"If-Match": "*"})
    assert (status, problem["type"]) == (422, "urn:axenic:problem:document-refused")
    assert {each["line"] for each in problem["diagnostics"]} == {4, 5}
    profile = "axenic: profile/1\nname: a\n"
    assert (await _put(client, profile, **{"If-Match": "*"}))[0] == 422
    assert (tmp_path / "lab.yaml").read_text() == CLUSTER


async def test_its_past_has_every_change_the_machines_too_and_comes_back(
    client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text(CLUSTER + "# by hand\n")
    _, read = await _read(client)
    await _put(client, MORE, **read)
    _, past = await asked(client, "GET", f"{HERE}/history", **ADMINISTRATOR)
    assert [each["author"] for each in past["items"]] == ["root", "the machine", "the machine"]
    _, first = await asked(client, "GET", f"{HERE}/history?limit=2", **ADMINISTRATOR)
    after = f"{HERE}/history?cursor={first['next']}"
    _, rest = await asked(client, "GET", after, **ADMINISTRATOR)
    assert [*first["items"], *rest["items"]] == past["items"]
    oldest = past["items"][-1]["id"]
    _, told = await asked(client, "GET", f"{HERE}/difference?old={oldest}", **ADMINISTRATOR)
    assert "+timezone: Europe/Berlin" in told["difference"]
    _, read = await _read(client)
    body = {"commit": oldest}
    status, restored = await asked(client, "POST", f"{HERE}/restore", body, **ADMINISTRATOR, **read)
    assert (status, restored["text"], restored["in_force"]) == (200, CLUSTER, True)
    assert path.read_text() == CLUSTER
    unknown = {"commit": "0" * 40}
    assert (await asked(client, "POST", f"{HERE}/restore", unknown, **ADMINISTRATOR))[0] == 404


async def test_a_secret_stays_in_its_file(client: Client, tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("hook: a-very-secret-word\n")
    text = CLUSTER + "library: {webhook_secret: !secret hook}\n"
    status, saved = await _put(client, text, **{"If-Match": "*"})
    assert (status, saved["restart_for"]) == (200, ["library"])
    assert "a-very-secret-word" not in str(saved)


async def test_what_a_worker_goes_by_is_for_administrators_too(client: Client) -> None:
    path = "/api/workers/bench-1/documents"
    assert (await asked(client, "GET", path, **ADA))[0] == 403
    _, found = await asked(client, "GET", path, **ADMINISTRATOR)
    assert found["items"] == [{"about": "hardware", "text": "axenic: hardware/1\n"}]
    assert (await asked(client, "GET", "/api/workers/dead/documents", **ADMINISTRATOR))[0] == 504


class TestWithoutADocument:
    @pytest.fixture
    def configured(self) -> None:
        return None

    async def test_it_is_said_how_there_is_one(self, client: Client) -> None:
        status, problem = await asked(client, "GET", HERE, **ADMINISTRATOR)
        assert status == 404
        assert "--cluster FILE" in problem["detail"]
