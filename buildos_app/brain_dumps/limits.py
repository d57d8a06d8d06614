"""How much of a person's text is read at once, and how often (behaviour.md 2.3 and 2.13)."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import UserError
from buildos_app.models.brain_dump import BrainDump

PER_MINUTE, PER_FIVE_MINUTES = 10, 20
READ_AT_ONCE, WAITING = 3, 5
SECONDS_TO_A_PLACE = 15
"""How long a model reads a dump, about: worth another try then."""


class TooManyDumps(UserError):
    """More than can be read; worth another try after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"That is more than can be read at once. Wait {seconds} seconds; your text is kept.")
        self.seconds = seconds


async def check_rate(session: AsyncSession, user_id: UUID) -> None:
    """Raises TooManyDumps when 10 were sent within a minute or 20 within five."""
    moment = now()
    query = (
        sa.select(col(BrainDump.submitted_at))
        .where(col(BrainDump.user_id) == user_id, col(BrainDump.submitted_at) > moment - timedelta(minutes=5))
        .order_by(col(BrainDump.submitted_at).desc())
        .limit(PER_FIVE_MINUTES)
    )
    sent = [sent_at for sent_at in (await session.execute(query)).scalars() if sent_at is not None]
    if seconds := seconds_to_wait(sent, moment):
        raise TooManyDumps(seconds)


def seconds_to_wait(sent: list[datetime], moment: datetime) -> int:
    """Until another one may be sent, given when the last ones were, the newest first; 0 when it may. Pure."""
    for count, window in ((PER_MINUTE, timedelta(minutes=1)), (PER_FIVE_MINUTES, timedelta(minutes=5))):
        if len(sent) >= count and sent[count - 1] > moment - window:
            return max(1, int((sent[count - 1] + window - moment).total_seconds()) + 1)
    return 0
