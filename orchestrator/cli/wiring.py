"""Which implementation stands behind which port; nothing else decides that."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import __version__
from orchestrator.hardware.clock import ScaledClock, SystemClock
from orchestrator.hardware.spec import Hardware
from orchestrator.messages import topics
from orchestrator.ports.clock import Clock
from orchestrator.transport.readable import OTHERS as OTHERS
from orchestrator.transport.users import User, read_credentials

if TYPE_CHECKING:
    from orchestrator.cli.recipients import Recipient
    from orchestrator.cli.services.library_options import LibraryWish
    from orchestrator.cli.upkeep import Upkeep
    from orchestrator.journal.sqlite import SqliteJournal
    from orchestrator.leader.maintain import Maintain
    from orchestrator.leader.situation import Rules
    from orchestrator.messages.machine import MachineDeed
    from orchestrator.ports.configuration import Configuration
    from orchestrator.ports.report import Lived
    from orchestrator.ports.store import Store
    from orchestrator.server.unit_site import Recent

LEADER = "leader"
NO_WORKERS = {LEADER: "the leader", OTHERS: "machines that are none of ours"}
"""Users of a broker that is started here, beside the workers."""
STOP_BUTTON = "the stop button"
UNIT_ADDRESS = "unit_api.url"
"""File in a worker's folder that says where it is reached on its own machine."""
PICTURES = "pictures"
"""Folder beside the leader's store that holds pictures of experiments."""
HUNG = "hung.txt"
"""File in which a worker that is ended since it hung writes down where it stood."""
SOCKET_PATH_BYTES_MAX = 100
"""Unix sockets take 107 at most."""


def open_clock(epoch: Path | None, *, trusted: bool) -> Clock:
    """The machine's clock, or the one that a demo's processes share.

    Raises:
        ClockStands: the demo is not running.
    """
    if epoch is not None:
        return ScaledClock(epoch)
    return SystemClock(trust_wall=True if trusted else None)


def broker_users(workers: Sequence[str], readable: Sequence[str] = ()) -> list[User]:
    """The leader, who may read everything, and workers, who may write what is theirs.

    Where topics of other machines are `readable` there is a user for these, who may use them alone.
    """
    root = topics.ROOT
    orders = ("plan", "command", "outbox/accepted")
    leader = User(
        name=LEADER, reads=(f"{root}/#",), writes=tuple(f"{root}/+/{order}" for order in orders)
    )
    return [
        leader,
        *(
            User(
                name=worker,
                reads=(*topics.worker_may_read(worker), *readable),
                writes=topics.worker_may_write(worker),
            )
            for worker in workers
        ),
        *([User(name=OTHERS, reads=tuple(readable), writes=tuple(readable))] if readable else ()),
    ]


def known_workers(data: Path) -> list[str]:
    """Workers that were given a password by this folder's broker before."""
    return [name for name in read_credentials(broker_folder(data)) if name not in NO_WORKERS]


def broker_folder(data: Path) -> Path:
    """Where a broker that we start keeps its files."""
    return data / "broker"


def socket_path(folder: Path, name: str) -> Path:
    """A socket in a folder, or, where its path would be too long, in one with a short name."""
    import hashlib
    import os
    import tempfile

    path = folder.absolute() / name
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX:
        return path
    short = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"axenic-{os.getuid()}-{short}" / name


def queue_rules(open_per_user: int, pools: Mapping[str, str], timezone: str) -> Rules:
    """What a laboratory decided about its queue; `pools` by name, members separated by commas."""
    from orchestrator.leader.situation import Rules

    members = {
        name: frozenset(each.strip() for each in text.split(",") if each.strip())
        for name, text in pools.items()
    }
    return Rules(open_max=open_per_user, pools=members, timezone=timezone)


def knowing(rules: Rules, readable: Sequence[str]) -> Rules:
    """The same, with what the broker lets workers read of other machines."""
    from dataclasses import replace
    from functools import partial

    from orchestrator.transport.filters import any_covers

    return replace(rules, opens=partial(any_covers, readable))


