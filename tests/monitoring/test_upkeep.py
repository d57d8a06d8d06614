"""What goes when its time is over, and what stays."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from buildos_app.clock import now
from buildos_app.db.session import service_session, user_session
from buildos_app.models.notification import Notification
from buildos_app.models.project import Task
from buildos_app.models.search import SearchWord
from buildos_app.monitoring.upkeep import empty_bins


async def test_bins_old_news_and_words_that_nothing_has(user_id: UUID) -> None:
    async with user_session(user_id) as session:
        for title, days in (("Order timber", 31), ("Order bricks", 29), ("Order paint", 0)):
            deleted_at = now() - timedelta(days=days) if days else None
            session.add(Task(user_id=user_id, title=title, deleted_at=deleted_at))
    async with service_session("test") as session:
        for age in (91, 89):
            session.add(Notification(user_id=user_id, event="old", created_at=now() - timedelta(days=age)))
        session.add(SearchWord(user_id=user_id, word="timber"))

    for _ in range(2):
        await empty_bins()

    async with service_session("test") as session:
        titles = (await session.execute(sa.text("SELECT title FROM tasks ORDER BY title"))).scalars().all()
        news = (await session.execute(sa.text("SELECT count(*) FROM notifications"))).scalar_one()
        words = (await session.execute(sa.text("SELECT word FROM search_words ORDER BY word"))).scalars().all()
    assert (titles, news, words) == (["Order bricks", "Order paint"], 1, ["order", "paint"])
