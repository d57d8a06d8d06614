"""The demo is furnished with everything that pages show."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.db.session import user_session
from buildos_app.demo.furnish import furnish
from buildos_app.errors import Conflict

FULL = (
    "SELECT count(*) FROM projects",
    "SELECT count(*) FROM tasks WHERE status = 'done'",
    "SELECT count(*) FROM tasks WHERE coalesce(due_date, start_date) < now() AND status <> 'done'",
    "SELECT count(*) FROM tasks WHERE recurrence_pattern IS NOT NULL",
    "SELECT count(*) FROM notes WHERE project_id IS NULL",
    "SELECT count(*) FROM phases",
    "SELECT count(*) FROM onboarding_findings",
    "SELECT count(*) FROM phase_tasks",
    "SELECT count(*) FROM project_daily_briefs WHERE brief_date = current_date",
    "SELECT count(*) FROM project_versions",
    "SELECT count(*) FROM brain_dumps WHERE status = 'saved'",
    "SELECT count(*) FROM brain_dumps WHERE status = 'parsed'",
    "SELECT count(*) FROM notifications",
    "SELECT count(*) FROM queue_jobs WHERE status = 'pending'",
    "SELECT count(*) FROM queue_jobs WHERE status = 'completed'",
    "SELECT count(*) FROM queue_jobs WHERE status = 'failed'",
    "SELECT count(*) FROM llm_calls WHERE brain_dump_id IS NOT NULL",
    "SELECT count(*) FROM sms_messages WHERE status = 'undelivered'",
)


async def test_every_feature_leaves_something(database: str) -> None:
    user_id: UUID = await furnish(timezone="Europe/Berlin")

    async with user_session(user_id) as session:
        counts = {query: (await session.execute(sa.text(query))).scalar_one() for query in FULL}
    assert [query for query, count in counts.items() if not count] == []
    with pytest.raises(Conflict, match="account with this address"):
        await furnish()
    assert await furnish(email="second@example.org") != user_id