@asynccontextmanager
async def leading(
    *,
    data: Path,
    store_url: str | None = None,
    broker_url: str,
    clock: Clock,
    host: str,
    port: int,
    notify: Sequence[Recipient],
    rules: Rules | None = None,
    rehearsing: bool = True,
    wish: LibraryWish | None = None,
    upkeep: Upkeep | None = None,
    cluster: Path | None = None,
    also_called: Sequence[str] = (),
) -> AsyncIterator[tuple[str, Callable[[], Awaitable[None]]]]:
    """A leader with its store, link and server: its address, and what to await for its life.

    The store is a file in the data folder, or the PostgreSQL database at `store_url`.

    Raises:
        StoreUnusable, LibraryUnusable, ServerError: another leader runs, the library cannot be
            opened, or the port is taken.
    """
    from functools import partial

    from orchestrator.cli.guests import hosted_routes, plugin_versions
    from orchestrator.cli.notifiers import notifying
    from orchestrator.cli.prepare import prepare
    from orchestrator.cli.rehearse_plan import beside
    from orchestrator.cli.service_manager import supervised
    from orchestrator.documents.catalogue import load_catalogue
    from orchestrator.leader.service import Leader
    from orchestrator.leader.situation import Rules
    from orchestrator.server.app import make_app
    from orchestrator.server.serve import listening
    from orchestrator.server.unit_site import Site
    from orchestrator.store.gallery import FolderGallery
    from orchestrator.transport.mqtt import MqttLink

    rules = rules or Rules()
    check = partial(prepare, timezone=rules.timezone)
    async with AsyncExitStack() as stack:
        site = Site(folder=data, recent=stack.enter_context(recent_lines()))
        store = await open_store(data, store_url)
        stack.push_async_callback(store.close)
        library = await asyncio.to_thread(wish.open) if wish else None
        alert_routes = await stack.enter_async_context(notifying(notify, rules.timezone))
        link = await stack.enter_async_context(MqttLink(broker_url, identifier="axenic-leader"))
        routes = hosted_routes()
        for route in routes:
            stack.push_async_callback(route.close)
        gallery = FolderGallery(data / PICTURES)
        maintain = caretaker_of(store, clock, upkeep, data, store_url, rules.timezone)
        leader = Leader(
            store=store,
            link=link,
            clock=clock,
            check=check,
            routes=alert_routes,
            free_bytes=lambda: free_bytes(data),
            rules=rules,
            rehearse=beside if rehearsing else None,
            library=library,
            pull_every_s=wish.pull_every_s if wish else None,
            maintain=maintain,
            gallery=gallery,
        )
        app = make_app(
            leader,
            store=store,
            check=check,
            clock=clock,
            catalogue=load_catalogue(),
            kept=library,
            report=_report,
            caretaker=maintain,
            gallery=gallery,
            machine=site,
            configured=await asyncio.to_thread(configuration_of, cluster, data, clock),
            plugins=plugin_versions(),
            webhook_secret=wish.webhook_secret if wish else "",
            also_called=also_called,
            plugin_routes=routes,
        )
        address = await stack.enter_async_context(listening(app, host, port))
        await stack.enter_async_context(supervised(leader.ready))
        yield address, leader.serve


def configuration_of(cluster: Path | None, data: Path, clock: Clock) -> Configuration | None:
    """The cluster document with its past; None where there is none.

    Raises:
        LibraryUnusable: its past cannot be kept.
    """
    if cluster is None:
        return None
    from orchestrator.cli.cluster_document import ClusterDocument
    from orchestrator.library.open_library import open_library

    past = open_library(data / "configuration")
    return ClusterDocument(cluster, past, clock.now().wall_s)


def caretaker_of(
    store: Store,
    clock: Clock,
    upkeep: Upkeep | None,
    data: Path,
    store_url: str | None,
    timezone: str,
) -> Maintain:
    """Who keeps the store safe; without a schedule only when somebody asks."""
    from orchestrator.cli.upkeep import Upkeep, steps_of
    from orchestrator.leader.maintain import Maintain, Schedule

    upkeep = upkeep or Upkeep()
    schedule = Schedule(cron=upkeep.cron, timezone=timezone) if upkeep.cron else None
    return Maintain(store, clock, steps_of(upkeep, data, store_url, clock), schedule)


async def open_store(data: Path, url: str | None) -> Store:
    """The leader's store.

    Raises:
        StoreUnusable: another leader has it, or it is none.
    """
    from orchestrator.ports.store import StoreUnusable

    if url is None:
        from orchestrator.store import sqlite

        return await sqlite.open_store(data / "store.sqlite")
    try:
        from orchestrator.store import postgres
    except ImportError as error:
        raise StoreUnusable(
            f"a store in PostgreSQL needs psycopg ({error}): pip install 'axenic[postgres]'"
        ) from error
    return await postgres.open_store(url)


