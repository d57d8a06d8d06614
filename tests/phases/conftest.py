"""A garden with five tasks, and plans of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from buildos_app.db.session import service_session, user_session
from buildos_app.integrations.offline.planning import plan_phases
from buildos_app.models.project import Project, Task
from buildos_app.phases.options import PlanOptions, usual_options
from buildos_app.phases.planning import finished_plan, question
from buildos_app.phases.prompts import TaskToPlan
from buildos_app.phases.queries import get_open_proposal, load_facts, save_proposal

TITLES = ("Order timber", "Set posts", "Paint", "Weed", "Mow")
Propose = Callable[..., Awaitable[UUID]]


def a_task(title: str = "Order timber", **more: Any) -> TaskToPlan:
    return TaskToPlan(**{"id": uuid4(), "title": title, "status": "backlog", "priority": "medium", **more})


@pytest.fixture
async def project(user_id: UUID) -> UUID:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        session.add_all(Task(user_id=user_id, project_id=project.id, title=title) for title in TITLES)
    return project.id


@pytest.fixture
def propose(user_id: UUID, project: UUID) -> Propose:
    """Plans the garden by rules and stores the plan: `await propose(method="schedule_in_phases")`."""

    async def propose(**choices: Any) -> UUID:
        async with user_session(user_id) as session:
            facts = await load_facts(session, user_id, project)
            usual = usual_options(facts.start, facts.end, facts.today)
            options = PlanOptions.model_validate({**usual.model_dump(), **choices})
            stored = finished_plan(plan_phases(question(facts, options)), facts, options)
            await save_proposal(session, user_id, project, uuid4(), stored, "offline")
        async with user_session(user_id) as session:
            view = await get_open_proposal(session, user_id, project)
        assert view is not None
        return view.id

    return propose


async def starts(user_id: UUID) -> dict[str, datetime | None]:
    """The starts of a person's tasks by title."""
    async with user_session(user_id) as session:
        rows = await session.execute(sa.select(col(Task.title), col(Task.start_date)))
        return {title: start for title, start in rows}  # noqa: C416 - rows are no pairs to mypy
