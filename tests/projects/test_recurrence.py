"""Repetitions against two oracles: python-dateutil on the whole series, and the calendar itself, day by day."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from buildos_app.errors import InvalidInput
from buildos_app.models.project import RecurrencePattern
from buildos_app.phrases.dates import resolve_when
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.recurrence import DAYS, check_rule, next_dates, occurrences, rule_of, rule_phrase, rule_words

starts = st.dates(date(2000, 1, 1), date(2040, 12, 31))
patterns = st.sampled_from(RecurrencePattern)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Any rule that we let in and that has dates."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 9))}"]
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True))
    if frequency == "WEEKLY":
        parts.append(f"BYDAY={','.join(days)}")
    elif frequency == "MONTHLY" and draw(st.booleans()):
        parts.append(f"BYDAY={draw(st.sampled_from(['1', '2', '3', '4', '-1']))}{days[0]}")
    elif frequency == "MONTHLY":
        last = draw(st.integers(28, 31))
        parts += [f"BYMONTHDAY={','.join(map(str, range(28, last + 1)))}", "BYSETPOS=-1"]
    elif frequency == "YEARLY":
        parts += [f"BYMONTH={draw(st.integers(1, 12))}", f"BYMONTHDAY={draw(st.integers(1, 28))}"]
    return ";".join(parts)


def whole(rule: str, start: date, until: date) -> list[date]:
    """What python-dateutil itself makes of a rule."""
    series = rrulestr(rule, dtstart=datetime.combine(start, time()))
    return [
        moment.date()
        for moment in series.between(datetime.combine(date.min, time()), datetime.combine(until, time()), inc=True)
    ]


@given(rule=rules(), start=starts, steps=st.lists(st.integers(0, 200), min_size=1, max_size=6))
def test_windows_put_together_are_the_whole_series(rule: str, start: date, steps: list[int]) -> None:
    edges = [start - timedelta(days=1)]
    for step in steps:
        edges.append(edges[-1] + timedelta(days=step))

    found = [day for after, until in pairwise(edges) for day in occurrences(rule, start, after=after, until=until)]

    assert found == whole(rule, start, edges[-1])


@given(rule=rules(), start=starts, ahead=st.integers(-50, 500), count=st.integers(1, 8))
def test_the_next_dates_are_those_of_the_series(rule: str, start: date, ahead: int, count: int) -> None:
    after = start + timedelta(days=ahead)

    found = next_dates(rule, start, after=after, count=count)

    limit = max(after, start) + timedelta(days=3660)
    assert found == [day for day in whole(rule, start, limit) if day > after][:count]


@given(pattern=patterns, start=starts, days=st.integers(0, 900))
def test_a_pattern_means_what_its_word_says(pattern: RecurrencePattern, start: date, days: int) -> None:
    until = start + timedelta(days=days)

    found = occurrences(rule_of(pattern, start), start, after=start - timedelta(days=1), until=until)

    every_day = (start + timedelta(days=ahead) for ahead in range(days + 1))
    assert found == [day for day in every_day if is_one(pattern, start, day)]


def is_one(pattern: RecurrencePattern, start: date, day: date) -> bool:
    """The meaning of a pattern, said without any rule."""
    months = (day.year - start.year) * 12 + day.month - start.month
    nearest = min(start.day, calendar.monthrange(day.year, day.month)[1])
    return {
        RecurrencePattern.DAILY: True,
        RecurrencePattern.WEEKDAYS: day.weekday() < 5,
        RecurrencePattern.WEEKLY: (day - start).days % 7 == 0,
        RecurrencePattern.BIWEEKLY: (day - start).days % 14 == 0,
        RecurrencePattern.MONTHLY: day.day == nearest,
        RecurrencePattern.QUARTERLY: months % 3 == 0 and day.day == nearest,
        RecurrencePattern.YEARLY: months % 12 == 0 and day.day == nearest,
    }[pattern]


@given(pattern=patterns, start=starts)
def test_our_own_rules_are_let_in_and_can_be_said(pattern: RecurrencePattern, start: date) -> None:
    rule = rule_of(pattern, start)

    assert check_rule(rule) == rule
    assert rule_words(rule, start).startswith("every")


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    start=starts,
    hour=st.integers(0, 23),
)
def test_the_wall_clock_shows_the_same_time_on_every_date(zone: str, start: date, hour: int) -> None:
    here = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))

    for day in occurrences("FREQ=DAILY", start, after=start, until=start + timedelta(days=366)):
        moment = at_local(day, time(hour), here)
        skipped = moment.replace(tzinfo=None) != datetime.combine(day, time(hour))
        assert not skipped or _is_in_a_gap(day, hour, zone)


def _is_in_a_gap(day: date, hour: int, zone: str) -> bool:
    wall = datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone))
    return wall.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3", "every 3 days"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "every Monday and Thursday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday"),
        ("FREQ=MONTHLY;BYDAY=1MO", "every month on the first Monday"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=2", "every month on the 2nd"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "every 3 months on the last day"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=14", "every year on 14 March"),
    ],
)
def test_a_rule_is_said(rule: str, words: str) -> None:
    assert rule_words(rule, date(2026, 11, 23)) == words


@pytest.mark.parametrize(
    "rule",
    ["", "daily", "FREQ=HOURLY", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY\nDTSTART:20200101", "X=1"],
)
def test_what_is_no_rule_of_ours_is_refused(rule: str) -> None:
    with pytest.raises(InvalidInput):
        check_rule(rule)


def test_a_rule_without_dates_takes_no_time() -> None:
    assert (
        occurrences(
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", date(2026, 1, 1), after=date(2026, 1, 1), until=date(2027, 1, 1)
        )
        == []
    )


@pytest.mark.parametrize(
    "words",
    [
        "every Monday and Thursday",
        "every Monday, Wednesday and Friday",
        "every 3 days",
        "every 6 weeks",
        "every 4 months",
        "every first Monday of the month",
        "every last Friday of the month",
        "on the last day of every month",
        "every 30th of the month",
    ],
)
def test_the_words_of_a_rule_are_read_as_that_rule(words: str) -> None:
    when = resolve_when(words, datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin")))

    assert when is not None and when.rule is not None
    assert check_rule(when.rule) == when.rule
    assert rule_phrase(when.rule) == words
