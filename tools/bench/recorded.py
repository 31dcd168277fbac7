"""What recorders are judged by, whatever feeds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.messages.outbox import Batch, ReadingRecord
from tools.bench.figure import Budget, Figure
from tools.bench.sampling import percentile

LIMIT_S = 60.0
PER_SECOND = 1_000
_PIOREACTOR_PER_S = 7_700.0
_PEERS = "Pioreactor 7.7 k/s (acknowledges before storing), Home Assistant's recorder 2.0 k/s"
_PIOREACTOR_MS = {0.5: 53.0, 0.99: 103.0}


def stored_figure(
    per_message: int, per_s: float, bare_per_s: float, *, bare: str, how: str, note: str = ""
) -> Figure:
    """How many readings a second, single ones or in batches."""
    figure = Figure(
        what=f"readings stored per second, {per_message} a message, {how}",
        ours=per_s,
        unit="/s",
        baseline=bare_per_s,
        baseline_is=bare,
        note=note,
    )
    if per_message > 1:
        budget = Budget(text="≥ 300 k", least=300e3)
        quoted = "no peer batches; prototypes 461 k/s by ten, 657 k/s by a hundred"
        return replace(figure, budget=budget, quoted=quoted)
    least = 2.5 * _PIOREACTOR_PER_S
    budget = Budget(text=f"≥ 2.5 × Pioreactor as quoted, {least / 1e3:.3g} k", least=least)
    return replace(figure, budget=budget, quoted=_PEERS)


def visible_figures(
    ages_s: Sequence[float], bare_s: Sequence[float], *, bare: str, how: str
) -> list[Figure]:
    """How old readings are when they can be seen, in a steady stream."""
    return [
        Figure(
            what=f"measured → visible in the store at {PER_SECOND}/s, {how}, p{100 * share:.0f}",
            ours=1e3 * percentile(ages_s, share),
            unit="ms",
            baseline=1e3 * percentile(bare_s, share),
            baseline_is=bare,
            budget=Budget(
                text=f"≤ 1/20 of Pioreactor as quoted, {there_ms / 20:.3g} ms", most=there_ms / 20
            ),
            quoted=f"Pioreactor {there_ms:g} ms; a prototype {2.1 if share == 0.5 else 3.8}",
        )
        for share, there_ms in _PIOREACTOR_MS.items()
    ]


def ages_at(now_s: float, batch: Batch) -> list[float]:
    """How old a batch's readings are, which carry the monotonic moment they were made at."""
    return [now_s - each.process_s for each in batch.records if isinstance(each, ReadingRecord)]
