"""The job that plans a project's phases."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from buildos_app.models.phase import SchedulingMethod
from buildos_app.notifications.events import Event, PhasesCompleted, PhasesFailed
from buildos_app.notifications.notify import notify
from buildos_app.phases.facts import ProjectFacts
from buildos_app.phases.options import PlanOptions, usual_options
from buildos_app.phases.planning import finished_plan, question
from buildos_app.phases.queries import load_facts, save_proposal
from buildos_app.phases.strategies.choose import STRATEGIES
from buildos_app.phrases.wall_clock import at_local
from buildos_app.ports import BUSY_KNOWN, Busy
from buildos_app.queue.job import Job, JobContext

STEPS = 5


class GeneratePhases(Job):
    """Ask the model for phases and store them as a proposal; nothing else changes.

    Without `options` the project's own dates count.
    """

    job_type: ClassVar[str] = "generate_phases"
    timeout: ClassVar[float] = 300.0

    project_id: UUID
    project_name: str = ""
    options: PlanOptions | None = None

    @property
    def dedup_key(self) -> str:
        """One at a time per project."""
        return str(self.project_id)

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return PhasesFailed(project_id=self.project_id, project_name=self.project_name, reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Load, ask, mend, save; the last transaction completes the job."""
        await ctx.progress(1, STEPS, "Reading the tasks")
        async with ctx.session() as session:
            facts = await load_facts(session, ctx.user_id, self.project_id)
        options = self.options or usual_options(facts.start, facts.end, facts.today)
        options.check(facts.today, has_calendar=await ctx.ports.free_busy.is_connected(ctx.user_id))
        busy = await _busy(ctx, options, facts)
        prompt = question(facts, options, busy)

        await ctx.progress(2, STEPS, f"Planning {len(prompt.tasks)} tasks")
        reply = await ctx.ports.llm.ask(prompt)

        await ctx.progress(3, STEPS, STRATEGIES[options.method].placing)
        stored = finished_plan(reply, facts, options, busy)

        await ctx.progress(4, STEPS, "Saving the plan")
        counts = {"phase_count": len(stored.plan.phases), "task_count": len(stored.plan.assignments)}
        async with ctx.session() as session:
            await save_proposal(session, ctx.user_id, self.project_id, ctx.job_id, stored, ctx.ports.llm.name)
            done = PhasesCompleted(
                project_id=self.project_id,
                project_name=facts.name,
                job_id=ctx.job_id,
                summary=stored.plan.summary,
                **counts,
            )
            notify(session, ctx.user_id, done)
            await ctx.complete(session, counts)
        return None


async def _busy(ctx: JobContext, options: PlanOptions, facts: ProjectFacts) -> list[Busy]:
    """What the calendar holds from today to the end, where the method plans around it."""
    if options.method != SchedulingMethod.CALENDAR_OPTIMIZED or options.end is None:
        return []
    last = min(options.end, facts.today + BUSY_KNOWN)
    end: datetime = at_local(last + timedelta(days=1), time(), facts.now)
    return await ctx.ports.free_busy.busy_times(ctx.user_id, facts.now, end)
