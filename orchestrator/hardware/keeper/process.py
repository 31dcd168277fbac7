"""The keeper's process.

One thread that waits for words from a worker or for the next moment to switch.

There is nothing else in it that could block or be late. Switching off depends neither on a worker
nor on anybody reading what the keeper answers.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from math import inf

import msgspec

from orchestrator.hardware.keeper.button import Button
from orchestrator.hardware.keeper.config import KeeperConfig
from orchestrator.hardware.keeper.core import Blocked, Core, Effect, Refused, RunEnd, Switch
from orchestrator.hardware.keeper.faults import PinsFault
from orchestrator.hardware.keeper.pins import Pins, open_pins
from orchestrator.hardware.keeper.talk import Talk
from orchestrator.hardware.keeper.turn_away import turn_away
from orchestrator.hardware.keeper.watchdog import PERIOD_S, Watchdog
from orchestrator.hardware.keeper.wire import (
    Beat,
    Begin,
    Cut,
    Drive,
    Ended,
    Hello,
    Hold,
    Interlocked,
    LetGo,
    MakeSafe,
    Pressed,
    Quit,
    Recall,
    Recalled,
    Restarting,
    RunRefused,
    Safe,
    StopPumps,
    ToKeeper,
    TurnedAway,
    Welcome,
)
from orchestrator.hardware.lines import LineTooLong, clear, listen
from orchestrator.ports.reactor import DeviceFault

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 60.0
RETRY_S = 0.2
"""After a fault of the pins everything that should be off is turned off again so often."""


def main(config: KeeperConfig, *, started_by_worker: bool = False) -> int:
    """Keep until nobody needs it any more; 1 if the pins cannot be had."""
    logging.basicConfig(format="keeper: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = listen(config.socket_path)
    try:
        try:
            pins, button, dog = _take_possession(config)
        except DeviceFault as fault:
            if not (started_by_worker and turn_away(server, str(fault))):
                log.error("%s", fault)
            return 1
        try:
            Keeper(config, pins, server, button, dog).serve()
        finally:
            pins.close()
            if button is not None:
                button.close()
            if dog is not None:
                dog.close()
    finally:
        clear(config.socket_path)
        server.close()
    return 0


def _take_possession(config: KeeperConfig) -> tuple[Pins, Button | None, Watchdog | None]:
    """The watchdog last: once open it wants to be patted."""
    pins, button = open_pins(config.pins), None
    try:
        if config.stop_button is not None:
            button = Button(config.stop_button)
        return pins, button, Watchdog(config.watchdog) if config.watchdog else None
    except DeviceFault:
        pins.close()
        if button is not None:
            button.close()
        raise


class Keeper:
    """Pins, the rules of `core`, and at most one worker."""

    def __init__(
        self,
        config: KeeperConfig,
        pins: Pins,
        server: socket.socket,
        button: Button | None = None,
        dog: Watchdog | None = None,
    ) -> None:
        self._config, self._pins, self._server = config, pins, server
        self._button, self._dog = button, dog
        self._pat_at_s = inf if dog is None else time.monotonic()
        self._core = Core(config.outputs, config.pumps, interlocks=config.interlocks)
        self._session = os.urandom(8).hex()
        self._selector = selectors.SelectSelector()
        """Unlike epoll it waits to the microsecond."""
        self._worker: Talk | None = None
        self._idle_at_s = time.monotonic() + config.idle_s
        self._retry_at_s = inf
        self._fault = ""
        self._pressed = False
        """The button was, and nobody let go of the outputs since."""
        self._quit = False

    def serve(self) -> None:
        """Run until quit, idle for long or without supervisor; however it ends, all is off then."""
        self._server.setblocking(False)
        self._watch(self._server, self._accept)
        supervisor = _watch_process(self._config.supervisor_pid)
        if supervisor is not None:
            self._watch(supervisor, self._end)
        if self._button is not None:
            self._watch(self._button.fileno(), self._look_at_button)
            self._hold_if_pressed()
        try:
            while not self._quit:
                self._wait()
        finally:
            self._carry_out(self._core.all_off(time.monotonic(), "the keeper ends"))
            self._selector.close()
            if supervisor is not None:
                os.close(supervisor)
            if self._worker is not None:
                self._worker.close()

    def _wait(self) -> None:
        until_s = min(self._core.next_due_s, self._idle_at_s, self._retry_at_s, self._pat_at_s)
        wait_s = min(max(0.0, until_s - time.monotonic()), LONGEST_WAIT_S)
        for key, _ in self._selector.select(wait_s):
            key.data()
        now_s = time.monotonic()
        if self._core.next_due_s <= now_s:
            self._switch_what_is_due(now_s)
        if self._retry_at_s <= now_s:
            self._retry_at_s = inf
            self._carry_out([Switch(each, duty) for each, duty in self._core.duties.items()])
            self._carry_out([Switch(each, 0.0) for each in self._core.resting_pumps()])
        if self._pat_at_s <= now_s:
            self._pat(now_s)
        if self._idle_at_s <= now_s:
            self._quit = True

    def _pat(self, now_s: float) -> None:
        """Not while pins do not obey: then only a reset turns off what is on."""
        self._pat_at_s = now_s + PERIOD_S
        if self._dog is not None and self._retry_at_s == inf:
            self._dog.pat()

    def _switch_what_is_due(self, now_s: float) -> None:
        cut = self._core.cut_is_due(now_s)
        self._carry_out(self._core.due(now_s))
        if cut:
            self._say(Cut(cut))

    def _accept(self) -> None:
        connection, _ = self._server.accept()
        talk = Talk(connection)
        self._watch(connection, lambda: self._hear(talk))

    def _hear(self, talk: Talk) -> None:
        try:
            messages = talk.receive()
        except (OSError, LineTooLong, msgspec.MsgspecError) as error:
            log.warning("hung up on a worker: %s", error)
            messages = None
        if messages is None:
            return self._hang_up(talk)
        for message in messages:
            if talk is self._worker:
                self._obey(message)
            elif isinstance(message, Hello):
                self._take_on(talk)
        return None

    def _take_on(self, talk: Talk) -> None:
        if self._worker is not None:
            talk.send(TurnedAway("another worker holds this keeper"))
            return self._hang_up(talk)
        self._worker, self._idle_at_s = talk, inf
        self._core.beat(time.monotonic())
        self._say(Welcome(self._session, self._config.outputs, self._config.pumps))
        for output, reason in self._core.blocked.items():
            self._say(Interlocked(output, reason))
        if self._pressed:
            self._say(Pressed())
        return None

    def _hang_up(self, talk: Talk) -> None:
        if talk.closed:
            return
        self._selector.unregister(talk.connection)
        talk.close()
        if talk is self._worker:
            self._worker = None
            now_s = time.monotonic()
            self._idle_at_s = now_s + self._config.idle_s
            self._carry_out(self._core.stop_pumps(now_s, "the worker is gone"))

    def _obey(self, message: ToKeeper) -> None:
        now_s = time.monotonic()
        self._core.beat(now_s)
        match message:
            case Drive(output, duty):
                self._try(lambda: self._core.drive(output, duty, now_s))
            case Begin():
                self._begin(message, now_s)
            case StopPumps(pumps):
                reason = "the pumps were stopped"
                self._carry_out(self._core.stop_pumps(now_s, reason, frozenset(pumps)))
            case MakeSafe(number, outputs):
                reason = "the vessel was made safe"
                self._fault = ""
                self._carry_out(self._core.all_off(now_s, reason, frozenset(outputs)))
                self._say(Safe(number, self._fault))
            case Hold(outputs, reason):
                self._carry_out(self._core.hold(now_s, reason, frozenset(outputs)))
            case LetGo(outputs):
                self._core.let_go(frozenset(outputs))
                self._pressed = False
                self._hold_if_pressed()
            case Recall(run):
                ended = self._core.ended_run(run)
                self._say(Recalled(run, None if ended is None else self._told(ended)))
            case Restarting():
                self._carry_out(self._core.prepare_restart(now_s))
            case Quit():
                self._quit = True
            case Hello() | Beat():
                pass

    def _look_at_button(self) -> None:
        assert self._button is not None
        self._button.take()
        self._press()

    def _hold_if_pressed(self) -> None:
        if self._button is not None and self._button.is_pressed:
            self._press()

    def _press(self) -> None:
        log.error("the stop button was pressed: everything is off")
        self._pressed = True
        self._carry_out(self._core.hold(time.monotonic(), "the stop button was pressed"))
        self._say(Pressed())

    def _begin(self, wanted: Begin, now_s: float) -> None:
        try:
            effects = self._core.begin_run(
                wanted.run, wanted.pump, wanted.for_s / self._config.speed, now_s
            )
        except Refused as refused:
            return self._say(RunRefused(wanted.run, str(refused), refused.held))
        self._fault = ""
        self._carry_out(effects)
        if self._fault:
            self._carry_out(self._core.stop_pumps(now_s, self._fault, frozenset((wanted.pump,))))
        return None

    def _try(self, decide: Callable[[], list[Effect]]) -> None:
        try:
            self._carry_out(decide())
        except Refused as refused:
            log.warning("refused: %s", refused)

    def _carry_out(self, effects: list[Effect]) -> None:
        """Switch first, tell afterwards."""
        speed = self._config.speed
        for effect in effects:
            if isinstance(effect, Switch):
                for_s = None if effect.for_s is None else effect.for_s * speed
                self._set(effect.output, effect.duty, for_s)
        for effect in effects:
            if isinstance(effect, RunEnd):
                self._say(self._told(effect))
            elif isinstance(effect, Blocked):
                self._say(Interlocked(effect.output, effect.reason))

    def _told(self, ended: RunEnd) -> Ended:
        """In the clock's seconds."""
        speed = self._config.speed
        return Ended(ended.run, ended.on_s * speed, ended.for_s * speed, ended.reason, ended.held)

    def _set(self, output: str, duty: float, for_s: float | None) -> None:
        try:
            self._pins.set(output, duty, for_s)
        except PinsFault as fault:
            self._fault = str(fault)
            self._retry_at_s = time.monotonic() + RETRY_S
            log.error("%s", fault)

    def _say(self, message: object) -> None:
        if self._worker is not None and not self._worker.send(message):
            self._hang_up(self._worker)

    def _watch(self, source: socket.socket | int, react: Callable[[], None]) -> None:
        self._selector.register(source, selectors.EVENT_READ, react)

    def _end(self) -> None:
        self._quit = True


def _watch_process(pid: int | None) -> int | None:
    """Return a descriptor that becomes readable when a process ends."""
    if pid is None:
        return None
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        read_end, write_end = os.pipe()
        os.close(write_end)
        return read_end
