"""Writing a brief: the job from its claim to its news, with the real queue."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.briefs.content import BriefContent
from buildos_app.briefs.generate import delete_brief, request_brief
from buildos_app.briefs.jobs import BriefOptions, GenerateDailyBrief
from buildos_app.briefs.prompts import DraftedSentence, WriteBrief, WrittenBrief
from buildos_app.briefs.queries import get_brief, list_briefs
from buildos_app.clock import local_now
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, InvalidInput, RequestRejected, ServiceUnavailable
from buildos_app.models.brief import DailyBrief, ProjectDailyBrief
from buildos_app.models.llm import LlmCall
from buildos_app.models.notification import Notification
from buildos_app.models.project import Note, Project, Task
from tests.fixtures.jobs import Perform
from worker.context import RunContext

ZONE = "Europe/Berlin"


def today() -> date:
    return local_now(ZONE).date()


def at(days: int, hour: int = 23, minute: int = 59) -> datetime:
    day = local_now(ZONE) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


class Scripted:
    """A model that says what it was told to say."""

    name = "scripted"

    def __init__(self, *answers: WrittenBrief | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Any] = []

    async def ask(self, prompt: Any, **_: Any) -> Any:
        self.asked.append(prompt)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
async def garden(user_id: UUID) -> Project:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        session.add_all(
            Task(user_id=user_id, project_id=project.id, **values)
            for values in (
                {"title": "Return library books", "due_date": at(-3), "duration_minutes": 20},
                {"title": "Call Jonas", "start_date": at(0, 15, 0), "start_has_time": True, "duration_minutes": 15},
                {"title": "Order timber", "due_date": at(2), "priority": "high"},
                {"title": "A deleted task", "due_date": at(-1), "deleted_at": at(-1)},
                {"title": "Blocked for weeks", "due_date": at(-9), "status": "blocked"},
                {"title": "Mow", "status": "done", "due_date": at(-1), "completed_at": at(-1, 12, 0)},
            )
        )
        session.add(Note(user_id=user_id, project_id=project.id, title="Oak is dear"))
    return project


async def brief_of(user_id: UUID) -> DailyBrief:
    async with user_session(user_id) as session:
        return (await session.execute(sa.select(DailyBrief))).scalar_one()


async def news_of(user_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    async with user_session(user_id) as session:
        rows = await session.execute(sa.select(Notification.event, Notification.payload).order_by(Notification.seq))
        return [(event, payload) for event, payload in rows]


def job(**more: Any) -> GenerateDailyBrief:
    return GenerateDailyBrief(brief_date=today(), timezone=ZONE, **more)


async def test_a_brief_is_written_told_and_kept(perform: Perform, user_id: UUID, garden: Project) -> None:
    row = await perform(job())

    brief = await brief_of(user_id)
    content = BriefContent.model_validate(brief.content)
    assert (row.status, row.progress["percent"]) == ("completed", 100)
    assert [(item.task.title, item.reasons[0]) for item in content.ranked] == [
        ("Return library books", "3 days overdue"),
        ("Order timber", f"due on {at(2).astimezone(local_now(ZONE).tzinfo):%A}"),
        ("Call Jonas", "at 15:00 today"),
    ]
    assert (content.counts.overdue, content.counts.today, content.counts.upcoming) == (1, 1, 1)
    assert (content.yesterday.planned, content.yesterday.done, content.yesterday.slipped) == (1, 1, 0)
    assert content.checked > 5 and content.replaced == 0
    assert "A deleted task" not in brief.markdown
    assert "Blocked for weeks" in brief.markdown
    [(event, payload)] = await news_of(user_id)
    assert (event, payload["overdue_task_count"], payload["brief_date"]) == ("brief_completed", 1, str(today()))
    async with user_session(user_id) as session:
        part = (await session.execute(sa.select(ProjectDailyBrief))).scalar_one()
        served = (await session.execute(sa.select(LlmCall.job_id, LlmCall.brief_id))).one()
    assert (part.project_id, part.daily_brief_id) == (garden.id, brief.id)
    assert tuple(served) == (row.id, brief.id)


async def test_trap_25_somebody_without_projects_gets_a_friendly_brief(perform: Perform, user_id: UUID) -> None:
    row = await perform(job())

    brief = await brief_of(user_id)
    assert (row.status, brief.title) == ("completed", "A fresh start")
    assert "Write down what is on your mind" in brief.summary


async def test_the_brief_is_made_without_a_model_and_says_so(perform: Perform, user_id: UUID, garden: Project) -> None:
    row = await perform(job(), llm=Scripted(ServiceUnavailable("The language model cannot be reached.")))

    brief = await brief_of(user_id)
    content = BriefContent.model_validate(brief.content)
    assert row.status == "completed"
    assert content.note == "Written without a language model. The language model cannot be reached."
    assert content.headline == "Three things come first today"


async def test_what_the_model_says_wrong_is_not_shown(perform: Perform, user_id: UUID, garden: Project) -> None:
    said = WrittenBrief(
        sentences=[
            DraftedSentence(topic="headline", text="Three things move today"),
            DraftedSentence(topic="first", text="Begin with “Return library books”, because it is 4 days overdue."),
            DraftedSentence(topic="then", text="After that, sell the boat."),
            DraftedSentence(topic="late", text="1 task is late."),
            DraftedSentence(topic="invented", text="You have 12 meetings."),
        ]
    )
    await perform(job(), llm=Scripted(said))

    content = BriefContent.model_validate((await brief_of(user_id)).content)
    shown = {each.topic: each.text for each in content.sentences}
    assert shown["headline"] == "Three things move today"
    assert shown["first"] == "Start with “Return library books”: it is 3 days overdue."
    assert shown["late"] == "1 task is late."
    assert content.replaced == 2
    assert "boat" not in content.summary and "meetings" not in content.summary


async def test_trap_8_a_whole_brief_is_not_written_or_mailed_again(
    perform: Perform, user_id: UUID, garden: Project
) -> None:
    await perform(job())
    before = await brief_of(user_id)

    row = await perform(job())

    assert row.result == {"written": False}
    assert (await brief_of(user_id)).updated_at == before.updated_at
    assert len(await news_of(user_id)) == 1


async def test_trap_42_a_failed_regeneration_keeps_the_old_brief(
    perform: Perform, user_id: UUID, garden: Project
) -> None:
    await perform(job())
    before = await brief_of(user_id)

    row = await perform(job(force_regenerate=True), llm=Scripted(ZeroDivisionError("a bug")))

    assert row.status == "retrying"
    after = await brief_of(user_id)
    assert (after.title, after.markdown, after.completed_at) == (before.title, before.markdown, before.completed_at)


async def test_a_regeneration_replaces_it(perform: Perform, user_id: UUID, garden: Project) -> None:
    await perform(job())
    async with service_session("test") as session:
        await session.execute(
            sa.text("UPDATE tasks SET status = 'done', completed_at = now() WHERE title = 'Call Jonas'")
        )

    await perform(job(force_regenerate=True))

    content = BriefContent.model_validate((await brief_of(user_id)).content)
    assert content.headline == "Two things come first today"
    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(sa.func.count()).select_from(ProjectDailyBrief))).scalar_one() == 1


async def test_trap_51_a_brief_is_written_ahead_and_told_at_its_time(
    perform: Perform, user_id: UUID, garden: Project
) -> None:
    later = local_now(ZONE) + timedelta(minutes=3)
    row = await perform(job(planned_for=later))

    assert (row.status, row.scheduled_for.replace(microsecond=0)) == (
        "pending",
        later.astimezone(UTC).replace(microsecond=0),
    )
    assert (await brief_of(user_id)).completed_at is not None
    assert await news_of(user_id) == []


@pytest.mark.parametrize(
    ("days", "headline"), [(4, "Your tasks are waiting"), (10, "Do not lose the progress"), (41, "We miss you")]
)
async def test_who_was_away_is_called_back(
    perform: Perform, user_id: UUID, garden: Project, days: int, headline: str
) -> None:
    model = Scripted(RequestRejected("no"))
    await perform(job(options=BriefOptions(is_reengagement=True, days_since_last_login=days)), llm=model)

    brief = await brief_of(user_id)
    assert (brief.title, brief.is_reengagement, brief.days_away) == (headline, True, days)
    assert f"You were away for {days} days. 4 tasks wait for you." in brief.summary
    assert isinstance(model.asked[0], WriteBrief)
    assert model.asked[0].tone == {4: "gentle", 10: "motivating", 41: "warm"}[days]


async def test_trap_54_only_the_chosen_projects_are_in_it(perform: Perform, user_id: UUID, garden: Project) -> None:
    await perform(job(exclude_projects=[garden.id]))

    content = BriefContent.model_validate((await brief_of(user_id)).content)
    assert (content.projects, content.ranked) == ([], [])


async def test_trap_22_every_project_is_in_it(perform: Perform, user_id: UUID) -> None:
    async with service_session("test") as session:
        session.add_all(Project(user_id=user_id, name=f"Project {n:02}", slug=f"p{n}") for n in range(30))

    await perform(job())

    content = BriefContent.model_validate((await brief_of(user_id)).content)
    assert [part.name for part in content.projects] == [f"Project {n:02}" for n in range(30)]


async def test_trap_24_a_task_stands_in_one_list(perform: Perform, user_id: UUID, garden: Project) -> None:
    await perform(job())

    content = BriefContent.model_validate((await brief_of(user_id)).content)
    titles = [
        task.title
        for part in content.projects
        for tasks in (part.overdue, part.today, part.upcoming, part.blocked, part.done)
        for task in tasks
    ]
    assert sorted(titles) == sorted(set(titles))
    assert len(titles) == 5


async def test_a_wrong_zone_fails_at_once(perform: Perform) -> None:
    async with service_session("test") as session:
        await session.execute(sa.text("SELECT 1"))
    with pytest.raises(ValueError, match="IANA"):
        GenerateDailyBrief(brief_date=today(), timezone="Mars/Olympus")
    for zone in ("America/Port-au-Prince", "Etc/GMT+5", "Africa/Porto-Novo"):
        assert GenerateDailyBrief(brief_date=today(), timezone=zone).timezone == zone


async def test_asking_joins_what_runs_and_refuses_a_second_brief(perform: Perform, user_id: UUID) -> None:
    async with user_session(user_id) as session:
        first = await request_brief(session, user_id)
    async with user_session(user_id) as session:
        second = await request_brief(session, user_id)
    assert first != second  # the waiting one was cancelled for one that comes first
    async with service_session("test") as session:
        live = sa.text("SELECT id, priority FROM queue_jobs WHERE status = 'pending'")
        assert (await session.execute(live)).all() == [(second, 1)]

    await perform(job())
    with pytest.raises(Conflict, match="written already"):
        async with user_session(user_id) as session:
            await request_brief(session, user_id)
    with pytest.raises(InvalidInput):
        async with user_session(user_id) as session:
            await request_brief(session, user_id, brief_date=today() + timedelta(days=1))


async def test_progress_is_told_in_the_steps_of_the_table(
    perform: Perform, garden: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    tell = RunContext.progress

    async def listen(self: RunContext, step: int, steps: int, message: str) -> None:
        told.append(100 * (step - 1) // steps)
        await tell(self, step, steps, message)

    monkeypatch.setattr(RunContext, "progress", listen)

    await perform(GenerateDailyBrief(brief_date=today(), timezone=ZONE))

    assert told == [10, 20, 85, 90, 95]


async def test_a_deleted_brief_is_gone_and_its_day_stays_taken(
    perform: Perform, garden: Project, user_id: UUID
) -> None:
    await perform(GenerateDailyBrief(brief_date=today(), timezone=ZONE))
    async with user_session(user_id) as session:
        await delete_brief(session, today())

    async with user_session(user_id) as session:
        brief = await get_brief(session, today())
        parts = (await session.execute(sa.select(ProjectDailyBrief))).all()
        assert brief is not None
        assert (brief.state, brief.content, brief.markdown, parts) == ("none", {}, "", [])
        assert await list_briefs(session) == []
    await perform(GenerateDailyBrief(brief_date=today(), timezone=ZONE, planned_for=at(0, 0, 1)))
    assert (await brief_of(user_id)).completed_at is not None, "asked for, it is written again"
