"""The engines of this process. Where the database is, is decided once, by settings or by the embedded server."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from buildos_app.db.embedded import join
from buildos_app.settings import get_settings

POOL_SIZE = 20
POOL_OVERFLOW = 30
STATEMENT_TIMEOUT = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"


@cache
def database_url() -> str:
    """The URL of the database, in libpq's form. Joins the embedded server where DATABASE_URL is unset."""
    settings = get_settings()
    url = settings.database_url or join(settings.buildos_data_dir)
    return url.replace("postgresql+psycopg://", "postgresql://", 1).replace("postgres://", "postgresql://", 1)


def _sqlalchemy_url() -> sa.URL:
    return sa.make_url(database_url()).set(drivername="postgresql+psycopg")


@cache
def async_engine() -> AsyncEngine:
    """The pool of this process: at most 50 connections, so that a web process and a worker share the design's 100."""
    return create_async_engine(
        _sqlalchemy_url(),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_recycle=1800,
        connect_args={"options": STATEMENT_TIMEOUT, "connect_timeout": 5},
    )


def sync_engine() -> sa.Engine:
    """An engine without a pool, for migrations and the command line."""
    return sa.create_engine(_sqlalchemy_url(), poolclass=sa.NullPool, connect_args={"connect_timeout": 5})


async def dispose() -> None:
    """Close the pool and forget where the database is."""
    if async_engine.cache_info().currsize:
        await async_engine().dispose()
    async_engine.cache_clear()
    database_url.cache_clear()
