"""One function per feature: what it leaves in the demo's account. A new feature adds its function to FEATURES."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from buildos_app.brain_dumps.apply import apply
from buildos_app.brain_dumps.drafts import submit_dump
from buildos_app.brain_dumps.pipeline import process
from buildos_app.brain_dumps.review import load_dump_to_process, save_proposal
from buildos_app.brain_dumps.steps import Proposed
from buildos_app.briefs import saving
from buildos_app.briefs.content import compose, project_parts
from buildos_app.briefs.load import load_facts
from buildos_app.clock import local_now, now
from buildos_app.db.session import user_session
from buildos_app.demo import content
from buildos_app.demo.steering import write_past
from buildos_app.demo.texts import write_texts
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.models.base import new_id
from buildos_app.models.brain_dump import BrainDump
from buildos_app.models.phase import Phase, PhaseTask
from buildos_app.models.project import Note, Project, Task, TaskStatus, TaskType
from buildos_app.notifications.events import BrainDumpReady
from buildos_app.notifications.notify import notify
from buildos_app.onboarding.answers import finish, get_answers, keep_answer, note_reading
from buildos_app.onboarding.findings import save_findings
from buildos_app.onboarding.prompts import ReadAnswers
from buildos_app.onboarding.reading import checked
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.projects.slugs import slugify
from buildos_app.queue.client import add_job

BRIEFS = 12


@dataclass
class Account:
    """Whose demo it is, and what was made so far, by name."""

    user_id: UUID
    timezone: str
    projects: dict[str, UUID] = field(default_factory=dict)
    dumps: dict[str, UUID] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Today in the person's zone."""
        return local_now(self.timezone).date()

    def at(self, days: int, hour: int = 9) -> datetime:
        """A moment some days from today."""
        zone = local_now(self.timezone).tzinfo
        return datetime.combine(self.today + timedelta(days=days), time(hour), zone)


async def projects(account: Account) -> None:
    """Projects in every status, with tasks that are late, due, done, repeated and blocked."""
    async with user_session(account.user_id) as session:
        for item in content.PROJECTS:
            project = Project(
                user_id=account.user_id,
                name=item.name,
                slug=slugify(item.name),
                description=item.description,
                context=item.context,
                executive_summary=item.summary,
                status=item.status,
                tags=item.tags,
                start_date=account.today + timedelta(days=item.start),
                end_date=account.today + timedelta(days=item.end),
                created_at=account.at(item.start),
            )
            session.add(project)
            await session.flush()
            account.projects[item.name] = project.id
            session.add_all(_task(account, project.id, task, item.start) for task in item.tasks)


def _task(account: Account, project_id: UUID, item: content.DemoTask, made: int) -> Task:
    is_done = item.done is not None
    due = account.at(item.due, item.hour or 17) if item.due is not None else None
    return Task(
        user_id=account.user_id,
        project_id=project_id,
        title=item.title,
        details=item.details,
        status=TaskStatus.DONE if is_done else item.status,
        priority=item.priority,
        task_type=TaskType.RECURRING if item.repeats else TaskType.ONE_OFF,
        recurrence_pattern=item.repeats,
        start_date=due if item.hour is not None or item.repeats else None,
        start_has_time=item.hour is not None,
        due_date=None if item.hour is not None or item.repeats else due,
        duration_minutes=item.minutes,
        completed_at=min(account.at(item.done, 11), now()) if item.done is not None else None,
        created_at=account.at(made, 10),
    )


async def phases(account: Account) -> None:
    """Two projects in phases, with their tasks where their dates put them."""
    async with user_session(account.user_id) as session:
        for item in content.PROJECTS:
            project_id = account.projects[item.name]
            tasks = list((await session.execute(sa.select(Task).where(col(Task.project_id) == project_id))).scalars())
            for order, (name, first, last) in enumerate(item.phases, 1):
                start, end = account.today + timedelta(days=first), account.today + timedelta(days=last)
                phase = Phase(
                    user_id=account.user_id,
                    project_id=project_id,
                    name=name,
                    start_date=start,
                    end_date=end,
                    order=order,
                )
                session.add(phase)
                await session.flush()
                inside = [task for task in tasks if start <= _day(task) <= end]
                session.add_all(
                    PhaseTask(user_id=account.user_id, phase_id=phase.id, task_id=task.id) for task in inside
                )


def _day(task: Task) -> date:
    moment = task.completed_at or task.due_date or task.start_date
    return moment.date() if moment else date.max


