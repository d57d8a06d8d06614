"""Reading what a plan needs, and reading and storing proposals and phases, in a session of the person."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.working_hours import get_working_hours
from buildos_app.errors import InvalidInput, NotFound
from buildos_app.models.calendar import CalendarLink, LinkStatus
from buildos_app.models.phase import Phase, PhaseProposal, PhaseTask, ProposalStatus
from buildos_app.models.project import Project, Task, TaskStatus
from buildos_app.models.task import TaskDependency
from buildos_app.phases.facts import MOST_OPEN_TASKS, PhaseView, ProjectFacts, marks, select
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.prompts import PhasePlan, TaskToPlan
from buildos_app.projects.instances import person_now
from buildos_app.projects.queries import VISIBLE

LONGEST_CONTEXT = 4000


class StoredPlan(BaseModel):
    """What a proposal keeps: the plan, what was chosen for it, on which day it was made, and a mark of each task that
    it saw."""

    model_config = ConfigDict(frozen=True)

    plan: PhasePlan
    options: PlanOptions
    made_on: date
    marks: dict[str, str] = Field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """One mark over all."""
        return hashlib.sha256(json.dumps(self.marks, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class ProposalView:
    """A plan that waits for a yes, and the project as it is now; `changes` says in words what is different."""

    id: UUID
    stored: StoredPlan
    facts: ProjectFacts
    engine: str
    changes: list[str]


async def load_facts(session: AsyncSession, user_id: UUID, project_id: UUID, *, lock: bool = False) -> ProjectFacts:
    """Everything that planning looks at; with `lock` the tasks stay as they are until the end of the transaction.

    Raises NotFound, and InvalidInput for more open tasks than MOST_OPEN_TASKS.
    """
    project = await session.get(Project, project_id)
    if project is None:
        raise NotFound("That project no longer exists.")
    return ProjectFacts(
        id=project.id,
        name=project.name,
        description=project.description,
        context=project.context[:LONGEST_CONTEXT],
        tags=project.tags,
        start=project.start_date,
        end=project.end_date,
        now=await person_now(session),
        hours=await get_working_hours(session, user_id),
        tasks=await _tasks(session, project_id, lock=lock),
        phases=await list_phases(session, project_id),
    )


async def _tasks(session: AsyncSession, project_id: UUID, *, lock: bool) -> list[TaskToPlan]:
    """The tasks of a project, every open one, and the oldest of the done ones. Raises InvalidInput for too many."""
    names = [name for name in TaskToPlan.model_fields if name not in ("description", "dependencies", "has_event")]
    link = sa.exists().where(col(CalendarLink.task_id) == col(Task.id), col(CalendarLink.status) != LinkStatus.OFF)
    description = sa.func.left(col(Task.description), LONGEST_CONTEXT).label("description")
    columns = [*(getattr(Task, name) for name in names), description, link.label("has_event")]
    query = sa.select(*columns).where(col(Task.project_id) == project_id, *VISIBLE)
    query = query.order_by(col(Task.status) == TaskStatus.DONE, col(Task.id)).limit(MOST_OPEN_TASKS + 1)
    rows = (await session.execute(query.with_for_update() if lock else query)).mappings().all()
    if len(rows) > MOST_OPEN_TASKS and rows[-1]["status"] != TaskStatus.DONE:
        raise InvalidInput(
            f"This project has more than {MOST_OPEN_TASKS:,} open tasks, too many to plan at once. Split it first."
        )
    ids = [row["id"] for row in rows]
    needs = sa.select(col(TaskDependency.task_id), sa.func.array_agg(col(TaskDependency.needs_id)))
    found = await session.execute(
        needs.where(col(TaskDependency.task_id).in_(ids)).group_by(col(TaskDependency.task_id))
    )
    dependencies = {row[0]: sorted(row[1]) for row in found}
    return [TaskToPlan(**row, dependencies=dependencies.get(row["id"], [])) for row in rows]


async def save_proposal(
    session: AsyncSession, user_id: UUID, project_id: UUID, job_id: UUID, stored: StoredPlan, engine: str
) -> None:
    """Store a plan as the project's open proposal, in place of the one before."""
    await session.execute(
        sa.update(PhaseProposal)
        .where(col(PhaseProposal.project_id) == project_id, col(PhaseProposal.status) == ProposalStatus.OPEN)
        .values(status=ProposalStatus.REPLACED)
    )
    session.add(
        PhaseProposal(
            user_id=user_id,
            project_id=project_id,
            job_id=job_id,
            plan=stored.model_dump(mode="json"),
            fingerprint=stored.fingerprint,
            engine=engine,
        )
    )


async def get_open_proposal(session: AsyncSession, user_id: UUID, project_id: UUID) -> ProposalView | None:
    """The plan that waits for a yes, if there is one that can be read."""
    query = sa.select(PhaseProposal).where(
        col(PhaseProposal.project_id) == project_id, col(PhaseProposal.status) == ProposalStatus.OPEN
    )
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        return None
    try:
        stored = StoredPlan.model_validate(row.plan)
    except ValidationError:  # it came by an import
        return None
    facts = await load_facts(session, user_id, project_id)
    return ProposalView(row.id, stored, facts, row.engine, changes_since(stored, facts))


def changes_since(stored: StoredPlan, facts: ProjectFacts) -> list[str]:
    """What is different from what the plan saw, in words; empty when nothing is."""
    titles = {str(task.id): task.title for task in facts.tasks}
    now = marks(facts, select(facts, stored.options).tasks)
    return [
        words
        for key in sorted(now.keys() | stored.marks.keys())
        if (words := _difference(key, stored.marks, now, titles))
    ]


def _difference(key: str, before: Mapping[str, str], now: Mapping[str, str], titles: Mapping[str, str]) -> str:
    if before.get(key) == now.get(key):
        return ""
    if not key:
        return "the project's dates or phases changed"
    title = f"“{titles[key][:60]}”" if key in titles else "a task"
    if key not in before:
        return f"{title} is new"
    return f"{title} changed" if key in now else f"{title} is done, gone or left out"


async def list_phases(session: AsyncSession, project_id: UUID) -> list[PhaseView]:
    """The phases of a project in their order, with their tasks (deleted ones left out), in one query."""
    query = (
        sa.select(Phase, col(Task.id), col(PhaseTask.assignment_reason))
        .outerjoin(PhaseTask, col(PhaseTask.phase_id) == col(Phase.id))
        .outerjoin(Task, sa.and_(col(Task.id) == col(PhaseTask.task_id), *VISIBLE))
        .where(col(Phase.project_id) == project_id)
        .order_by(col(Phase.order), col(Phase.id), col(PhaseTask.id))
    )
    views: dict[UUID, PhaseView] = {}
    for phase, task_id, reason in await session.execute(query):
        view = views.setdefault(
            phase.id, PhaseView(phase.id, phase.name, phase.description, phase.start_date, phase.end_date, {})
        )
        if task_id is not None:
            view.tasks[task_id] = reason
    return list(views.values())
