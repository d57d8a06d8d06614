"""When briefs are due: every zone, every clock change, outages, moves, and who is called back when."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from buildos_app.briefs.choosing import save_preferences
from buildos_app.briefs.due import AHEAD, Frequency, Schedule, due_runs, engagement, next_run, parse_time, planned_on
from buildos_app.briefs.preferences import get_preferences
from buildos_app.briefs.tick import plan_briefs
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import InvalidInput
from buildos_app.models.brief import BriefPreferences
from buildos_app.models.user import User

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def clock_changes(name: str) -> list[datetime]:
    """The moments of 2026 at which this zone's clocks jump, to the hour."""
    zone = ZoneInfo(name)
    hours = range(0, 365 * 24, 12)
    offsets = [(NEW_YEAR + hour * HOUR).astimezone(zone).utcoffset() for hour in hours]
    return [NEW_YEAR + hours[at] * HOUR for at in range(1, len(offsets)) if offsets[at] != offsets[at - 1]]


def ticks(start: datetime, end: datetime, *, minute: int = 0) -> list[datetime]:
    first = start.replace(minute=minute, second=0, microsecond=0)
    return [first + n * HOUR for n in range(int((end - first) / HOUR) + 1)]


def simulate(schedule: Schedule, moments: list[datetime]) -> list[tuple[date, datetime, datetime]]:
    """What ticks at these moments make: (day, planned for, made at), with the unique row of (person, day)."""
    made: dict[date, tuple[date, datetime, datetime]] = {}
    for moment in moments:
        for run in due_runs(schedule, moment):
            made.setdefault(run.brief_date, (run.brief_date, run.planned_for, moment))
    return list(made.values())


def days_of(name: str, start: datetime, end: datetime) -> list[date]:
    """The calendar days that have a noon between two moments there."""
    zone = ZoneInfo(name)
    first = start.astimezone(zone).date()
    days = [first + n * DAY for n in range(-1, (end - start).days + 3)]
    noons = [(day, datetime.combine(day, time(12), zone).astimezone(UTC)) for day in days]
    return [day for day, noon in noons if start < noon <= end and noon.astimezone(zone).date() == day]


def test_there_are_at_least_400_zones() -> None:
    assert len(ZONES) >= 400


@pytest.mark.parametrize("clocks", [(time(2, 30),), (time(0), time(0, 30), time(9), time(23, 59))])
def test_r6_one_brief_for_each_local_day_in_every_zone(clocks: tuple[time, ...]) -> None:
    """Around both clock changes of the year where there are any, with two schedulers that tick at different minutes."""
    for number, name in enumerate(ZONES):
        clock = clocks[number % len(clocks)]
        schedule = Schedule(name, time_of_day=clock)
        for change in clock_changes(name)[:2] or [datetime(2026, 3, 29, tzinfo=UTC)]:
            start, end = change - 2 * DAY, change + 2 * DAY
            moments = sorted([*ticks(start, end), *ticks(start, end, minute=17)])
            made = simulate(schedule, moments)
            days = [day for day, _, _ in made]
            assert len(days) == len(set(days)), name
            assert set(days_of(name, start + 14 * HOUR, end - 13 * HOUR)) <= set(days), (name, clock, days)
            for day, planned, made_at in made:
                assert planned.astimezone(ZoneInfo(name)).date() == day, (name, day)
                if made_at > start + HOUR:
                    assert made_at <= planned, (name, day, made_at)


def test_a_time_that_the_clocks_skip_moves_by_the_gap_and_one_that_comes_twice_is_the_first() -> None:
    spring = planned_on(Schedule("Europe/Berlin", time_of_day=time(2, 30)), date(2026, 3, 29))
    autumn = planned_on(Schedule("Europe/Berlin", time_of_day=time(2, 30)), date(2026, 10, 25))

    assert spring is not None and autumn is not None
    assert spring.planned_for == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 there
    assert autumn.planned_for == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first 02:30


def test_a_day_that_a_zone_skipped_has_no_brief() -> None:
    samoa = Schedule("Pacific/Apia", time_of_day=time(9))
    assert planned_on(samoa, date(2011, 12, 30)) is None
    start = datetime(2011, 12, 28, tzinfo=UTC)
    days = [day for day, _, _ in simulate(samoa, ticks(start, start + 5 * DAY))]
    assert days == [date(2011, 12, d) for d in (27, 28, 29, 31)] + [date(2012, 1, 1), date(2012, 1, 2)]


def test_trap_38_an_hour_boundary_is_not_missed() -> None:
    schedule = Schedule("UTC", time_of_day=time(9))
    assert [run.brief_date for run in due_runs(schedule, datetime(2026, 5, 4, 8, tzinfo=UTC))] == [date(2026, 5, 4)]
    assert AHEAD == HOUR


