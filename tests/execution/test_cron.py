"""SEMANTICS rule 7: cron on local clocks."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.execution.cron import next_after, occurrences, validate

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
FROM = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
UNTIL = datetime(2030, 1, 1, tzinfo=UTC).timestamp()


def local(moments: list[float], zone: str) -> list[datetime]:
    return [datetime.fromtimestamp(each, ZoneInfo(zone)) for each in moments]


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def texts(moments: list[float]) -> list[str]:
    return [f"{datetime.fromtimestamp(each, UTC):%m-%d %H:%M}" for each in moments]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "cron", ["30 2 * * *", "15 3 * * *", "0 0 * * *", "45 1 * * *", "0 9 * * *"]
)
def test_a_fixed_time_falls_due_once_a_local_day_for_ten_years(cron: str, zone: str) -> None:
    moments = list(occurrences(cron, zone, FROM, UNTIL))
    days = [each.date() for each in local(moments, zone)]
    assert len(days) == len(set(days))
    assert all(later - day == timedelta(days=1) for day, later in itertools.pairwise(days))
    assert 3652 <= len(days) <= 3653


@pytest.mark.parametrize("zone", ZONES)
def test_moments_always_rise_in_utc(zone: str) -> None:
    for cron in ("30 2 * * *", "*/20 * * * *", "0,30 2 * * *", "0 1-3 * * *", "15 * * * *"):
        moments = list(occurrences(cron, zone, FROM, FROM + 400 * 86400.0))
        assert all(a < b for a, b in itertools.pairwise(moments))


def test_a_fixed_time_on_the_autumn_night_takes_the_first_of_the_two() -> None:
    moments = list(
        occurrences("30 2 * * *", "Europe/Berlin", utc("2025-10-25T12:00"), utc("2025-10-27T12:00"))
    )
    assert texts(moments) == ["10-26 00:30", "10-27 01:30"]


def test_a_fixed_time_inside_the_spring_gap_falls_due_right_after_it() -> None:
    moments = list(
        occurrences("30 2 * * *", "Europe/Berlin", utc("2025-03-29T12:00"), utc("2025-03-31T12:00"))
    )
    assert texts(moments) == ["03-30 01:00", "03-31 00:30"]


def test_two_fixed_times_inside_the_gap_are_one_moment() -> None:
    moments = list(
        occurrences(
            "0,30 2 * * *", "Europe/Berlin", utc("2025-03-29T12:00"), utc("2025-03-30T12:00")
        )
    )
    assert texts(moments) == ["03-30 01:00"]


def test_a_half_hour_gap_ends_where_it_ends() -> None:
    moments = list(
        occurrences(
            "15 2 * * *", "Australia/Lord_Howe", utc("2025-10-03T20:00"), utc("2025-10-05T20:00")
        )
    )
    assert [f"{each:%d %H:%M}" for each in local(moments, "Australia/Lord_Howe")] == [
        "05 02:30",
        "06 02:15",
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", ["*/30 * * * *", "*/15 2 * * *"])
def test_wildcard_entries_follow_the_clock(cron: str, zone: str) -> None:
    minutes = {"*/30": (0, 30), "*/15": (0, 15, 30, 45)}[cron.split()[0]]
    hours = range(24) if cron.split()[1] == "*" else (2,)
    start, days = utc("2025-01-01T00:00"), 366
    expected = [
        start + 900.0 * quarter
        for quarter in range(1, days * 96)
        if (at := datetime.fromtimestamp(start + 900.0 * quarter, ZoneInfo(zone))).minute in minutes
        and at.hour in hours
    ]
    assert list(occurrences(cron, zone, start, start + (days * 96 - 1) * 900.0)) == expected


def test_day_and_weekday_together_mean_either() -> None:
    moments = list(
        occurrences("0 0 13 * 5", "UTC", utc("2025-06-01T12:00"), utc("2025-06-30T12:00"))
    )
    assert [f"{each:%d}" for each in local(moments, "UTC")] == ["06", "13", "20", "27"]


def test_sunday_is_both_0_and_7() -> None:
    span = (utc("2025-06-01T12:00"), utc("2025-07-01T00:00"))
    assert list(occurrences("0 9 * * 7", "UTC", *span)) == list(
        occurrences("0 9 * * 0", "UTC", *span)
    )


def test_the_29th_of_february_is_found_years_ahead() -> None:
    found = next_after("0 9 29 2 *", "UTC", utc("2025-01-01T00:00"))
    assert found == utc("2028-02-29T09:00")


def test_a_day_that_never_comes_is_answered_with_none() -> None:
    assert next_after("0 9 30 2 *", "UTC", utc("2025-01-01T00:00")) is None


@given(st.floats(min_value=FROM, max_value=UNTIL), st.sampled_from(ZONES))
def test_the_next_moment_is_the_first_of_the_occurrences(after: float, zone: str) -> None:
    found = next_after("30 2 * * *", zone, after)
    assert found is not None and found > after
    assert next(occurrences("30 2 * * *", zone, after, after + 3 * 86400.0)) == found


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("0 9 * *", "five fields"),
        ("0 0 9 * * *", "five fields"),
        ("61 9 * * *", "range"),
        ("0 9 L * *", "not understood"),
        ("0 9 * * mon#1", "numbers, names"),
        ("every day at nine o'clock", "numbers, names"),
    ],
)
def test_what_cannot_be_kept_is_said(cron: str, said: str) -> None:
    problem = validate(cron)
    assert problem is not None and said in problem


def test_ordinary_entries_are_valid() -> None:
    for cron in ("0 9 * * *", "*/15 8-18 * * mon-fri", "0 0 1 jan,jul *"):
        assert validate(cron) is None
