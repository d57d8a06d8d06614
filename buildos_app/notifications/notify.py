"""Writing news: the row is in the caller's transaction, the announcement follows by a trigger when that commits."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.models.notification import Notification
from buildos_app.notifications.events import Event


def notify(session: AsyncSession, user_id: UUID, event: Event) -> None:
    """Tell a person of an event."""
    session.add(Notification(user_id=user_id, event=event.event, payload=event.model_dump(mode="json")))
