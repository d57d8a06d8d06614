"""The text of a message, made when it goes out: of what is true then, and not of what was when it was planned."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.clock import zone
from buildos_app.phrases.text import counted
from buildos_app.projects.queries import TaskView
from buildos_app.projects.today import TodayView, read_today
from buildos_app.settings import get_settings
from buildos_app.sms.eligibility import Standing
from buildos_app.sms.events import find_event
from buildos_app.sms.kinds import Kind, lasting, relative
from buildos_app.sms.templates import render
from buildos_app.sms.timing import TASK_MOMENTS

_TASK = sa.text(
    f"SELECT title, moment FROM ({TASK_MOMENTS}) t"  # noqa: S608 - our own words
    " WHERE t.id = :task_id AND t.on_date IS NOT DISTINCT FROM :on_date"
).bindparams(sa.bindparam("on_date", type_=sa.Date))
_DEADLINE = re.compile(r"\b(deadline|due|submit|deliver|finish)\b", re.IGNORECASE)
"""What tells an event that something must be done by from a meeting (behaviour.md 5.11)."""
DONE = "The task was done or removed meanwhile."
MOVED = "It was moved to another time."


@dataclass(frozen=True)
class NothingToSay:
    """There is no message to send any more; `reason` is for its person."""

    reason: str


async def compose(
    session: AsyncSession, kind: Kind, subject: Mapping[str, Any], standing: Standing, at: datetime
) -> str | NothingToSay:
    """The text, in a session of the person."""
    local = at.astimezone(zone(standing.timezone))
    if kind in (Kind.TASK_REMINDER, Kind.URGENT):
        return await _task(session, kind, subject, local)
    if kind is Kind.EVENT_REMINDER:
        return await _event(session, subject, local)
    if kind is Kind.MORNING_KICKOFF:
        return kickoff(await read_today(session, local))
    if kind is Kind.EVENING_RECAP:
        return recap(await read_today(session, local), local)
    return render(kind, {**subject, "link": _link(str(subject.get("path") or ""))})


async def _task(session: AsyncSession, kind: Kind, subject: Mapping[str, Any], local: datetime) -> str | NothingToSay:
    on = date.fromisoformat(subject["on"]) if subject.get("on") else None
    found = (await session.execute(_TASK, {"task_id": UUID(subject["task_id"]), "on_date": on})).one_or_none()
    if found is None:
        return NothingToSay(DONE)
    if found.moment != datetime.fromisoformat(subject["moment"]):
        return NothingToSay(MOVED)
    link = _link(f"/?task={subject['task_id']}" + (f"&on={on}" if on else ""))
    return render(kind, {"title": found.title, **_when(found.moment, local), "link": link})


async def _event(session: AsyncSession, subject: Mapping[str, Any], local: datetime) -> str | NothingToSay:
    found = await find_event(session, str(subject["event"]))
    if found is None:
        return NothingToSay("The event was removed meanwhile.")
    if found.starts_at != datetime.fromisoformat(subject["moment"]):
        return NothingToSay(MOVED)
    is_deadline = _DEADLINE.search(found.title) is not None
    minutes = round((found.ends_at - found.starts_at).total_seconds() / 60) if found.ends_at else 0
    facts = {
        "title": found.title,
        "begins": "due" if is_deadline else "starts",
        **_when(found.starts_at, local),
        "length": None if is_deadline else lasting(minutes),
        "place": found.place if len(found.place) < 30 else "",
        "link": found.link,
    }
    return render(Kind.EVENT_REMINDER, facts)


def kickoff(day: TodayView) -> str | NothingToSay:
    """The morning's text: how much is for today and late, and what comes first."""
    open_today = [task for task in day.today if not task.is_done]
    if not open_today and not day.past_due_count:
        return NothingToSay("Nothing was planned for the day.")
    counts = f"{counted(len(open_today), 'task')} planned"
    counts += f", {day.past_due_count} overdue" if day.past_due_count else ""
    first = open_today[0] if open_today else day.past_due[0]
    return render(Kind.MORNING_KICKOFF, {"counts": counts, "first": first.title, "link": _link("/")})


def recap(day: TodayView, local: datetime) -> str | NothingToSay:
    """The evening's text: what was done, what is left, what tomorrow begins with."""
    done = [task for task in day.today if task.is_done]
    left = [task for task in day.today if not task.is_done]
    if not done and not left:
        return NothingToSay("Nothing was planned or done that day.")
    counts = f"{len(done)} done, {len(left)} left"
    facts = {"counts": counts, "open": left[0].title if left else None, "tomorrow": _tomorrow(day.upcoming, local)}
    return render(Kind.EVENING_RECAP, facts)


def _tomorrow(upcoming: list[TaskView], local: datetime) -> str | None:
    """The first task of the next day, if there is one."""
    tomorrow = local.date() + timedelta(days=1)
    dated = ((task.title, task.moment) for task in upcoming if task.moment is not None)
    return next((title for title, moment in dated if moment.astimezone(local.tzinfo).date() == tomorrow), None)


def _when(moment: datetime, local: datetime) -> dict[str, str]:
    there = moment.astimezone(local.tzinfo)
    day = "today" if there.date() == local.date() else f"{there:%a} {there.day} {there:%b}"
    day = "tomorrow" if there.date() == local.date() + timedelta(days=1) else day
    return {"relative": relative(moment, local), "when": f"{day} {there:%H:%M}"}


def _link(path: str) -> str | None:
    """An address that a phone can open; none where we are on this machine only."""
    base = get_settings().app_base_url.rstrip("/")
    return f"{base}{path}" if base and path else None
