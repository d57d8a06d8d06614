"""Saying yes or no to a plan."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import Conflict, NotFound
from buildos_app.models.phase import Phase, PhaseProposal, PhaseTask, ProposalStatus
from buildos_app.phases.prompts import PhasePlan
from buildos_app.phases.queries import fingerprint, open_tasks


async def accept(session: AsyncSession, user_id: UUID, proposal_id: UUID) -> int:
    """Make a plan the project's phases, in place of those before; the number of phases.

    All or nothing in the caller's transaction. Raises Conflict when the plan is not open any more or tasks changed
    since it was made.
    """
    proposal = await _open_proposal(session, proposal_id)
    if proposal.fingerprint != fingerprint(await open_tasks(session, proposal.project_id)):
        raise Conflict("Tasks changed since this plan was made. Generate it again, then accept.")
    plan = PhasePlan.model_validate(proposal.plan)
    await session.execute(sa.delete(Phase).where(col(Phase.project_id) == proposal.project_id))
    phases = {
        item.order: Phase(user_id=user_id, project_id=proposal.project_id, **item.model_dump()) for item in plan.phases
    }
    session.add_all(phases.values())
    await session.flush()
    session.add_all(
        PhaseTask(
            user_id=user_id,
            phase_id=phases[item.phase_order].id,
            task_id=item.task_id,
            assignment_reason=item.reason,
        )
        for item in plan.assignments
    )
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