async def notes(account: Account) -> None:
    """Notes of projects and free ones, in four categories."""
    async with user_session(account.user_id) as session:
        homes: list[tuple[UUID | None, tuple[str, str, str]]] = [
            (account.projects[item.name], note) for item in content.PROJECTS for note in item.notes
        ]
        for days, (project_id, (title, text, category)) in enumerate(
            [*homes, *((None, n) for n in content.FREE_NOTES)]
        ):
            session.add(
                Note(
                    user_id=account.user_id,
                    project_id=project_id,
                    title=title,
                    content=text,
                    category=category,
                    created_at=account.at(days - 12, 16),
                )
            )


async def changes(account: Account) -> None:
    """Projects that said something else before, so that there are versions to compare."""
    async with user_session(account.user_id) as session:
        website = await session.get(Project, account.projects["Website relaunch"])
        if website is not None:
            website.context += "\n\nJonas needs the press kit **two weeks** before the launch."
            website.description = "A faster, calmer site before the December launch"
    async with user_session(account.user_id) as session:
        garden = await session.get(Project, account.projects["Garden before winter"])
        if garden is not None:
            garden.end_date = account.today + timedelta(days=21)
            garden.tags = ["home", "before frost"]


async def dumps(account: Account) -> None:
    """One dump that was applied, and one that waits for review; both read by the offline engine."""
    applied = await _read(account, content.APPLIED_DUMP)
    async with user_session(account.user_id) as session:
        result = await apply(session, account.user_id, applied)
        if result.project_id:
            account.projects["Podcast"] = result.project_id
        await session.execute(
            sa.update(BrainDump).where(col(BrainDump.id) == applied).values(created_at=account.at(-1, 8))
        )
    account.dumps |= {"applied": applied, "open": await _read(account, content.OPEN_DUMP)}


async def _read(account: Account, text: str) -> UUID:
    llm = OfflineEngine()
    async with user_session(account.user_id) as session:
        dump_id = await submit_dump(session, account.user_id, text)
        dump = await load_dump_to_process(session, account.user_id, dump_id)
    async for step in process(dump, llm):
        if isinstance(step, Proposed):
            async with user_session(account.user_id) as session:
                await save_proposal(session, account.user_id, dump_id, step)
    return dump_id


async def news(account: Account) -> None:
    """Notifications, and a plan of phases that the worker makes when it runs."""
    garden = account.projects["Garden before winter"]
    async with user_session(account.user_id) as session:
        notify(
            session,
            account.user_id,
            BrainDumpReady(brain_dump_id=account.dumps["open"], title="Taxes", operation_count=5),
        )
        await add_job(session, account.user_id, GeneratePhases(project_id=garden, project_name="Garden before winter"))


async def answers(account: Account) -> None:
    """The first questions, answered and read; what they suggest waits for a yes."""
    async with user_session(account.user_id) as session:
        for name, text in content.ANSWERS.items():
            await keep_answer(session, account.user_id, name, text)
        await finish(session, account.user_id)
        words = (await get_answers(session)).words
        names = list(account.projects)
    prompt = ReadAnswers(**words, existing_projects=names, now=local_now(account.timezone))
    reply = await OfflineEngine().ask(prompt)
    async with user_session(account.user_id) as session:
        await save_findings(session, account.user_id, checked(reply, words, names, set()))
        await note_reading(session, account.user_id, words)


async def past(account: Account) -> None:
    """The jobs of a month and the calls that they made."""
    await write_past(account.user_id, account.at(0), account.projects, account.dumps)


async def texts(account: Account) -> None:
    """A proven phone and what it was texted."""
    await write_texts(account.user_id, account.at)


async def briefs(account: Account) -> None:
    """A brief for each of the last days, today's among them, as the job would have saved it at nine."""
    for ago in range(BRIEFS - 1, -1, -1):
        day, job_id = account.today - timedelta(days=ago), new_id()
        async with user_session(account.user_id) as session:
            await saving.begin(session, account.user_id, day, account.timezone, job_id, force=False)
            facts = await load_facts(session, account.user_id, day, account.timezone)
            written = compose(facts, parts=list(project_parts(facts)))
            brief = await saving.save(session, account.user_id, job_id, facts, written, OfflineEngine.name)
            brief.completed_at = min(account.at(-ago), now())


FEATURES: tuple[Callable[[Account], Awaitable[None]], ...] = (
    projects,
    phases,
    notes,
    changes,
    dumps,
    answers,
    briefs,
    past,
    news,
    texts,
)
