"""`axenic keeper`, which owns pins, and `axenic bench`, which plays reactors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from orchestrator.cli import wiring
from orchestrator.cli.files import make_folder, written_whole
from orchestrator.cli.services.options import angles_option, clock_option


@click.command()
@click.option("--socket", required=True, type=click.Path(path_type=Path))
@click.option(
    "--hardware", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--idle-s",
    type=float,
    default=60.0,
    show_default=True,
    help="Without a worker, it ends after so long.",
)
@clock_option
def keeper(socket: Path, hardware: Path, idle_s: float, clock: Path | None) -> None:
    """Own the outputs of a worker's hardware, and turn them off when it falls silent."""
    import msgspec

    from orchestrator.cli.hardware import read_hardware
    from orchestrator.hardware.keeper.process import main
    from orchestrator.hardware.reactor import keeper_config

    speed = wiring.open_clock(clock, trusted=True).speed
    config = keeper_config(read_hardware(hardware), socket, speed)
    make_folder(socket.parent, "--socket", mode=0o700)
    raise SystemExit(main(msgspec.structs.replace(config, idle_s=idle_s)))


@click.command()
@click.argument("reactors", nargs=-1, required=True)
@click.option("--socket", required=True, type=click.Path(path_type=Path))
@click.option(
    "--hardware",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write its description there.",
)
@click.option(
    "--kept",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Go on from this file, and keep it.",
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--inoculated", is_flag=True, help="Cells are in from the start.")
@angles_option
@clock_option
def bench(
    reactors: tuple[str, ...],
    socket: Path,
    hardware: Path | None,
    kept: Path | None,
    seed: int,
    inoculated: bool,
    angles: tuple[int, ...],
    clock: Path | None,
) -> None:
    """Simulate REACTORS, as real ones would stand on a bench: whoever uses them may die."""
    from orchestrator.sim.bench_hardware import describe
    from orchestrator.sim.bench_process import BenchConfig, main, reactors_of

    config = BenchConfig(
        path=str(socket),
        reactors={name: seed + number for number, name in enumerate(reactors)},
        kept_in=str(kept) if kept else "",
        epoch=str(clock) if clock else "",
        inoculated=inoculated,
        angles=angles,
    )
    make_folder(socket.parent, "--socket", mode=0o700)
    if hardware is not None:
        make_folder(hardware.parent, "--hardware")
        with written_whole(hardware) as file:
            file.write(json.dumps(describe(reactors_of(config), socket), indent=1).encode())
    raise SystemExit(main(config))
