"""Chores: what was logged, told or thrown away goes when its time is over."""

from datetime import timedelta

import sqlalchemy as sa

from buildos_app.db.session import service_session
from buildos_app.queue.client import begin_tick
from buildos_app.settings import get_settings

KEEP_CALLS = timedelta(days=90)
KEEP_NEWS = timedelta(days=90)
KEEP_IN_BIN = timedelta(days=30)
EVERY = timedelta(hours=1)
NIGHTLY = timedelta(days=1)

_FORGET_CONTENT = sa.text(
    "UPDATE llm_calls SET request = NULL, reply = NULL"
    " WHERE request IS NOT NULL AND created_at < now() - CAST(:age AS interval)"
)
_FORGET_CALLS = sa.text("DELETE FROM llm_calls WHERE created_at < now() - CAST(:age AS interval)")
_FORGET_NEWS = sa.text("DELETE FROM notifications WHERE least(created_at, expires_at) < now() - CAST(:age AS interval)")
_EMPTY_BINS = sa.text("DELETE FROM tasks WHERE deleted_at < now() - CAST(:age AS interval)")
_FORGET_WORDS = sa.text(
    "DELETE FROM search_words s WHERE NOT EXISTS ("
    "SELECT FROM (SELECT DISTINCT e.user_id, w.lexeme FROM search_entries e, unnest(e.words) w) used"
    " WHERE used.user_id = s.user_id AND used.lexeme = s.word)"
)


async def forget_llm_content() -> None:
    """Once an hour, over all workers: contents go after LLM_LOG_CONTENT_DAYS, calls after 90 days; what they add up to
    stays."""
    async with service_session("forget contents of the language-model log") as session:
        if await begin_tick(session, "forget_llm_content", EVERY):
            await session.execute(_FORGET_CONTENT, {"age": timedelta(days=get_settings().llm_log_content_days)})
            await session.execute(_FORGET_CALLS, {"age": KEEP_CALLS})


async def empty_bins() -> None:
    """Once a day, over all workers: tasks are gone 30 days after they were deleted, news 90 days after they were told;
    then the words that nothing has any more, in a transaction of their own, because that takes long."""
    async with service_session("empty bins and forget old news") as session:
        if await begin_tick(session, "empty_bins", NIGHTLY):
            await session.execute(_EMPTY_BINS, {"age": KEEP_IN_BIN})
            await session.execute(_FORGET_NEWS, {"age": KEEP_NEWS})
    async with service_session("forget words that nothing has any more") as session:
        if await begin_tick(session, "forget_words", NIGHTLY):
            await session.execute(_FORGET_WORDS)
