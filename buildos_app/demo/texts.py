"""The demo's text messages: a proven phone, and messages in every state that one may see."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from buildos_app.db.session import service_session, user_session
from buildos_app.models.sms import SmsMessage, SmsPhone
from buildos_app.sms.preferences import Chosen, choose

Moment = Callable[..., datetime]


@dataclass(frozen=True)
class TextItem:
    """A text message of some days ago."""

    days: int
    hour: int
    kind: str
    content: str
    status: str
    reason: str = ""


NUMBERS = [f"+1500555{last:04d}" for last in range(123, 10_000)]
"""Numbers that nobody has; each demo on one installation takes the next."""
TEXTS = (
    TextItem(-20, 18, "welcome", "BuildOS texts this number from now on.", "delivered"),
    TextItem(-2, 8, "morning_kickoff", "Good morning. Today: 4 tasks planned. First: Order timber.", "delivered"),
    TextItem(-1, 9, "brief_ready", "Your brief is ready: 3 for today, 1 overdue.", "delivered"),
    TextItem(-1, 14, "task_reminder", "Call the tree surgeon: due in 15 minutes (today 15:00).", "undelivered",
             "Your phone could not be reached."),
    TextItem(-1, 20, "evening_recap", "", "cancelled", "Nothing was planned or done that day."),
    TextItem(0, 8, "morning_kickoff", "Good morning. Today: 3 tasks planned. First: Send the offer.", "sent"),
)  # fmt: skip


async def write_texts(user_id: UUID, at: Moment) -> None:
    """A proven phone, and messages in every state that one may see."""
    async with service_session("furnish the demo", user_id=user_id) as session:
        taken = set((await session.execute(sa.select(col(SmsPhone.number)))).scalars())
        number = next(number for number in NUMBERS if number not in taken)
        session.add(SmsPhone(user_id=user_id, number=number, verified_at=at(-20)))
        for item in TEXTS:
            moment = at(item.days, item.hour)
            session.add(
                SmsMessage(
                    user_id=user_id,
                    number=number,
                    kind=item.kind,
                    content=item.content,
                    status=item.status,
                    reason=item.reason,
                    scheduled_for=moment,
                    sent_at=moment if item.status in ("sent", "delivered") else None,
                    delivered_at=moment if item.status == "delivered" else None,
                    is_counted=True,
                )
            )
    async with user_session(user_id) as session:
        chosen = Chosen(task_reminders=True, brief_ready=True, morning_kickoff=True)
        await choose(session, user_id, chosen)
