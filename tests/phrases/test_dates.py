"""The dates of a dump, as a person in three zones means them. "Now" is Monday 23 November 2026, 10:00 on their wall."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from buildos_app.phrases.dates import find_when, resolve_when

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata"]

START = {
    "today": "2026-11-23 09:00",
    "tomorrow": "2026-11-24 09:00",
    "tmr": "2026-11-24 09:00",
    "the day after tomorrow": "2026-11-25 09:00",
    "tomorrow at 3": "2026-11-24 15:00",
    "tomorrow at 3pm": "2026-11-24 15:00",
    "tomorrow at 9": "2026-11-24 09:00",
    "tomorrow morning": "2026-11-24 09:00",
    "tomorrow afternoon": "2026-11-24 14:00",
    "tomorrow evening": "2026-11-24 18:00",
    "tomorrow night": "2026-11-24 20:00",
    "tomorrow at noon": "2026-11-24 12:00",
    "tonight": "2026-11-23 20:00",
    "this evening": "2026-11-23 18:00",
    "at 4pm": "2026-11-23 16:00",
    "at 9:30": "2026-11-24 09:30",  # has passed today
    "at half past three": "2026-11-23 15:30",
    "at quarter to five": "2026-11-23 16:45",
    "on Friday": "2026-11-27 09:00",
    "Friday at 14:00": "2026-11-27 14:00",
    "Fri 2.30pm": "2026-11-27 14:30",
    "on Monday": "2026-11-30 09:00",  # today is Monday, and the day has begun
    "on Monday at 4pm": "2026-11-23 16:00",
    "next Monday": "2026-11-30 09:00",
    "next Friday": "2026-12-04 09:00",
    "this Thursday": "2026-11-26 09:00",
    "on Thursday 26 November at 14:00": "2026-11-26 14:00",
    "on Wednesday the 25th": "2026-11-25 09:00",
    "in 3 days": "2026-11-26 09:00",
    "in two weeks": "2026-12-07 09:00",
    "in a month": "2026-12-23 09:00",
    "a week from today": "2026-11-30 09:00",
    "next week": "2026-11-30 09:00",
    "next month": "2026-12-01 09:00",
    "on 14 March": "2027-03-14 09:00",
    "on March 14th": "2027-03-14 09:00",
    "on 24 Dec at 18:00": "2026-12-24 18:00",
    "on Dec 3rd": "2026-12-03 09:00",
    "on 7.12. at 10am": "2026-12-07 10:00",
    "on 03/12": "2026-12-03 09:00",
    "on 3/12/2027": "2027-12-03 09:00",
    "2026-12-05": "2026-12-05 09:00",
    "2026-12-05 15:30": "2026-12-05 15:30",
    "on the 28th": "2026-11-28 09:00",
    "on the 5th": "2026-12-05 09:00",
    "in February": "2027-02-01 09:00",
    "from 3 to 5 tomorrow": "2026-11-24 15:00",
    "tomorrow 10:00-11:30": "2026-11-24 10:00",
}

DUE = {
    "by Friday": "2026-11-27 23:59",
    "by Friday noon": "2026-11-27 12:00",
    "by 5pm": "2026-11-23 17:00",
    "by tomorrow": "2026-11-24 23:59",
    "due Thursday": "2026-11-26 23:59",
    "until Wednesday": "2026-11-25 23:59",
    "before Friday": "2026-11-26 23:59",
    "by the 28th": "2026-11-28 23:59",
    "by 4 Dec": "2026-12-04 23:59",
    "by December 1st": "2026-12-01 23:59",
    "by end of day": "2026-11-23 23:59",
    "by the end of the week": "2026-11-27 23:59",
    "end of the month": "2026-11-30 23:59",
    "by the end of January": "2027-01-31 23:59",
    "end of next week": "2026-12-04 23:59",
    "by the end of the year": "2026-12-31 23:59",
    "this week": "2026-11-27 23:59",
    "within two weeks": "2026-12-07 23:59",
    "deadline is Friday": "2026-11-27 23:59",
    "by next Friday at 17:00": "2026-12-04 17:00",
}

REPEATS = {
    "every day": ("daily", "2026-11-23 09:00"),
    "daily at 8": ("daily", "2026-11-24 08:00"),
    "every Monday": ("weekly", "2026-11-30 09:00"),
    "every Friday at 4pm": ("weekly", "2026-11-27 16:00"),
    "on Tuesdays": ("weekly", "2026-11-24 09:00"),
    "weekly": ("weekly", "2026-11-23 09:00"),
    "every weekday at 7am": ("weekdays", "2026-11-24 07:00"),
    "every two weeks": ("biweekly", "2026-11-23 09:00"),
    "every month": ("monthly", "2026-11-23 09:00"),
    "every first Monday of the month": ("monthly", "2026-12-07 09:00"),
    "every quarter": ("quarterly", "2026-11-23 09:00"),
    "every year on 14 March": ("yearly", "2027-03-14 09:00"),
}


def now_in(zone: str) -> datetime:
    return datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo(zone))


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("words", "expected"), START.items(), ids=START)
def test_a_beginning(words: str, expected: str, zone: str) -> None:
    when = resolve_when(words, now_in(zone))

    assert when is not None
    assert (when.kind, when.at, when.recurrence) == ("start", at(expected, zone), None)
    assert when.at.utcoffset() == at(expected, zone).utcoffset()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("words", "expected"), DUE.items(), ids=DUE)
def test_a_last_moment(words: str, expected: str, zone: str) -> None:
    when = resolve_when(words, now_in(zone))

    assert when is not None
    assert (when.kind, when.at, when.recurrence) == ("due", at(expected, zone), None)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("words", "pattern", "first"), [(w, *e) for w, e in REPEATS.items()], ids=REPEATS)
def test_a_repetition(words: str, pattern: str, first: str, zone: str) -> None:
    when = resolve_when(words, now_in(zone))

    assert when is not None
    assert (when.recurrence, when.at) == (pattern, at(first, zone))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the Friday newsletter",
        "I may go",
        "march with them",
        "24 m of fence",
        "version 2.3",
        "room 12",
        "we sat down",
        "it costs 12 € in 3 shops",
        "call 0171 555 12 34",
        "last Monday",
        "three days ago",
        "yesterday",
    ],
)
def test_no_moment(text: str) -> None:
    assert find_when(text, now_in("Europe/Berlin")) == []


def test_mentions_are_found_where_they_stand() -> None:
    text = "Order timber by Friday, call the surgeon tomorrow at 3pm and water the pots every Monday."

    found = find_when(text, now_in("Europe/Berlin"))

    assert [when.words for when in found] == ["by Friday", "tomorrow at 3pm", "every Monday"]
    assert all(text[when.start : when.end] == when.words for when in found)


@pytest.mark.parametrize(
    ("zone", "now", "words", "expected_utc"),
    [
        ("Europe/Berlin", "2026-03-28 12:00", "tomorrow at 9", "2026-03-29 07:00"),  # the clocks go forward that night
        ("Europe/Berlin", "2026-10-24 12:00", "tomorrow at 9", "2026-10-25 08:00"),  # and back again
        ("America/New_York", "2026-10-31 12:00", "in 24 hours", "2026-11-01 16:00"),  # elapsed time
        ("Asia/Kolkata", "2026-11-23 23:50", "tomorrow", "2026-11-24 03:30"),
        ("Pacific/Auckland", "2026-11-23 00:10", "today at 9", "2026-11-22 20:00"),
    ],
)
def test_clocks_that_change(zone: str, now: str, words: str, expected_utc: str) -> None:
    when = resolve_when(words, at(now, zone))

    assert when is not None
    assert when.at.astimezone(ZoneInfo("UTC")) == at(expected_utc, "UTC")


@pytest.mark.parametrize("text", ["every " * 20_000, "on Friday at 3 " * 5_000, "1/" * 50_000, "(" * 50_000])
def test_a_hostile_text_takes_no_time(text: str) -> None:
    started = time.process_time()  # what others do on this machine does not count

    find_when(text[:50_000], now_in("Europe/Berlin"))

    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("words", "day"),
    {
        "by the 5th": "2026-12-05",
        "the 22nd": "2026-12-22",
        "on the first": "2026-12-01",
        "on the first of every month": "2026-12-01",
        "the 10th of next month": "2026-12-10",
        "the weekend of 12 December": "2026-12-12",
        "the week after next": "2026-12-07",
        "a week on Tuesday": "2026-12-01",
        "two weeks from Friday": "2026-12-11",
        "EOD Friday": "2026-11-27",
        "by close of business tomorrow": "2026-11-24",
        "next Friday EOD": "2026-12-04",
        "before Christmas": "2026-12-24",
        "on New Year's Eve": "2026-12-31",
        "by Thanksgiving": "2026-11-26",
        "at Easter": "2027-03-28",
        "the second week of January": "2027-01-08",
        "Dec 20-27": "2026-12-20",
        "12/31": "2026-12-31",
        "weekly on Thursdays": "2026-11-26",
        "every morning": "2026-11-24",
        "in mid-January": "2027-01-15",
    }.items(),
)
def test_days_that_are_told_by_another_day(words: str, day: str) -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))

    when = resolve_when(words, now)

    assert when is not None
    assert str(when.at.date()) == day


def test_a_date_with_two_readings_names_both() -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("America/New_York"))

    both, one = resolve_when("by 3/12", now), resolve_when("by 25/12", now)

    assert both is not None
    assert one is not None
    assert (str(both.at.date()), str(both.other)) == ("2026-12-03", "2027-03-12")
    assert (str(one.at.date()), one.other) == ("2026-12-25", None)
