"""The rules without a database: who may receive what and when, segments, texts, numbers, error codes."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildos_app.errors import InvalidInput
from buildos_app.models.sms import SmsStatus
from buildos_app.sandbox.twilio.messages import segments_of
from buildos_app.sms.delivery import REPORTED, is_news
from buildos_app.sms.eligibility import Defer, QuietHours, Refuse, Send, Standing, Verdict, decide
from buildos_app.sms.failures import MEANINGS, Failure, classify, wait_before
from buildos_app.sms.kinds import Kind, SmsPriority, lasting, priority_by, relative
from buildos_app.sms.numbers import normalise, region_of, shown
from buildos_app.sms.phones import keyword
from buildos_app.sms.segments import count_segments, fit, tidy
from buildos_app.sms.templates import TEMPLATES, render

BERLIN, KOLKATA = "Europe/Berlin", "Asia/Kolkata"
NIGHT = QuietHours(time(21), time(8))
MIRA = Standing(
    number="+4915112345678",
    is_verified=True,
    timezone=BERLIN,
    wanted=frozenset({Kind.TASK_REMINDER, Kind.URGENT}),
    quiet=NIGHT,
)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


TABLE: list[tuple[str, Standing | None, Kind, str, type[Verdict]]] = [
    ("by day", MIRA, Kind.TASK_REMINDER, "2026-11-25T12:00", Send),
    ("unreadable", None, Kind.TASK_REMINDER, "2026-11-25T12:00", Refuse),
    ("no number", replace(MIRA, number=""), Kind.TASK_REMINDER, "2026-11-25T12:00", Refuse),
    ("unverified", replace(MIRA, is_verified=False), Kind.URGENT, "2026-11-25T12:00", Refuse),
    ("opted out", replace(MIRA, is_opted_out=True), Kind.TASK_REMINDER, "2026-11-25T12:00", Refuse),
    ("opted out, urgent", replace(MIRA, is_opted_out=True), Kind.URGENT, "2026-11-25T12:00", Refuse),
    ("opted out, welcome", replace(MIRA, is_opted_out=True), Kind.WELCOME, "2026-11-25T12:00", Refuse),
    ("kind off", MIRA, Kind.EVENING_RECAP, "2026-11-25T12:00", Refuse),
    ("urgent off", replace(MIRA, wanted=frozenset()), Kind.URGENT, "2026-11-25T12:00", Refuse),
    ("at the limit", replace(MIRA, sent_today=10), Kind.TASK_REMINDER, "2026-11-25T12:00", Refuse),
    ("urgent at the limit", replace(MIRA, sent_today=10), Kind.URGENT, "2026-11-25T12:00", Refuse),
    ("one below", replace(MIRA, sent_today=9), Kind.TASK_REMINDER, "2026-11-25T12:00", Send),
    ("a limit of none", replace(MIRA, daily_limit=0), Kind.TASK_REMINDER, "2026-11-25T12:00", Refuse),
    ("before quiet hours", MIRA, Kind.TASK_REMINDER, "2026-11-25T20:59", Send),
    ("as they begin", MIRA, Kind.TASK_REMINDER, "2026-11-25T21:00", Defer),
    ("after midnight", MIRA, Kind.TASK_REMINDER, "2026-11-26T07:59", Defer),
    ("as they end", MIRA, Kind.TASK_REMINDER, "2026-11-26T08:00", Send),
    ("urgent by night", MIRA, Kind.URGENT, "2026-11-26T03:00", Send),
    ("no quiet hours", replace(MIRA, quiet=None), Kind.TASK_REMINDER, "2026-11-26T03:00", Send),
    ("equal ends", replace(MIRA, quiet=QuietHours(time(9), time(9))), Kind.TASK_REMINDER, "2026-11-26T09:00", Send),
    ("at noon", replace(MIRA, quiet=QuietHours(time(12), time(14))), Kind.TASK_REMINDER, "2026-11-26T13:00", Defer),
]


@pytest.mark.parametrize(("name", "standing", "kind", "moment", "wanted"), TABLE, ids=[row[0] for row in TABLE])
def test_who_may_receive_what(
    name: str, standing: Standing | None, kind: Kind, moment: str, wanted: type[Verdict]
) -> None:
    assert isinstance(decide(kind, standing, at(moment)), wanted)


def test_what_is_counted_already_needs_no_second_place() -> None:
    full = replace(MIRA, sent_today=10)
    assert isinstance(decide(Kind.TASK_REMINDER, full, at("2026-11-25T12:00"), is_counted=True), Send)


@pytest.mark.parametrize(
    ("zone", "moment", "until"),
    [
        (BERLIN, "2026-11-25T22:00+01:00", "2026-11-26T08:00+01:00"),
        (BERLIN, "2026-11-26T00:30+01:00", "2026-11-26T08:00+01:00"),
        (KOLKATA, "2026-11-25T22:00+05:30", "2026-11-26T08:00+05:30"),
        ("America/Port-au-Prince", "2026-11-25T23:00-05:00", "2026-11-26T08:00-05:00"),
        (BERLIN, "2026-03-28T23:00+01:00", "2026-03-29T08:00+02:00"),  # the clock goes forward in this night
        (BERLIN, "2026-10-24T23:00+02:00", "2026-10-25T08:00+01:00"),  # and back in this one
        (BERLIN, "2026-10-25T02:30+01:00", "2026-10-25T08:00+01:00"),  # the second 2:30 of that night
    ],
)
def test_quiet_hours_end_by_the_persons_clock(zone: str, moment: str, until: str) -> None:
    verdict = decide(Kind.TASK_REMINDER, replace(MIRA, timezone=zone), datetime.fromisoformat(moment))
    assert isinstance(verdict, Defer) and verdict.until == datetime.fromisoformat(until)


@settings(max_examples=300)
@given(
    moment=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: at("2026-01-01T00:00") + timedelta(minutes=minutes)),
    start=st.times(),
    end=st.times(),
    zone=st.sampled_from([BERLIN, KOLKATA, "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_a_deferred_message_can_go_out_when_it_says(moment: datetime, start: time, end: time, zone: str) -> None:
    """Its new time lies ahead, within a day and an hour, and is in no quiet hours itself."""
    standing = replace(MIRA, timezone=zone, quiet=QuietHours(start, end))
    verdict = decide(Kind.TASK_REMINDER, standing, moment)
    if isinstance(verdict, Defer):
        assert moment < verdict.until <= moment + timedelta(hours=25)
        assert isinstance(decide(Kind.TASK_REMINDER, standing, verdict.until), Send)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ä" * 160, 1),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
    ],
)
def test_segments(text: str, segments: int) -> None:
    assert count_segments(text) == segments


@given(st.text(alphabet="abc äé€[]ж🙂 \n", max_size=400))
def test_what_is_cut_fits_and_is_the_beginning(text: str) -> None:
    cut = fit(text)
    assert count_segments(cut) <= 2
    assert cut == text or text.startswith(cut.removesuffix("..."))
    assert count_segments(text) >= segments_of(text) or not text, "never fewer than the sandbox counts"


def test_a_cut_falls_between_words() -> None:
    words = "timber " * 60
    assert fit(words.strip()).endswith("timber...")


@given(st.text(max_size=200))
def test_a_tidy_text_is_one_line(text: str) -> None:
    assert tidy(text).isprintable() and tidy(text) == tidy(text).strip()


def test_texts_hold_what_they_must_and_no_placeholder() -> None:
    for kind, template in TEMPLATES.items():
        facts: dict[str, object] = {name: f"a {name}" for name in template.slots}
        assert "{" not in render(kind, facts)
        least = render(kind, {name: fact for name, fact in facts.items() if name not in template.optional})
        assert "{" not in least and count_segments(least) <= 2
        for name in template.slots - template.optional:
            for empty in (None, "", "   "):
                with pytest.raises(InvalidInput, match=name):
                    render(kind, {**facts, name: empty})


def test_what_somebody_wrote_stays_a_fact() -> None:
    text = render(Kind.TASK_REMINDER, {"title": "{link} **buy** “{when}”", "relative": "now", "when": "today 9:00"})
    assert text == '{link} buy "{when}": due now (today 9:00).'


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("🎂 Cake for Ana 👨‍👩‍👧", "Cake for Ana"),
        ("Pay 🇩🇪 taxes ☎️", "Pay taxes"),
        ("🎂", "🎂"),
        ("20 °C, Ökostrom ¡sí!", "20 °C, Ökostrom ¡sí!"),
    ],
)
def test_emoji_do_not_halve_a_text(text: str, plain: str) -> None:
    assert tidy(text) == plain


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, None), (-5, None), (1, "1 min"), (45, "45 mins"), (60, "1 hour"), (120, "2 hours"), (90, "1h 30m")],
)
def test_how_long_it_takes(minutes: int, words: str | None) -> None:
    assert lasting(minutes) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "now"), (1, "in 1 minute"), (15, "in 15 minutes"), (60, "in 1 hour"), (150, "in 2 hours"),
     (1440, "in 1 day"), (5000, "in 3 days"), (-30, "30 minutes ago"), (-61, "1 hour ago")],
)  # fmt: skip
def test_how_far_away(minutes: int, words: str) -> None:
    moment = datetime(2026, 11, 25, tzinfo=UTC)
    assert relative(moment + timedelta(minutes=minutes), moment) == words


@pytest.mark.parametrize(
    ("hours", "priority"), [(0.5, "urgent"), (1, "high"), (23, "high"), (24, "normal"), (71, "normal"), (72, "low")]
)
def test_priority_by_what_is_left(hours: float, priority: str) -> None:
    assert priority_by(timedelta(hours=hours)) == SmsPriority(priority)


@pytest.mark.parametrize(
    ("typed", "zone", "number"),
    [
        ("0151 12345678", BERLIN, "+4915112345678"),
        ("+49 (151) 1234-5678", "America/New_York", "+4915112345678"),
        ("(212) 555-0123", "America/New_York", "+12125550123"),
        ("12125550123", "UTC", "+12125550123"),
        ("098765 43210", KOLKATA, "+919876543210"),
        ("07700 900123", "Europe/London", "+447700900123"),
        ("+1 500 555 0006", BERLIN, "+15005550006"),
    ],
)
def test_numbers_as_people_type_them(typed: str, zone: str, number: str) -> None:
    assert normalise(typed, zone) == number


@pytest.mark.parametrize("typed", ["", "12", "+999123456789", "call me", "030 901820", "+1" + "5" * 30, "+4912"])
def test_what_is_no_mobile_number(typed: str) -> None:
    with pytest.raises(InvalidInput):
        normalise(typed, BERLIN)


def test_regions_come_from_zones() -> None:
    assert [region_of(zone) for zone in (BERLIN, KOLKATA, "America/Port-au-Prince", "Etc/GMT+5")] == [
        "DE", "IN", "HT", "US",
    ]  # fmt: skip
    assert shown("+4915112345678") == "+49 1511 2345678"


CLASSES = {
    Failure.NUMBER: (21211, 21614, 21408, 30005, 30006),
    Failure.OPTED_OUT: (21610,),
    Failure.BLOCKED: (30004,),
    Failure.ACCOUNT: (20003, 20005, 30002, 30020, 30029, 30034),
    Failure.FILTERED: (30007,),
    Failure.CARRIER: (30001, 30003, 30008),
    Failure.RATE: (20429, 14107),
    Failure.UNKNOWN: (None, 99999, 20500),
}
MINUTES = {Failure.CARRIER: (3, 6), Failure.RATE: (5, 10), Failure.UNKNOWN: (1, 2)}


@pytest.mark.parametrize("failure", CLASSES)
def test_the_table_of_error_codes(failure: Failure) -> None:
    for code in CLASSES[failure]:
        assert classify(code) is failure
    waits = tuple(wait_before(failure, attempt) for attempt in (1, 2))
    wanted = MINUTES.get(failure)
    assert waits == (tuple(timedelta(minutes=count) for count in wanted) if wanted else (None, None))
    assert wait_before(failure, 3) is None
    assert MEANINGS[failure].words.endswith(".")


@given(st.lists(st.sampled_from(sorted(REPORTED)), max_size=8))
def test_a_status_never_goes_back(reports: list[str]) -> None:
    present, ranks = SmsStatus.PENDING, [0]
    order = ["pending", "scheduled", "queued", "sending", "sent"]
    final = ("delivered", "failed", "undelivered", "cancelled")
    for report in reports:
        before = present
        if is_news(present, REPORTED[report]):
            present = REPORTED[report]
        assert before not in final or present == before
        ranks.append(len(order) if present in final else order.index(present))
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("STOP", "STOP"), (" stop ", "STOP"), ("Stop.", "STOP"), ("stopall", "STOP"), ("Unsubscribe please", "STOP"),
        ("CANCEL", "STOP"), ("end!", "STOP"), ("Quit", "STOP"), ("START", "START"), ("yes", "START"),
        ("unstop", "START"), ("Help?", "HELP"), ("info", "HELP"), ("please stop", ""), ("", ""), ("stopp", ""),
        ("«STOP»", "STOP"),
    ],
)  # fmt: skip
def test_the_words_that_count(body: str, word: str) -> None:
    assert keyword(body) == word