@given(st.sampled_from(ZONES), st.times(), st.integers(0, 47), st.integers(0, 364))
@settings(max_examples=150, deadline=None)
def test_trap_40_an_outage_is_caught_up_with_within_the_day_and_never_after(
    name: str, clock: time, offset: int, day_of_year: int
) -> None:
    """48 hours without a tick: the day of the return gets its brief, the days before get none."""
    schedule = Schedule(name, time_of_day=clock)
    down = NEW_YEAR + day_of_year * DAY + offset * HOUR
    up = down + timedelta(hours=48)

    made = simulate(schedule, [*ticks(down - 2 * DAY, down), *ticks(up, up + 2 * DAY)])

    here = ZoneInfo(name)
    for day, planned, made_at in made:
        assert made_at.astimezone(here).date() <= day, "a stale day"
        assert made_at - planned < timedelta(hours=26)
    today = planned_on(schedule, up.astimezone(here).date())
    if today is not None and today.planned_for > down + AHEAD + HOUR:
        assert today.brief_date in {day for day, _, _ in made}


@given(
    st.lists(st.tuples(st.sampled_from(ZONES), st.integers(1, 30)), min_size=2, max_size=4),
    st.times(),
    st.integers(0, 364),
)
@settings(max_examples=60, deadline=None)
def test_who_moves_between_zones_gets_one_brief_a_date(
    moves: list[tuple[str, int]], clock: time, day_of_year: int
) -> None:
    moment, made = NEW_YEAR + day_of_year * DAY, set()
    for name, hours in moves:
        schedule, here = Schedule(name, time_of_day=clock), ZoneInfo(name)
        for _ in range(hours):
            today = moment.astimezone(here).date()
            for run in due_runs(schedule, moment):
                assert run.brief_date >= today, "a day that is over there"
                made.add(run.brief_date)  # a set, as the unique row of (person, date) is one
            reached = planned_on(schedule, today)
            assert reached is None or reached.planned_for > moment or today in made
            moment += HOUR


def test_weekly_comes_on_its_day_and_monday_when_none_was_chosen() -> None:
    sunday = Schedule("Europe/Berlin", Frequency.WEEKLY, 0, time(9))
    start = datetime(2026, 11, 2, tzinfo=UTC)
    days = [day for day, _, _ in simulate(sunday, ticks(start, start + 28 * DAY))]
    assert days == [date(2026, 11, d) for d in (8, 15, 22, 29)]
    run = next_run(Schedule("UTC", Frequency.WEEKLY), start)
    assert run is not None and run.brief_date == date(2026, 11, 2)


def test_the_next_run_is_strictly_later() -> None:
    schedule = Schedule("Europe/Berlin", time_of_day=time(9))
    planned = datetime(2026, 11, 24, 8, tzinfo=UTC)
    for now, day in ((planned - timedelta(seconds=1), 24), (planned, 25)):
        run = next_run(schedule, now)
        assert run is not None and run.brief_date.day == day
    assert next_run(Schedule("UTC", "hourly"), planned) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07:30", time(7, 30)), ("7:05", time(7, 5)), ("23:59:59", time(23, 59, 59)), (None, time(9)),
        ("24:00", None), ("12:60", None), ("noon", None), ("", None), ("1:2:3:4", None), ("-1:00", None),
        ("٣:٠٠", None),
    ],
)  # fmt: skip
def test_times_of_day(text: str | None, expected: time | None) -> None:
    assert parse_time(text) == expected


AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
TABLE = [
    # days away, days since the last brief, sent, called back
    *((days, 999, True, False) for days in (0, 1, 2)),
    (3, 999, False, False),
    (4, 2, True, True), (4, 1, False, False), (4, 999, True, True),
    *((days, 999, False, False) for days in range(5, 10)),
    (10, 6, True, True), (10, 5, False, False),
    *((days, 999, False, False) for days in range(11, 31)),
    (31, 31, True, True), (31, 30, False, False), (40, 30, False, False), (41, 31, True, True), (400, 999, True, True),
]  # fmt: skip


@pytest.mark.parametrize(("away", "since", "sent", "called"), TABLE)
def test_trap_39_the_table_of_engagement(away: int, since: int, sent: bool, called: bool) -> None:
    verdict = engagement(AT - away * DAY - HOUR, None if since == 999 else AT - since * DAY - HOUR, AT)

    assert (verdict.should_send, verdict.is_reengagement, verdict.days_away) == (sent, called, away)


def test_reasons_can_be_told_apart_and_no_visit_means_send() -> None:
    assert engagement(None, None, AT).should_send
    reasons = {engagement(AT - away * DAY, AT - since * DAY, AT).reason for away, since, _, _ in TABLE if since != 999}
    assert len(reasons) >= 7


