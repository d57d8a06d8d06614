"""Saying yes or no to a plan."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import Conflict, NotFound
from buildos_app.models.base import new_id
from buildos_app.models.phase import Phase, PhaseProposal, PhaseTask, ProposalStatus
from buildos_app.models.project import Project, Task, TaskStatus
from buildos_app.phases.facts import ProjectFacts, kept_phases
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.prompts import TaskAssignment
from buildos_app.phases.queries import StoredPlan, changes_since, load_facts
from buildos_app.projects.bulk import set_starts
from buildos_app.projects.history import because
from buildos_app.projects.tasks import change_task


async def accept(session: AsyncSession, user_id: UUID, proposal_id: UUID) -> int:
    """Make a plan the project's phases, in place of those that are not over; the number of new phases.

    All or nothing in the caller's transaction: phases, places of tasks, starts, and the project's dates. Raises
    Conflict when the plan is not open any more or tasks changed since it was made.
    """
    proposal = await _open_proposal(session, proposal_id)
    stored = StoredPlan.model_validate(proposal.plan)
    facts = await load_facts(session, user_id, proposal.project_id, lock=True)
    if changes_since(stored, facts):
        raise Conflict("Tasks changed since this plan was made. Generate it again, then accept.")
    await because(session, f"phases:{proposal_id}")
    await _keep_dates(session, facts, stored.options)
    kept = await _clear(session, facts, stored)
    phases = [
        Phase(
            user_id=user_id,
            project_id=facts.id,
            scheduling_method=stored.options.method,
            **item.model_dump(exclude={"order"}),
            order=kept + item.order,
        )
        for item in stored.plan.phases
    ]
    session.add_all(phases)
    await session.flush()
    await _place(session, user_id, [phase.id for phase in phases], stored.plan.assignments)
    await _set_starts(session, facts, stored.plan.assignments)
    proposal.status = ProposalStatus.ACCEPTED
    return len(phases)


async def discard(session: AsyncSession, proposal_id: UUID) -> None:
    """Say no to a plan; nothing else changes. Raises Conflict when it is not open any more."""
    proposal = await _open_proposal(session, proposal_id)
    proposal.status = ProposalStatus.DISCARDED


async def _open_proposal(session: AsyncSession, proposal_id: UUID) -> PhaseProposal:
    proposal = await session.get(PhaseProposal, proposal_id, with_for_update=True)
    if proposal is None:
        raise NotFound("That plan no longer exists.")
    if proposal.status != ProposalStatus.OPEN:
        raise Conflict("This plan was accepted, discarded or replaced already.")
    return proposal


async def _keep_dates(session: AsyncSession, facts: ProjectFacts, options: PlanOptions) -> None:
    """The dates that were chosen for the plan become the project's."""
    if (facts.start, facts.end) != (options.start, options.end):
        dates = {"start_date": options.start, "end_date": options.end}
        await session.execute(sa.update(Project).where(col(Project.id) == facts.id).values(dates))


async def _clear(session: AsyncSession, facts: ProjectFacts, stored: StoredPlan) -> int:
    """Take away the phases that the plan replaces; how many stay. Done tasks of the others go to the last of these."""
    kept = kept_phases(facts.phases, stored.made_on) if stored.options.keep_finished else {}
    gone = [phase.id for phase in facts.phases if phase.id not in kept]
    for order, (phase_id, phase) in enumerate(kept.items(), start=1):
        values: dict[str, int | date] = {"order": order, "end_date": phase.end_date}
        await session.execute(sa.update(Phase).where(col(Phase.id) == phase_id).values(values))
    if kept and gone:
        done = sa.select(col(Task.id)).where(col(Task.project_id) == facts.id, col(Task.status) == TaskStatus.DONE)
        moved = sa.update(PhaseTask).where(col(PhaseTask.phase_id).in_(gone), col(PhaseTask.task_id).in_(done))
        await session.execute(moved.values(phase_id=list(kept)[-1]))
    await session.execute(sa.delete(Phase).where(col(Phase.id).in_(gone)))
    planned = [item.task_id for item in stored.plan.assignments]
    await session.execute(sa.delete(PhaseTask).where(col(PhaseTask.task_id).in_(planned)))
    return len(kept)


async def _place(
    session: AsyncSession, user_id: UUID, phase_ids: list[UUID], assignments: list[TaskAssignment]
) -> None:
    if not assignments:
        return
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "phase_id": phase_ids[item.phase_order - 1],
            "task_id": item.task_id,
            "suggested_start_date": item.suggested_start,
            "assignment_reason": item.reason,
        }
        for item in assignments
    ]
    await session.execute(sa.insert(PhaseTask), rows)


async def _set_starts(session: AsyncSession, facts: ProjectFacts, assignments: list[TaskAssignment]) -> None:
    """What a plan moves or takes away; a repetition that moves counts from today on."""
    moved = {item.task_id: item.suggested_start for item in assignments if item.suggested_start or item.clears_start}
    series = {task.id for task in facts.tasks if task.recurrence_pattern} & moved.keys()
    await set_starts(session, {key: start for key, start in moved.items() if key not in series})
    for task_id in sorted(series):
        await change_task(session, task_id, {"start_date": moved[task_id]}, outside_project=True)
