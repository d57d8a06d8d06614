"""The two jobs of a brief: writing it, and sending mail."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field, field_validator
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.briefs import email, saving
from buildos_app.briefs.content import BriefContent, ProjectPart, compose, project_parts, question
from buildos_app.briefs.facts import BriefFacts
from buildos_app.briefs.load import load_facts
from buildos_app.briefs.texting import text_brief_ready
from buildos_app.clock import is_timezone, now
from buildos_app.errors import IntegrationError, NotPermitted
from buildos_app.models.brief import DailyBrief
from buildos_app.monitoring.llm import for_person
from buildos_app.notifications.events import BriefEmailFailed, BriefEmailSent, BriefFailed, Event
from buildos_app.notifications.notify import notify
from buildos_app.queue.client import add_job
from buildos_app.queue.job import CAMEL, Job, JobContext, Snooze

STEPS = 20  # one is 5 percent, the grain of the table of behaviour.md 3.4


class BriefOptions(BaseModel):
    """How the person was found: still here, or called back after so many days."""

    model_config = CAMEL

    is_reengagement: bool = False
    days_since_last_login: int = Field(default=0, ge=0)


class GenerateDailyBrief(Job):
    """Write the brief of a day: load, compose, ask, save. With `planned_for` it is told then, and not before."""

    model_config = CAMEL

    job_type: ClassVar[str] = "generate_daily_brief"
    timeout: ClassVar[float] = 240.0

    brief_date: date
    timezone: str
    force_regenerate: bool = False
    include_projects: list[UUID] | None = None
    exclude_projects: list[UUID] | None = None
    planned_for: datetime | None = None
    options: BriefOptions = BriefOptions()

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if not is_timezone(value):
            raise ValueError("is no IANA timezone")
        return value

    @property
    def dedup_key(self) -> str:
        """One at a time per day."""
        return self.brief_date.isoformat()

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return BriefFailed(brief_date=self.brief_date, reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Running it twice is harmless: a brief that this job has written is only told."""
        await _progress(ctx, 10, "Reading your projects")
        async with ctx.session() as session:
            turn, brief_id = await saving.begin(
                session, ctx.user_id, self.brief_date, self.timezone, ctx.job_id, force=self.force_regenerate
            )
            facts = await self._load(ctx, session) if turn is saving.Turn.OURS else None
        if turn is saving.Turn.NOT_OURS:
            return {"written": False}
        if facts is not None:
            content = await self._write(ctx, facts, brief_id)
            await _progress(ctx, 95, "Saving the brief")
            async with ctx.session() as session:
                brief = await saving.save(session, ctx.user_id, ctx.job_id, facts, content, ctx.ports.llm.name)
                if not self._waits():
                    await self._tell(ctx, session, brief)
                    return None
        if self.planned_for is not None and self._waits():
            raise Snooze(self.planned_for)
        async with ctx.session() as session:
            await self._tell(ctx, session, await saving.get_locked(session, self.brief_date))
        return None

    def _waits(self) -> bool:
        return self.planned_for is not None and self.planned_for > now()

    async def _load(self, ctx: JobContext, session: AsyncSession) -> BriefFacts:
        return await load_facts(
            session,
            ctx.user_id,
            self.brief_date,
            self.timezone,
            is_reengagement=self.options.is_reengagement,
            days_away=self.options.days_since_last_login,
            only=self.include_projects,
            without=self.exclude_projects,
        )

    async def _write(self, ctx: JobContext, facts: BriefFacts, brief_id: UUID) -> BriefContent:
        """Ask the model for better words; without it the template's do, and the brief says so."""
        parts = await self._parts(ctx, facts)
        await _progress(ctx, 85, "Putting the day in order")
        asked = question(facts)
        await _progress(ctx, 90, f"Writing about {len(facts.tasks)} tasks of {len(facts.projects)} projects")
        try:
            written = await for_person(ctx.ports.llm, ctx.user_id, brief_id=brief_id).ask(asked)
        except (IntegrationError, NotPermitted) as error:  # it is away, or the person's calls of the day are used up
            return compose(facts, parts=parts, note=f"Written without a language model. {error}")
        return compose(facts, written, parts=parts)

    async def _parts(self, ctx: JobContext, facts: BriefFacts) -> list[ProjectPart]:
        """The part about each project, from 20 to 80 percent; a step is told when 10 more are reached."""
        parts: list[ProjectPart] = []
        told = 0
        for number, part in enumerate(project_parts(facts)):
            percent = 20 + 60 * number // (len(facts.projects) + 1)
            if percent >= told + 10:
                told = percent
                await _progress(ctx, percent, f"Looking at {part.name}")
            parts.append(part)
        return parts

    async def _tell(self, ctx: JobContext, session: AsyncSession, brief: DailyBrief) -> None:
        """News, mail and the end of the job, in the transaction that made the brief whole."""
        told = await saving.tell(session, ctx.user_id, brief, is_repeat=self.force_regenerate)
        notify(session, ctx.user_id, told.event)
        if not self.force_regenerate:
            await text_brief_ready(session, ctx.user_id, self.brief_date, told.event)
        if told.email_id is not None:
            await add_job(session, ctx.user_id, GenerateBriefEmail(email_id=told.email_id, brief_date=self.brief_date))
        await ctx.complete(session, told.result)


class GenerateBriefEmail(Job):
    """Send one mail of the table `emails`: about a brief, or about an account. Nothing is sent twice on purpose."""

    model_config = CAMEL

    job_type: ClassVar[str] = "generate_brief_email"
    priority: ClassVar[int] = 5
    timeout: ClassVar[float] = 90.0

    email_id: UUID
    brief_date: date | None = None

    @property
    def dedup_key(self) -> str:
        """One at a time per mail."""
        return f"email-{self.email_id}"

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return BriefEmailFailed(brief_date=self.brief_date, reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Read the preferences again, send, and write down that it was sent."""
        async with ctx.session() as session:
            mail = await email.prepare(session, ctx.user_id, self.email_id)
        if isinstance(mail, str):
            return {"sent": False, "reason": mail}
        try:
            await ctx.ports.email.send(mail)
        except IntegrationError as error:
            if not error.retryable or ctx.attempt >= self.max_attempts:
                async with ctx.session() as session:
                    await email.mark_failed(session, self.email_id, str(error))
            raise
        async with ctx.session() as session:
            sent = await email.mark_sent(session, self.email_id)
            if sent.brief_id is not None and sent.brief_date is not None:
                news = BriefEmailSent(email_id=self.email_id, brief_id=sent.brief_id, brief_date=sent.brief_date)
                notify(session, ctx.user_id, news)
            await ctx.complete(session, {"sent": True, "message_id": mail.message_id})
        return None


async def _progress(ctx: JobContext, percent: int, message: str) -> None:
    await ctx.progress(percent * STEPS // 100 + 1, STEPS, message)
