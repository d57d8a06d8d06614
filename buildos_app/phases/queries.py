"""Reading what a plan needs, and reading and storing proposals and phases, in a session of the person."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import local_now
from buildos_app.errors import NotFound, UserError
from buildos_app.models.phase import Phase, PhaseProposal, PhaseTask, ProposalStatus
from buildos_app.models.project import Project, Task, TaskStatus
from buildos_app.models.task import TaskDependency
from buildos_app.models.user import User
from buildos_app.phases.prompts import PhasePlan, PlanPhases, TaskToPlan

MOST_TASKS = 200


@dataclass(frozen=True)
class ProposalView:
    """A plan that waits for a yes, with the titles of its tasks; `is_stale` when tasks changed since it was made."""

    id: UUID
    plan: PhasePlan
    titles: dict[UUID, str]
    engine: str
    is_stale: bool


@dataclass(frozen=True)
class PhaseView:
    """A phase and the ids of its tasks with the reason why each is there."""

    id: UUID
    name: str
    description: str
    start_date: date
    end_date: date
    tasks: dict[UUID, str]


async def load_plan_prompt(session: AsyncSession, user_id: UUID, project_id: UUID) -> PlanPhases:
    """The question for a project's plan. Raises NotFound, UserError when there is nothing to plan."""
    project = await session.get(Project, project_id)
    if project is None:
        raise NotFound("That project no longer exists.")
    tasks = await open_tasks(session, project_id)
    if not tasks:
        raise UserError("There is no open task to plan. Add one first.")
    timezone = (await session.execute(sa.select(col(User.timezone)).where(col(User.id) == user_id))).scalar_one()
    now = local_now(timezone)
    return PlanPhases(
        project_name=project.name,
        project_description=project.description,
        project_context=project.context[:4000],
        start=max(now.date(), project.start_date or now.date()),
        end=project.end_date if project.end_date and project.end_date >= now.date() else None,
        now=now,
        tasks=tasks,
    )


async def open_tasks(session: AsyncSession, project_id: UUID) -> list[TaskToPlan]:
    """The tasks that a plan covers, in the order of their age."""
    columns = [getattr(Task, name) for name in TaskToPlan.model_fields if name != "dependencies"]
    needs = sa.select(col(TaskDependency.needs_id)).where(col(TaskDependency.task_id) == col(Task.id))
    query = sa.select(*columns, sa.func.array(needs.scalar_subquery()).label("dependencies")).where(
        col(Task.project_id) == project_id,
        col(Task.status) != TaskStatus.DONE,
        col(Task.deleted_at).is_(None),
        col(Task.outdated).is_(False),
    )
    rows = await session.execute(query.order_by(col(Task.id)).limit(MOST_TASKS))
    return [TaskToPlan(**row) for row in rows.mappings()]


def fingerprint(tasks: list[TaskToPlan]) -> str:
    """A SHA-256 over everything that a plan depends on, so that a plan of other tasks is recognised."""
    facts: list[Any] = [task.model_dump(mode="json") for task in tasks]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


async def save_proposal(
    session: AsyncSession, user_id: UUID, project_id: UUID, job_id: UUID, plan: PhasePlan, mark: str, engine: str
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
            plan=plan.model_dump(mode="json"),
            fingerprint=mark,
            engine=engine,
        )
    )


async def get_open_proposal(session: AsyncSession, project_id: UUID) -> ProposalView | None:
    """The plan that waits for a yes, if any."""
    query = sa.select(PhaseProposal).where(
        col(PhaseProposal.project_id) == project_id, col(PhaseProposal.status) == ProposalStatus.OPEN
    )
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        return None
    tasks = await open_tasks(session, project_id)
    titles = {task.id: task.title for task in tasks}
    return ProposalView(
        row.id, PhasePlan.model_validate(row.plan), titles, row.engine, row.fingerprint != fingerprint(tasks)
    )


async def list_phases(session: AsyncSession, project_id: UUID) -> list[PhaseView]:
    """The phases of a project in their order, with their tasks, in one query."""
    query = (
        sa.select(Phase, col(PhaseTask.task_id), col(PhaseTask.assignment_reason))
        .outerjoin(PhaseTask, col(PhaseTask.phase_id) == col(Phase.id))
        .where(col(Phase.project_id) == project_id)
        .order_by(col(Phase.order), col(PhaseTask.id))
    )
    views: dict[UUID, PhaseView] = {}
    for phase, task_id, reason in await session.execute(query):
        view = views.setdefault(
            phase.id, PhaseView(phase.id, phase.name, phase.description, phase.start_date, phase.end_date, {})
        )
        if task_id is not None:
            view.tasks[task_id] = reason
    return list(views.values())
