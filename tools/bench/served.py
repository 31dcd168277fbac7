"""The leader's server over a store, with a desk at which nobody sits."""

from __future__ import annotations

from random import Random

from aiohttp import web

from orchestrator.documents.catalogue import load_offer
from orchestrator.hardware.clock import SystemClock
from orchestrator.leader.service import Leader
from orchestrator.ports.check import Checked, Files, Given
from orchestrator.ports.records import Documents, NewExperiment
from orchestrator.ports.store import Store
from orchestrator.server.app import make_app
from orchestrator.transport.memory import MemoryBroker, MemoryLink
from tools.bench.made_readings import EXPERIMENT, WALL_S


def made_app(store: Store) -> web.Application:
    """The whole application."""
    clock = SystemClock()
    link = MemoryLink(MemoryBroker(), identifier="leader")
    office = Leader(store=store, link=link, clock=clock, check=_check, chance=Random(1))
    return make_app(
        office, store=store, check=_check, clock=clock, catalogue=load_offer().catalogue
    )


async def known_experiment(store: Store) -> None:
    """Let the store know the experiment that all readings here are of."""
    documents = Documents(
        revision=1,
        profile_text="",
        file_name="bench.yaml",
        profile_hash="",
        plan_hash="",
        plan_json='{"name":"Bench","vessels":[]}',
    )
    await store.create_experiment(
        NewExperiment(
            id=EXPERIMENT,
            name="Bench",
            documents=documents,
            inputs={},
            vessels=("control",),
            bindings={},
            actor="bench",
            at_wall_s=WALL_S,
        )
    )


def _check(text: str, file: str, inputs: Given, _: Files) -> Checked:
    raise NotImplementedError(f"{file}: no profile is checked here ({len(text)}, {len(inputs)})")
