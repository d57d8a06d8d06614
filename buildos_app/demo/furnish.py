"""Furnishes an account with a believable month, to look around in, to show, and to take pictures of."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from buildos_app.accounts.accounts import sign_up
from buildos_app.db.session import queue_session, user_session
from buildos_app.demo.features import FEATURES, Account
from buildos_app.errors import Conflict
from buildos_app.models.project import Project
from buildos_app.queue.client import register_job_types
from buildos_app.queue.job import load_job_types

EMAIL, PASSWORD = "demo@example.org", "a month of mine"


async def furnish(*, email: str = EMAIL, password: str = PASSWORD, name: str = "Mira", timezone: str = "UTC") -> UUID:
    """Make the account and fill it. Raises Conflict when there is one with this address."""
    load_job_types()
    async with queue_session() as session:
        await register_job_types(session)
    user_id = await sign_up(email=email, password=password, name=name, timezone=timezone)
    async with user_session(user_id) as session:
        if (await session.execute(sa.select(sa.exists(sa.select(col(Project.id)))))).scalar_one():
            raise Conflict("This account holds projects already.")
    account = Account(user_id, timezone)
    for feature in FEATURES:
        await feature(account)
    return user_id
