"""Chores of the monitoring: what was logged goes when its time is over."""

from datetime import timedelta

import sqlalchemy as sa

from buildos_app.db.session import service_session
from buildos_app.queue.client import begin_tick
from buildos_app.settings import get_settings

KEEP_CALLS = timedelta(days=90)
EVERY = timedelta(hours=1)

_FORGET_CONTENT = sa.text(
    "UPDATE llm_calls SET request = NULL, reply = NULL"
    " WHERE request IS NOT NULL AND created_at < now() - CAST(:age AS interval)"
)
_FORGET_CALLS = sa.text("DELETE FROM llm_calls WHERE created_at < now() - CAST(:age AS interval)")


async def forget_llm_content() -> None:
    """Once an hour, over all workers: contents go after LLM_LOG_CONTENT_DAYS, calls after 90 days; what they add up to
    stays."""
    async with service_session("forget contents of the language-model log") as session:
        if await begin_tick(session, "forget_llm_content", EVERY):
            await session.execute(_FORGET_CONTENT, {"age": timedelta(days=get_settings().llm_log_content_days)})
            await session.execute(_FORGET_CALLS, {"age": KEEP_CALLS})
