"""SEMANTICS rule 6: a run's time goes on whatever happens to the worker."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.clock import Instant
from orchestrator.worker.run_clock import RunClock, begin_clock, resume_clock, tick_data


def ledger(process_s: float, instant: Instant, boot: str = "one") -> list[Entry]:
    return [
        Entry(
            kind=Kind.TICK,
            process_s=process_s,
            wall_s=instant.wall_s if instant.trusted else None,
            data=tick_data(boot, instant),
        )
    ]


def now_s(clock: RunClock, instant: Instant) -> float:
    return clock.moment(instant).process_s


def test_a_run_begins_at_zero_and_follows_the_monotonic_clock() -> None:
    clock = begin_clock(Instant(100.0, 1e9, True))
    assert now_s(clock, Instant(100.0, 1e9, True)) == 0.0
    assert now_s(clock, Instant(107.5, 9e9, True)) == 7.5
    assert clock.monotonic_s(7.5) == 107.5


@given(st.floats(0.0, 1e9), st.floats(0.0, 1e9))
@example(77.0, 195.001)
def test_whoever_wakes_for_a_moment_of_the_run_does_not_come_a_rounding_too_early(
    began_s: float, moment_s: float
) -> None:
    clock = begin_clock(Instant(began_s, 1e9, True))
    wake_s = clock.monotonic_s(moment_s)
    assert moment_s <= now_s(clock, Instant(wake_s, 1e9, True)) <= moment_s + 1e-6


def test_rule_6_nothing_on_the_wall_clock_is_known_while_it_is_not_trusted() -> None:
    clock = begin_clock(Instant(100.0, 1e9, False))
    assert clock.moment(Instant(101.0, 1e9, False)).wall_s is None


def test_rule_6_elapsed_time_runs_on_through_an_outage() -> None:
    before = ledger(50.0, Instant(150.0, 1e9, True))
    later = Instant(3.0, 1e9 + 7200.0, True)
    clock = resume_clock(before, "two", later)
    assert now_s(clock, later) == 50.0 + 7200.0


@given(st.floats(0.0, 1e9), st.floats(0.0, 1e9))
@example(9805.42580998294, 9805.4)
def test_rule_6_a_run_is_not_taken_up_a_rounding_before_its_last_entry(
    last_s: float, monotonic_s: float
) -> None:
    """Found by seed 20261128076 of `tests/faults/stormy.yaml`."""
    clock = resume_clock(
        ledger(last_s, Instant(1.0, 1e9, False)), "two", Instant(monotonic_s, 5.0, False)
    )
    assert last_s <= now_s(clock, Instant(monotonic_s, 5.0, False)) <= last_s + 1e-6


def test_rule_6_within_a_boot_the_monotonic_clock_knows_even_without_trusted_time() -> None:
    before = ledger(50.0, Instant(150.0, 1e9, False))
    later = Instant(160.0, 5.0, False)
    clock = resume_clock(before, "one", later)
    assert now_s(clock, later) == 60.0
    assert not clock.uncertain


def test_rule_6_without_trusted_time_the_last_tick_is_a_lower_bound_then_it_jumps_once() -> None:
    before = ledger(50.0, Instant(150.0, 1e9, True))
    clock = resume_clock(before, "two", Instant(3.0, 77.0, False))
    assert (now_s(clock, Instant(13.0, 87.0, False)), clock.uncertain) == (60.0, True)
    assert (now_s(clock, Instant(23.0, 1e9 + 300.0, True)), clock.uncertain) == (350.0, False)
    assert now_s(clock, Instant(24.0, 1e9 + 9000.0, True)) == 351.0


def test_time_never_goes_back_when_the_wall_clock_was_set_back() -> None:
    before = ledger(50.0, Instant(150.0, 1e9, True))
    later = Instant(3.0, 1e9 - 3600.0, True)
    clock = resume_clock(before, "two", later)
    assert now_s(clock, later) == 50.0
