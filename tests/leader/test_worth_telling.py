"""Laws of quiet hours, and of what is told now, later and never."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.leader.notification import LINES_MAX, notification
from orchestrator.leader.quiet import quiet_until_s
from orchestrator.leader.worth_telling import OLD_S, Situation, rests_until_s, worth_telling
from orchestrator.ports.clock import Instant
from orchestrator.ports.records import Alert
from orchestrator.ports.routes import SEVERITIES, Delivery, Quiet, Route, Telling, at_least
from orchestrator.ports.silence import Silence

WALL = 1_800_000_000.0
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")
quiets = st.builds(
    Quiet,
    from_s=st.integers(0, 1439).map(lambda minute: minute * 60),
    until_s=st.integers(0, 1439).map(lambda minute: minute * 60),
    timezone=st.sampled_from(ZONES),
    loud=st.sampled_from(SEVERITIES).map(at_least),
).filter(lambda quiet: quiet.from_s != quiet.until_s)
moments = st.floats(WALL, WALL + 400 * 86_400.0)


def shown(quiet: Quiet, wall_s: float) -> int:
    at = datetime.fromtimestamp(wall_s, ZoneInfo(quiet.timezone))
    return at.hour * 3600 + at.minute * 60 + at.second


@given(quiet=quiets, wall_s=moments)
def test_quiet_ends_within_a_day_and_a_night_of_changed_clocks_and_is_over_then(
    quiet: Quiet, wall_s: float
) -> None:
    until_s = quiet_until_s(quiet, wall_s)
    now_s = shown(quiet, wall_s)
    if quiet.from_s < quiet.until_s:
        assert (until_s is not None) == (quiet.from_s <= now_s < quiet.until_s)
    else:
        assert (until_s is not None) == (now_s >= quiet.from_s or now_s < quiet.until_s)
    if until_s is not None:
        assert wall_s < until_s <= wall_s + 25 * 3600
        assert quiet_until_s(quiet, until_s) is None


def test_quiet_hours_in_nights_in_which_clocks_change() -> None:
    berlin = Quiet(from_s=22 * 3600, until_s=9_000, timezone="Europe/Berlin")

    def ends(year: int, month: int, day: int) -> str:
        began = datetime(year, month, day, 22, 30, tzinfo=UTC).timestamp()
        until_s = quiet_until_s(berlin, began)
        assert until_s is not None
        return datetime.fromtimestamp(until_s, UTC).strftime("%H:%M")

    assert ends(2027, 1, 15) == "01:30"
    assert ends(2027, 3, 27) == "01:30"  # 02:30 is left out: it is 03:30
    assert ends(2027, 10, 30) == "00:30"  # the first of two


def alert(number: int = 1, severity: str = "warning", **more: object) -> Alert:
    said = {"source": "t", "raised_wall_s": WALL, "text": f"alert {number}", **more}
    return Alert(id=number, severity=severity, **said)  # type: ignore[arg-type]


def telling(about: Alert, told_wall_s: float | None = None, news: str = "raised") -> Telling:
    delivery = Delivery(
        alert=about.id,
        route="r",
        news=news,  # type: ignore[arg-type]
        outcome="waiting",
        count=about.count,
        at_wall_s=WALL,
    )
    return Telling(alert=about, delivery=delivery, told_wall_s=told_wall_s)


def situation(wall_s: float = WALL, *, trusted: bool = True, **route: object) -> Situation:
    return Situation(
        route=Route(name="r", to=(), **route),  # type: ignore[arg-type]
        now=Instant(0.0, wall_s, trusted),
        speed=1.0,
        told_wall_s=None,
        repeat_s=600.0,
        silences=(),
    )


alerts = st.builds(
    alert,
    st.integers(1, 50),
    st.sampled_from(SEVERITIES),
    raised_wall_s=st.floats(WALL - 2 * OLD_S, WALL),
    acknowledged_wall_s=st.none() | st.just(WALL),
    resolved_wall_s=st.none() | st.just(WALL),
)
tellings = st.builds(
    telling,
    alerts,
    st.none() | st.floats(WALL - 1200.0, WALL + 1200.0),
    st.sampled_from(["raised", "over"]),
)


@given(
    waiting=st.lists(tellings, max_size=8, unique_by=lambda each: each.alert.id),
    quiet=st.none() | quiets,
    ahead_s=st.floats(0.0, 2 * OLD_S),
    trusted=st.booleans(),
)
def test_each_is_told_once_never_or_later_and_later_comes(
    waiting: list[Telling], quiet: Quiet | None, ahead_s: float, trusted: bool
) -> None:
    """Nothing waits for ever, and nothing is dropped without a reason."""
    at = situation(WALL + ahead_s, trusted=trusted, quiet=quiet)
    worth = worth_telling(at, waiting)
    never = [each.delivery for each in worth.never]
    told = [each.delivery for each in worth.now]
    later = [each for each in waiting if each.delivery not in [*told, *never]]
    assert len(told) + len(never) + len(later) == len(waiting)
    assert all(each.reason for each in worth.never)
    assert (worth.next_wall_s is None) == (not later)
    if worth.next_wall_s is not None:
        assert at.now.wall_s < worth.next_wall_s <= at.now.wall_s + 25 * 3600
    if quiet is not None and trusted and quiet_until_s(quiet, at.now.wall_s):
        assert all(each.alert.severity in quiet.loud for each in worth.now)


def test_what_was_told_a_moment_ago_waits_and_is_dropped_if_it_is_over() -> None:
    again = telling(alert(), WALL - 60.0)
    assert worth_telling(situation(), [again]).next_wall_s == WALL + 540.0
    assert worth_telling(situation(WALL + 540.0), [again]).now == [again]
    over = telling(replace(again.alert, resolved_wall_s=WALL), WALL - 60.0)
    [dropped] = worth_telling(situation(), [over]).never
    assert (dropped.outcome, dropped.reason) == ("muted", "over before it was to be told again")


def test_that_it_was_told_in_what_is_now_the_future_holds_nothing_back_for_long() -> None:
    """The clock was set back."""
    again = telling(alert(), WALL + 86_400.0)
    assert worth_telling(situation(), [again]).next_wall_s == WALL + 600.0
    ahead = replace(situation(every_s=900.0), told_wall_s=WALL + 86_400.0)
    assert rests_until_s(ahead) == WALL + 900.0


def test_by_a_clock_that_is_not_right_it_is_never_night_and_nothing_is_too_old() -> None:
    quiet = Quiet(from_s=0, until_s=86_340, timezone="UTC")
    old = telling(alert(raised_wall_s=WALL - 2 * OLD_S))
    assert not worth_telling(situation(quiet=quiet), [telling(alert())]).now
    assert len(worth_telling(situation(trusted=False, quiet=quiet), [old]).now) == 1


def test_a_silence_that_begins_while_a_message_waits_holds_it() -> None:
    silence = Silence(
        id=1, source="t", actor="ada", began_wall_s=WALL - 1.0, until_wall_s=WALL + 60.0
    )
    held = worth_telling(replace(situation(), silences=[silence]), [telling(alert())])
    assert (held.now, held.next_wall_s) == ([], WALL + 60.0)


def test_many_alerts_make_one_message_that_is_not_endless() -> None:
    many = [alert(n, "critical" if n == 30 else "info") for n in range(1, 41)]
    told = notification(many, now_wall_s=WALL, timezone="UTC")
    lines = told.body.splitlines()
    assert (told.severity, lines[0]) == ("critical", "critical: alert 30")
    assert (len(lines), lines[-1]) == (LINES_MAX + 1, f"… and {40 - LINES_MAX} more")
    assert told.title == "Axenic: 40 alerts (1 critical, 39 info)"


def test_a_message_says_how_often_since_when_and_that_it_is_over() -> None:
    one = alert(count=3, experiment="e1", vessel="v1")
    hour = timedelta(hours=1).total_seconds()
    told = notification([one], now_wall_s=WALL + hour, timezone="Europe/Berlin")
    assert told.title == "Axenic warning: e1 v1"
    assert told.body == "alert 1 (3 times, since 2027-01-15 09:00 CET)"
    over = replace(one, resolved_wall_s=WALL, resolved_by="ada", resolved_note="mended")
    told = notification([over], now_wall_s=WALL + hour, timezone="UTC")
    assert told.body == "alert 1 (3 times, over since 2027-01-15 08:00 UTC as ada says: mended)"