@given(st.integers(0, 60))
def test_trap_19_and_53_a_weekly_schedule_meets_every_window(first_away: int) -> None:
    """Whatever weekday the person left on, they are called back within two weeks, and later once more."""
    last_brief, sent = AT - timedelta(days=1), []
    for week in range(12):
        at = AT + timedelta(days=first_away % 7 + 7 * week)
        verdict = engagement(AT - HOUR, last_brief, at, weekly=True)
        if verdict.should_send:
            sent.append(verdict.days_away)
            last_brief = at
    assert any(2 < days <= 13 for days in sent), "nobody called back in time"
    assert any(days > 30 for days in sent), "nobody asked later on"


async def test_r6_400_people_two_schedulers_one_brief_each(database: str) -> None:
    """The real tick over the real tables: one person per zone, two days of hourly ticks, some of them twice."""
    async with service_session("test") as session:
        people = [User(email=f"p{n}@example.org", timezone=name) for n, name in enumerate(ZONES)]
        session.add_all(people)
        await session.flush()
        session.add_all(
            BriefPreferences(user_id=each.id, scheduled_since=NEW_YEAR, time_of_day=time(n % 24, 7 * n % 60))
            for n, each in enumerate(people)
        )
    start = datetime(2026, 3, 28, tzinfo=UTC)
    for moment in ticks(start, start + 2 * DAY):
        async with service_session("one") as session:
            await plan_briefs(session, moment, looked_at=moment - HOUR)
        if moment.hour % 4 == 0:
            async with service_session("two") as session:  # which knows of no tick before
                await plan_briefs(session, moment)

    async with service_session("test") as session:
        query = (
            "SELECT u.timezone, array_agg(b.brief_date) FROM users u JOIN daily_briefs b ON b.user_id = u.id GROUP BY 1"
        )
        made = {name: set(days) for name, days in await session.execute(sa.text(query))}
        jobs = (await session.execute(sa.text("SELECT count(*), count(DISTINCT id) FROM queue_jobs"))).one()
        briefs = (await session.execute(sa.text("SELECT count(*), count(DISTINCT job_id) FROM daily_briefs"))).one()
    assert tuple(jobs) == tuple(briefs)
    for name in ZONES:
        assert set(days_of(name, start + timedelta(hours=14), start + 2 * DAY - timedelta(hours=13))) <= made[name], (
            name
        )


async def test_two_schedulers_at_the_same_moment(database: str, user_id: UUID) -> None:
    at = (datetime.now(UTC) + 2 * DAY).replace(hour=12)
    async with service_session("one") as one, service_session("two") as two:
        await one.execute(sa.text("UPDATE users SET last_visit = :at"), {"at": at})
        assert await plan_briefs(one, at) == 1
        await one.commit()
        assert await plan_briefs(two, at) == 0


async def test_a_schedule_does_not_reach_back_before_it_was_chosen(user_id: UUID) -> None:
    """Trap 52 too: a new schedule drops what waits, and switching off leaves nothing in line."""
    at = datetime.now(UTC)
    soon = (at + timedelta(minutes=30)).astimezone(ZoneInfo("Europe/Berlin"))
    chosen = {"frequency": "daily", "day_of_week": None, "email_daily_brief": False, "track_opens": False}
    async with user_session(user_id) as session:
        await save_preferences(session, user_id, time_of_day=f"{soon:%H:%M:%S}", is_active=True, **chosen)
    assert await jobs_by_status() == {"pending": 1}

    async with user_session(user_id) as session:
        await save_preferences(session, user_id, time_of_day="00:00", is_active=True, **chosen)
    async with service_session("test") as session:
        if soon.hour > 1:
            assert await plan_briefs(session, at) == 0
    async with user_session(user_id) as session:
        await save_preferences(session, user_id, time_of_day=f"{soon:%H:%M:%S}", is_active=True, **chosen)
        await save_preferences(session, user_id, time_of_day=f"{soon:%H:%M:%S}", is_active=False, **chosen)
        assert (await get_preferences(session, user_id)).next_run(at) is None
    assert set(await jobs_by_status()) == {"cancelled"}
    for wrong in ({"time_of_day": "25:00"}, {"frequency": "hourly"}, {"frequency": "weekly"}):
        with pytest.raises(InvalidInput):
            async with user_session(user_id) as session:
                await save_preferences(
                    session, user_id, **{"time_of_day": "09:00", "is_active": True, **chosen, **wrong}
                )


async def jobs_by_status() -> dict[str, int]:
    async with service_session("test") as session:
        rows = await session.execute(sa.text("SELECT status, count(*) FROM queue_jobs GROUP BY 1"))
        return {status: count for status, count in rows}  # noqa: C416 - rows are no pairs to mypy