@asynccontextmanager
async def working(
    name: str,
    *,
    data: Path,
    broker_url: str,
    hardware: Hardware,
    keeper: Path,
    clock: Clock,
    supervisor_pid: int | None = None,
    tags: Sequence[str] = (),
    unit_port: int = 0,
    commands: Mapping[MachineDeed, Sequence[str]] | None = None,
    told: Mapping[str, Path] | None = None,
    move_damaged: bool = False,
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A worker with its journal, keeper, devices and link: what to await for its life.

    Raises:
        DeviceFault, JournalUnusable: there is no keeper to be had, or no journal.
    """
    from orchestrator.cli.guests import (
        hosted_kinds,
        hosted_tests,
        plugged_in,
        plugin_versions,
        plugs,
    )
    from orchestrator.cli.service_manager import supervised
    from orchestrator.hardware.reactor import open_hardware
    from orchestrator.jobs.registry import job_named
    from orchestrator.journal.album import DiskAlbum
    from orchestrator.server.unit_api import unit_listening
    from orchestrator.server.unit_site import Site
    from orchestrator.transport.mqtt import MqttLink
    from orchestrator.worker.report import last_will
    from orchestrator.worker.rescue import Rescue
    from orchestrator.worker.service import Worker

    async with AsyncExitStack() as stack:
        rescue = Rescue(data / HUNG)
        hung = rescue.last_words
        journal = open_journal(data / "journal.sqlite", clock, move_damaged=move_damaged)
        stack.push_async_callback(journal.close)
        album = DiskAlbum(data)
        stack.push_async_callback(album.close)
        simulated = hardware.driver == "bench"
        guests = await stack.enter_async_context(plugged_in(simulated=simulated))
        opened = await stack.enter_async_context(
            open_hardware(
                hardware,
                worker=name,
                keeper_path=keeper,
                speed=clock.speed,
                supervisor_pid=supervisor_pid,
                plugged_in=plugs(guests) if guests is not None else {},
            )
        )
        recent = stack.enter_context(recent_lines())
        site = Site(folder=data, commands=commands or {}, told=told or {}, recent=recent)
        worker = Worker(
            name,
            clock=clock,
            journal=journal,
            reactors=opened.reactors,
            link=MqttLink(broker_url, identifier=f"axenic-{name}", will=last_will(name)),
            version=__version__,
            tags=tags,
            simulated=simulated,
            jobs=guests.job_named if guests is not None else job_named,
            album=album,
            guests=guests.names if guests is not None else (),
            laws=guests.laws if guests is not None else (),
            plugins=plugin_versions(),
            own_kinds=hosted_kinds(guests) if guests is not None else (),
            own_tests=hosted_tests(guests, simulated=simulated) if guests is not None else (),
            hung=hung,
            heard_time=clock.hear if isinstance(clock, SystemClock) else None,
            machine=site,
        )
        opened.keeper.on_press(lambda: worker.pressed(STOP_BUTTON))
        address = await stack.enter_async_context(unit_listening(worker, unit_port, site))
        (data / UNIT_ADDRESS).write_text(address)
        # Made safe is nothing by that: a keeper that lives answers.
        alive = supervised(worker.ready, lambda: opened.keeper.make_safe(()))
        await stack.enter_async_context(alive)
        await stack.enter_async_context(rescue.at_hand())
        yield worker.serve


def open_journal(path: Path, clock: Clock, *, move_damaged: bool) -> SqliteJournal:
    """A worker's journal; one that is damaged is moved aside only if a person says so.

    Raises:
        JournalUnusable: it cannot be opened, or is damaged.
    """
    from orchestrator.journal.sql import JournalDamaged, move_aside
    from orchestrator.journal.sqlite import SqliteJournal

    try:
        return SqliteJournal(path)
    except JournalDamaged:
        if not move_damaged:
            raise
    aside = move_aside(path, clock.now().wall_s)
    logging.getLogger("axenic").warning("the damaged journal is now %s; a new one begins", aside)
    return SqliteJournal(path)


@contextmanager
def recent_lines() -> Iterator[Recent]:
    """What this process logs while the block runs, the newest lines of it."""
    from orchestrator.server.unit_site import Recent

    recent, logger = Recent(), logging.getLogger("orchestrator")
    logger.addHandler(recent)
    try:
        yield recent
    finally:
        logger.removeHandler(recent)


def _report(lived: Lived) -> str:
    """Drawn by what draws rehearsals, which is imported when somebody asks."""
    from orchestrator.cli.experiment_report import report

    return report(lived)


def free_bytes(folder: Path) -> int:
    """Room left where the data grow."""
    import shutil

    return shutil.disk_usage(folder).free


async def until_told(work: Awaitable[None]) -> None:
    """Await a service's life; SIGTERM and Ctrl-C end it in order."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    told = False

    def end() -> None:
        nonlocal told
        told = True
        task.cancel()

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, end)
    try:
        await task
    except asyncio.CancelledError:
        if not told:
            raise
    finally:
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)
