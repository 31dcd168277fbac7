"""The embedded broker: amqtt on loopback, for machines without Mosquitto."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import orchestrator
from orchestrator.transport.process import BrokerError, port_in_use, run_child
from orchestrator.transport.users import User, keep_credentials, write_access

ACCESS = "broker-access.json"
START = "from orchestrator.transport.embedded import main; main()"


@asynccontextmanager
async def run_embedded(
    data_dir: Path, port: int, users: Sequence[User], passwords: Mapping[str, str]
) -> AsyncIterator[Process]:
    """Run it as a child process; yield its process."""
    await asyncio.to_thread(write_access, data_dir / ACCESS, users, passwords)
    command = (sys.executable, "-c", START, str(port))
    packages = str(Path(orchestrator.__file__).parent.parent)
    async with run_child(
        command,
        port=port,
        folder=data_dir,
        log=data_dir / "embedded-broker.log",
        environment={"PYTHONPATH": packages},
    ) as process:
        yield process


async def serve_embedded(
    port: int,
    data_dir: Path,
    users: Sequence[User] = (),
    *,
    ready: asyncio.Event | None = None,
) -> None:
    """Serve in this process until cancelled: these users, or those whom the data folder knows."""
    from amqtt.errors import BrokerError as StartError  # slow to import: only who serves pays

    from orchestrator.transport.amqtt_broker import EmbeddedBroker, configuration

    access = data_dir / ACCESS
    if users:
        passwords = await asyncio.to_thread(keep_credentials, data_dir, users)
        await asyncio.to_thread(write_access, access, users, passwords)
    elif not await asyncio.to_thread(access.exists):
        raise BrokerError(f"no users are known in {data_dir}: start a leader there first")
    broker = EmbeddedBroker(configuration(port, access))
    try:
        await broker.start()
    except StartError as error:
        raise port_in_use(port) from error
    try:
        if ready is not None:
            ready.set()
        await asyncio.Event().wait()
    finally:
        await broker.shutdown()


def main() -> None:
    """Serve the folder we stand in until SIGTERM: the child process begins here."""
    port, data_dir = int(sys.argv[1]), Path.cwd()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    try:
        asyncio.run(_serve_until_terminated(port, data_dir))
    except asyncio.CancelledError:
        logging.getLogger(__name__).info("ended as asked")


async def _serve_until_terminated(port: int, data_dir: Path) -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await serve_embedded(port, data_dir)
