"""When a person wants briefs, and by mail or not. Who has said nothing has the defaults."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.briefs.due import DEFAULT_TIME, Frequency, Run, Schedule, next_run
from buildos_app.models.brief import BriefPreferences
from buildos_app.models.user import User


@dataclass(frozen=True)
class Preferences:
    """What a person chose; the zone is the one of their account."""

    timezone: str
    frequency: str = Frequency.DAILY
    day_of_week: int | None = None
    time_of_day: time = DEFAULT_TIME
    is_active: bool = True
    email_daily_brief: bool = False
    track_opens: bool = False

    @property
    def schedule(self) -> Schedule:
        """When briefs come."""
        return Schedule(self.timezone, self.frequency, self.day_of_week, self.time_of_day)

    def next_run(self, at: datetime) -> Run | None:
        """The next brief after a moment, or None when briefs are off."""
        return next_run(self.schedule, at) if self.is_active else None


CHOSEN = ("frequency", "day_of_week", "time_of_day", "is_active", "email_daily_brief", "track_opens")


async def get_preferences(session: AsyncSession, user_id: UUID) -> Preferences:
    """The preferences of a person, in a session of that person."""
    columns = [getattr(BriefPreferences, name) for name in CHOSEN]
    query = (
        sa.select(col(User.timezone), col(BriefPreferences.id), *columns)
        .outerjoin(BriefPreferences, col(BriefPreferences.user_id) == col(User.id))
        .where(col(User.id) == user_id)
    )
    timezone, row_id, *values = (await session.execute(query)).one()
    return Preferences(timezone, *values) if row_id is not None else Preferences(timezone)


async def set_email(session: AsyncSession, user_id: UUID, *, wanted: bool) -> None:
    """Turn mail on or off and leave the rest as it is."""
    await store(session, user_id, {"email_daily_brief": wanted})


async def store(session: AsyncSession, user_id: UUID, values: dict[str, Any]) -> None:
    """Write these columns of a person's row. The defaults of a new one have held since the account was made."""
    since = sa.select(col(User.created_at)).where(col(User.id) == user_id).scalar_subquery()
    statement = insert(BriefPreferences).values({"user_id": user_id, "scheduled_since": since, **values})
    await session.execute(
        statement.on_conflict_do_update(index_elements=["user_id"], set_={**values, "updated_at": sa.func.now()})
    )
