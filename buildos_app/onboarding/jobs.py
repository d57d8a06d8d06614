"""The job that reads a newcomer's answers."""

from typing import Any, ClassVar

from buildos_app.errors import InvalidInput
from buildos_app.notifications.events import Event, OnboardingCompleted, OnboardingFailed
from buildos_app.notifications.notify import notify
from buildos_app.onboarding.answers import get_answers, note_reading
from buildos_app.onboarding.findings import list_settled, save_findings
from buildos_app.onboarding.prompts import ReadAnswers
from buildos_app.onboarding.reading import NewFinding, checked
from buildos_app.phrases.text import counted
from buildos_app.projects.instances import person_now
from buildos_app.projects.queries import list_project_names
from buildos_app.queue.job import Job, JobContext


class OnboardingAnalysis(Job):
    """Ask the model what the answers say, and store it as suggestions; nothing else changes."""

    job_type: ClassVar[str] = "onboarding_analysis"
    priority: ClassVar[int] = 1
    timeout: ClassVar[float] = 180.0

    @property
    def dedup_key(self) -> str:
        """One at a time per person."""
        return "answers"

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return OnboardingFailed(reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Load, ask, check, save; the last transaction completes the job."""
        await ctx.progress(1, 3, "Reading your answers")
        async with ctx.session() as session:
            answers = await get_answers(session)
            if answers.is_blank:
                raise InvalidInput("There is nothing to read yet. Write a few words first.")
            existing = list((await list_project_names(session)).values())
            prompt = ReadAnswers(**answers.words, existing_projects=existing, now=await person_now(session))

        await ctx.progress(2, 3, "Looking for projects and questions")
        reply = await ctx.ports.llm.ask(prompt)

        await ctx.progress(3, 3, "Saving the suggestions")
        async with ctx.session() as session:
            existing = list((await list_project_names(session)).values())
            findings = checked(reply, answers.words, existing, await list_settled(session))
            await save_findings(session, ctx.user_id, findings)
            await note_reading(session, ctx.user_id, answers.words)
            notify(session, ctx.user_id, OnboardingCompleted(summary=in_words(findings)))
            await ctx.complete(session, {"finding_count": len(findings)})
        return None


def in_words(findings: list[NewFinding]) -> str:
    """Such as "2 projects, 3 questions"."""
    counts = [(kind, sum(item.kind == kind for item in findings)) for kind in ("project", "question", "setting")]
    said = [counted(count, kind) for kind, count in counts if count]
    return ", ".join(said) or "Nothing new was found in them."
