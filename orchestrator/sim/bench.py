"""A bench of simulated reactors, in a process of its own.

Workers and keepers come and go; the cultures stay. What happened is kept on disk, so that a bench
that was stopped goes on where it was: for a culture no time passes while its bench stands still.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from orchestrator.hardware.bench_wire import (
    Do,
    Done,
    Drive,
    FromBench,
    OwnPins,
    Photograph,
    Pictured,
    Read,
    Shown,
    ToBench,
    to_bench,
)
from orchestrator.hardware.lines import (
    BACKLOG_BYTES_MAX,
    Lines,
    LineTooLong,
    clear,
    line_of,
    listen,
)
from orchestrator.ports.clock import Clock
from orchestrator.sim.bench_file import read_bench, write_bench
from orchestrator.sim.bench_hands import do
from orchestrator.sim.reactor import Reactor, SensorDead

log = logging.getLogger(__name__)

SLACK_S = 0.1
"""Seconds of the room by which an order may be early or late on its way: what the keeper ends
because its time is over ends by itself at its own moment, which at high speed is another volume."""
KEEP_S = 1.0
"""How often the bench is written to disk, in seconds of the room."""


class Bench:
    """Simulated reactors and the time that has passed for them."""

    def __init__(
        self, reactors: Mapping[str, Reactor], clock: Clock, kept_in: Path | None = None
    ) -> None:
        self._reactors, self._clock, self._kept_in = dict(reactors), clock, kept_in
        self._behind_s = clock.now().monotonic_s
        """Clock time that has not passed here: from before the start, and while it stood still."""
        if kept_in is not None:
            self._restore(kept_in)

    @property
    def now_s(self) -> float:
        """Seconds that have passed on the bench since it was first set up."""
        return self._clock.now().monotonic_s - self._behind_s

    def drive(self, order: Drive) -> None:
        """Set a duty; an output's own time starts now."""
        now_s, reactor = self.now_s, self._reactors[order.reactor]
        if order.duty == 0.0 and order.for_s == 0.0:
            left_s = reactor.outputs[order.output].off_at_s - now_s
            if 0.0 < left_s < SLACK_S * self._clock.speed:
                return
        limit = {} if order.for_s is None else {"off_at_s": now_s + order.for_s}
        reactor.drive(order.output, order.duty, now_s, **limit)

    def all_off(self) -> None:
        """Let every output fall off, as pins do when their owner dies."""
        now_s = self.now_s
        for reactor in self._reactors.values():
            for output in reactor.outputs:
                reactor.drive(output, 0.0, now_s)

    def read(self, asked: Read) -> Shown:
        """Return what a sensor shows now."""
        try:
            value = self._reactors[asked.reactor].read(asked.sensor, self.now_s)
        except SensorDead:
            return Shown(asked.id, None, f"the {asked.sensor} is silent")
        except KeyError as unknown:
            return Shown(asked.id, None, str(unknown.args[0]))
        return Shown(asked.id, value)

    def photograph(self, asked: Photograph) -> Pictured:
        """Return what a camera sees now."""
        try:
            picture = self._reactors[asked.reactor].photograph(asked.camera, self.now_s)
        except SensorDead:
            return Pictured(asked.id, None, f"the {asked.camera} is silent")
        except KeyError as unknown:
            return Pictured(asked.id, None, str(unknown.args[0]))
        return Pictured(asked.id, picture)

    def do(self, asked: Do) -> Done:
        """Do what a person would do at the bench."""
        try:
            return Done(
                asked.id, do(self._reactors[asked.reactor], asked.verb, asked.args, self.now_s)
            )
        except (KeyError, TypeError, ValueError) as error:
            return Done(asked.id, error=str(error.args[0]) if error.args else repr(error))

    def keep(self) -> None:
        """Write everything to disk, all or nothing."""
        if self._kept_in is not None:
            write_bench(self._kept_in, self.snapshot())

    async def keep_beside(self) -> None:
        """Write everything to disk while others are served."""
        if self._kept_in is not None:
            await asyncio.to_thread(write_bench, self._kept_in, self.snapshot())

    def snapshot(self) -> dict[str, Any]:
        """Return all that changes, as of now."""
        now_s = self.now_s
        for reactor in self._reactors.values():
            reactor.advance(now_s)
        return {name: reactor.snapshot() for name, reactor in self._reactors.items()}

    def _restore(self, path: Path) -> None:
        kept = read_bench(path)
        if kept is None:
            return
        for name, reactor in self._reactors.items():
            if name in kept:
                reactor.restore(kept[name])
        last_s = max((reactor.now_s for reactor in self._reactors.values()), default=0.0)
        self._behind_s -= last_s
        self.all_off()


async def serve(bench: Bench, path: Path) -> None:
    """Serve until cancelled; then write the bench down a last time."""
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(lambda: _Wires(bench), sock=listen(path))
    try:
        async with server:
            while True:
                await asyncio.sleep(KEEP_S)
                await bench.keep_beside()
    finally:
        bench.all_off()
        bench.keep()
        clear(path)


class _Wires(asyncio.Protocol):
    """One connection: a keeper's pins, a worker's sensors, or a person."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._lines = Lines(to_bench)
        self._transport: asyncio.Transport | None = None
        self._owns_pins = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            answers = [self._answer(message) for message in self._lines.feed(data)]
        except (LineTooLong, msgspec.MsgspecError, KeyError, ValueError) as error:
            log.warning("hung up on somebody: %s", error)
            return self._hang_up()
        self._send(b"".join(line_of(each) for each in answers if each is not None))
        return None

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._transport = None
        if self._owns_pins:
            self._bench.all_off()

    def _answer(self, message: ToBench) -> FromBench | None:
        match message:
            case Drive():
                self._bench.drive(message)
            case Read():
                return self._bench.read(message)
            case Photograph():
                return self._bench.photograph(message)
            case Do():
                return self._bench.do(message)
            case OwnPins():
                self._owns_pins = True
        return None

    def _send(self, data: bytes) -> None:
        if self._transport is None or not data:
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > BACKLOG_BYTES_MAX:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()
