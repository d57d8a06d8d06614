"""The job that plans a project's phases."""

from typing import Any, ClassVar
from uuid import UUID

from buildos_app.notifications.events import Event, PhasesCompleted, PhasesFailed
from buildos_app.notifications.notify import notify
from buildos_app.phases.plan import PlanLimits, mended
from buildos_app.phases.queries import fingerprint, load_plan_prompt, save_proposal
from buildos_app.queue.job import Job, JobContext


class GeneratePhases(Job):
    """Ask the model for phases and store them as a proposal; nothing else changes."""

    job_type: ClassVar[str] = "generate_phases"
    timeout: ClassVar[float] = 300.0

    project_id: UUID
    project_name: str = ""

    @property
    def dedup_key(self) -> str:
        """One at a time per project."""
        return str(self.project_id)

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return PhasesFailed(project_id=self.project_id, project_name=self.project_name, reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Load, ask, check, save; the last transaction completes the job."""
        await ctx.progress(1, 4, "Reading the tasks")
        async with ctx.session() as session:
            prompt = await load_plan_prompt(session, ctx.user_id, self.project_id)

        await ctx.progress(2, 4, f"Planning {len(prompt.tasks)} tasks")
        plan = await ctx.ports.llm.ask(prompt)

        await ctx.progress(3, 4, "Checking the plan")
        plan = mended(plan, prompt.tasks, PlanLimits(prompt.start, prompt.end))

        await ctx.progress(4, 4, "Saving the plan")
        counts = {"phase_count": len(plan.phases), "task_count": len(plan.assignments)}
        async with ctx.session() as session:
            mark = fingerprint(prompt.tasks)
            await save_proposal(session, ctx.user_id, self.project_id, ctx.job_id, plan, mark, ctx.ports.llm.name)
            done = PhasesCompleted(
                project_id=self.project_id, project_name=prompt.project_name, job_id=ctx.job_id, **counts
            )
            notify(session, ctx.user_id, done)
            await ctx.complete(session, counts)
        return None
