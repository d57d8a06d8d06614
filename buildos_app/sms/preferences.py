"""What a person wants texted and when not, and how they stand: everything that decides about a message."""

from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.clock import local_now
from buildos_app.errors import InvalidInput
from buildos_app.models.sms import SmsPreferences
from buildos_app.sms.eligibility import QuietHours, Standing
from buildos_app.sms.kinds import Kind

SWITCHES = {
    "task_reminders": Kind.TASK_REMINDER,
    "event_reminders": Kind.EVENT_REMINDER,
    "brief_ready": Kind.BRIEF_READY,
    "urgent_alerts": Kind.URGENT,
    "morning_kickoff": Kind.MORNING_KICKOFF,
    "evening_recap": Kind.EVENING_RECAP,
}
"""The columns that turn kinds on."""
LEAST_LEAD, MOST_LEAD = 5, 60
LARGEST_LIMIT = 100

STANDING = """
    SELECT u.id AS user_id, u.timezone, u.access_restricted, s.number, s.verified_at, s.opted_out_at,
        s.sent_today, s.sent_day, p.id AS chosen, p.task_reminders, p.event_reminders, p.brief_ready, p.urgent_alerts,
        p.morning_kickoff, p.evening_recap, p.kickoff_time, p.recap_time, p.quiet_start, p.quiet_end,
        p.lead_minutes, p.daily_limit
    FROM users u LEFT JOIN sms_phones s ON s.user_id = u.id LEFT JOIN sms_preferences p ON p.user_id = u.id
"""
_STANDING = sa.text(STANDING + " WHERE u.id = :user_id")
_SET_OPT_OUT = sa.text("SELECT set_sms_opt_out(:reason)").bindparams(sa.bindparam("reason", type_=sa.Text))


@dataclass(frozen=True)
class Chosen:
    """What a person chose, or the defaults. Quiet hours are both None for none."""

    task_reminders: bool = False
    event_reminders: bool = False
    brief_ready: bool = False
    urgent_alerts: bool = True
    morning_kickoff: bool = False
    kickoff_time: time = time(8)
    evening_recap: bool = False
    recap_time: time = time(20)
    quiet_start: time | None = time(21)
    quiet_end: time | None = time(8)
    lead_minutes: int = 15
    daily_limit: int = 10


async def get_standing(session: AsyncSession, user_id: UUID) -> Standing | None:
    """How a person stands, in a session of theirs or of the service role; None where that cannot be told."""
    row = (await session.execute(_STANDING, {"user_id": user_id})).mappings().one_or_none()
    return standing_of(row) if row is not None else None


def standing_of(row: Any) -> Standing:
    """The standing that a row of STANDING tells of."""
    chosen = Chosen(**{name: row[name] for name in Chosen.__dataclass_fields__}) if row["chosen"] else Chosen()
    today = local_now(row["timezone"]).date()
    quiet = None
    if chosen.quiet_start is not None and chosen.quiet_end is not None:
        quiet = QuietHours(chosen.quiet_start, chosen.quiet_end)
    return Standing(
        number=row["number"] or "",
        is_verified=row["verified_at"] is not None,
        timezone=row["timezone"],
        is_shut_out=row["access_restricted"],
        is_opted_out=row["opted_out_at"] is not None,
        wanted=frozenset(kind for name, kind in SWITCHES.items() if getattr(chosen, name)),
        quiet=quiet,
        daily_limit=chosen.daily_limit,
        sent_today=row["sent_today"] if row["sent_day"] is not None and row["sent_day"] >= today else 0,
        kickoff_time=chosen.kickoff_time,
        recap_time=chosen.recap_time,
        lead_minutes=chosen.lead_minutes,
    )


async def set_opted_out(session: AsyncSession, reason: str | None) -> None:
    """The session's person wants no more messages, for a reason; or wants them again, without one."""
    await session.execute(_SET_OPT_OUT, {"reason": reason})


async def get_chosen(session: AsyncSession, user_id: UUID) -> Chosen:
    """What the person of this session chose."""
    columns = [getattr(SmsPreferences, name) for name in Chosen.__dataclass_fields__]
    query = sa.select(*columns).where(sa.column("user_id") == user_id)
    row = (await session.execute(query)).one_or_none()
    return Chosen(*row) if row is not None else Chosen()


async def choose(session: AsyncSession, user_id: UUID, chosen: Chosen) -> None:
    """Store what a person chose. Raises InvalidInput for what cannot be."""
    if not LEAST_LEAD <= chosen.lead_minutes <= MOST_LEAD:
        raise InvalidInput(f"Reminders come {LEAST_LEAD} to {MOST_LEAD} minutes ahead.")
    if not 0 <= chosen.daily_limit <= LARGEST_LIMIT:
        raise InvalidInput(f"Choose a limit of 0 to {LARGEST_LIMIT} messages a day; 0 means none at all.")
    if (chosen.quiet_start is None) != (chosen.quiet_end is None):
        raise InvalidInput("Quiet hours need both times, or neither.")
    values = {name: getattr(chosen, name) for name in Chosen.__dataclass_fields__}
    statement = insert(SmsPreferences).values({"user_id": user_id, **values})
    await session.execute(
        statement.on_conflict_do_update(index_elements=["user_id"], set_={**values, "updated_at": sa.func.now()})
    )
