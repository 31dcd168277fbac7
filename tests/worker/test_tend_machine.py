"""What a worker lets be done to its machine, and when."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from orchestrator.messages.machine import FileEntry, LogLine, MachineDeed
from orchestrator.messages.reports import RunReport
from orchestrator.ports.clock import Instant
from orchestrator.worker.tend_machine import TendMachine
from tests.server.office import FILE, LINE, SYSTEM


class PlayedMachine:
    """One that may be restarted, and writes down what is done to it."""

    def __init__(self, broken: str = "") -> None:
        self.done: list[str] = []
        self.broken = broken
        self.hardware = "axenic: hardware/1\n"

    @property
    def may(self) -> Collection[MachineDeed]:
        return ("restart", "reboot")

    def system(self) -> Any:
        return SYSTEM

    def log_lines(self, limit: int) -> list[LogLine]:
        return [LINE] * min(limit, 3)

    def documents(self) -> Mapping[str, str]:
        if self.broken:
            raise OSError(self.broken)
        return {"hardware": self.hardware}

    def files(self, under: str, after: str, limit: int) -> list[FileEntry]:
        return [each for each in (FILE,) if each.name.startswith(under) and each.name > after]

    def piece(self, name: str, offset: int, most_bytes: int) -> tuple[bytes, int] | None:
        if name == "broken":
            raise OSError("input/output error")
        return (b"a jpg"[offset:], 5) if name == FILE.name else None

    async def do(self, deed: MachineDeed) -> None:
        if self.broken:
            raise OSError(self.broken)
        self.done.append(deed)


class Unit:
    """What surrounds it: whether all went safe, and what runs."""

    def __init__(self, machine: PlayedMachine | None, running: str = "", trouble: str = "") -> None:
        self.machine, self.running, self.trouble = machine, running, trouble
        self.made_safe = 0
        self.tend = TendMachine(machine, self.now, self.runs, self.make_safe)

    def now(self) -> Instant:
        return Instant(2.0, 5.0, False)

    def runs(self) -> list[RunReport]:
        if not self.running:
            return []
        run = RunReport(
            experiment="x",
            attempt="x.1",
            vessel="warmed",
            reactor="r1",
            revision=1,
            plan_hash="",
            state=self.running,
            control_seq=1,
        )
        return [run]

    async def make_safe(self) -> str:
        self.made_safe += 1
        return self.trouble


async def test_it_tells_of_machine_clock_and_what_may_be_done() -> None:
    said = await Unit(PlayedMachine()).tend.take({"do": "look"})
    machine = said["result"]["machine"]
    assert machine["system"]["host"] == "unit1"
    assert machine["clock"] == {"wall_s": 5.0, "trusted": False, "monotonic_s": 2.0}
    assert machine["may"] == ["reboot", "restart"]


async def test_of_the_log_it_gives_as_much_as_is_asked_for() -> None:
    said = await Unit(PlayedMachine()).tend.take({"do": "logs", "limit": 2})
    assert [line["text"] for line in said["result"]["lines"]] == [LINE.text] * 2


@pytest.mark.parametrize("state", ["running", "paused"])
async def test_while_something_runs_nothing_is_done_unless_that_is_said(state: str) -> None:
    unit = Unit(machine := PlayedMachine(), running=state)
    said = await unit.tend.take({"do": "reboot"})
    assert (said["outcome"], said["result"]["why"]) == ("refused", "runs")
    assert "warmed runs here" in said["reason"]
    assert unit.made_safe == 0
    said = await unit.tend.take({"do": "reboot", "while_running": True})
    assert (said["outcome"], machine.done, unit.made_safe) == ("done", ["reboot"], 1)


async def test_what_is_over_keeps_nobody_from_restarting() -> None:
    unit = Unit(machine := PlayedMachine(), running="completed")
    assert (await unit.tend.take({"do": "restart"}))["outcome"] == "done"
    assert machine.done == ["restart"]


async def test_what_its_service_was_not_told_of_is_refused_whoever_asks() -> None:
    unit = Unit(machine := PlayedMachine())
    said = await unit.tend.take({"do": "update"})
    assert said["result"]["why"] == "not-allowed"
    assert "--update-command" in said["reason"]
    assert (machine.done, unit.made_safe) == ([], 0)


async def test_nothing_is_done_to_a_machine_whose_vessels_are_not_safe() -> None:
    unit = Unit(machine := PlayedMachine(), trouble="r1 could not be made safe")
    said = await unit.tend.take({"do": "reboot"})
    assert said["outcome"] == "failed"
    assert "r1 could not" in said["reason"]
    assert machine.done == []


async def test_a_command_that_ends_with_an_error_is_told_of() -> None:
    said = await Unit(PlayedMachine("sudo ended with 1")).tend.take({"do": "reboot"})
    assert said["outcome"] == "failed"
    assert said["reason"] == "all outputs are off, but it could not reboot: sudo ended with 1"


async def test_its_files_are_listed_and_come_piece_by_piece() -> None:
    tend = Unit(PlayedMachine()).tend
    listed = (await tend.take({"do": "files", "under": "photos/"}))["result"]["files"]
    assert [each["name"] for each in listed] == [FILE.name]
    assert (await tend.take({"do": "files", "after": FILE.name}))["result"]["files"] == []
    said = await tend.take({"do": "file", "name": FILE.name, "offset": 2})
    assert said["result"] == {"data": b64encode(b"jpg").decode(), "size_bytes": 5}
    assert (await tend.take({"do": "file", "name": "../x"}))["result"]["why"] == "no-file"
    said = await tend.take({"do": "file", "name": "broken"})
    assert (said["outcome"], "input/output error" in said["reason"]) == ("failed", True)


async def test_what_its_service_goes_by_is_told_unless_it_cannot_be_read_or_sent() -> None:
    tend = Unit(machine := PlayedMachine()).tend
    said = await tend.take({"do": "documents"})
    assert said["result"] == {"documents": {"hardware": "axenic: hardware/1\n"}}
    machine.hardware = "x" * 200_000
    assert "hardware: more than" in (await tend.take({"do": "documents"}))["reason"]
    machine.broken = "no such file"
    assert (await tend.take({"do": "documents"}))["outcome"] == "failed"


async def test_where_nothing_is_known_of_the_machine_and_what_nobody_knows_is_refused() -> None:
    assert (await Unit(None).tend.take({"do": "look"}))["outcome"] == "refused"
    said = await Unit(PlayedMachine()).tend.take({"do": "melt"})
    assert said["reason"] == "a machine is not asked to melt"
