"""A newcomer's answers: kept, read by a job, and suggestions that are accepted one by one."""

from collections.abc import AsyncIterator
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import openai
import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlmodel import col

from buildos_app.accounts.working_hours import WorkingHours, get_working_hours
from buildos_app.briefs.preferences import get_preferences, store
from buildos_app.db.session import user_session
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.integrations.offline.newcomers import read_answers
from buildos_app.integrations.openai import OpenAIModel
from buildos_app.models.brain_dump import Question
from buildos_app.models.notification import Notification
from buildos_app.models.onboarding import HoursValue, read_setting
from buildos_app.models.project import Project
from buildos_app.onboarding.answers import NAMES, finish, get_answers, keep_answer, skip
from buildos_app.onboarding.findings import accept_finding, list_findings, put_away
from buildos_app.onboarding.jobs import OnboardingAnalysis
from buildos_app.onboarding.prompts import Findings, FoundBrief, FoundHours, FoundProject, FoundQuestion, ReadAnswers
from buildos_app.onboarding.reading import checked
from buildos_app.ui.pages.welcome.state import WelcomeState
from tests.fixtures.jobs import Perform
from tests.fixtures.processes import Sandbox

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))
WORDS = {
    "projects": "Get the garden ready before winter\nRelaunch the website",
    "work_style": "I work 8:30 to 4, Monday to Thursday. Mornings are for hard things.",
    "challenges": "I start too many things.",
    "help_focus": "",
}


async def answer(user_id: UUID, **words: str) -> None:
    async with user_session(user_id) as session:
        for name, text in (words or WORDS).items():
            await keep_answer(session, user_id, name, text)


async def found(user_id: UUID) -> dict[str, UUID]:
    async with user_session(user_id) as session:
        return {item.name: item.id for item in await list_findings(session)}


async def test_answers_are_kept_as_they_are_typed(user_id: UUID) -> None:
    await answer(user_id, projects="Gar", challenges="x")
    await answer(user_id, projects="Garden\0")

    async with user_session(user_id) as session:
        answers = await get_answers(session)
        with pytest.raises(InvalidInput, match="longer than"):
            await keep_answer(session, user_id, "projects", "x" * 5001)
        with pytest.raises(InvalidInput, match="no such question"):
            await keep_answer(session, user_id, "user_id", "x")
    assert answers.words == dict.fromkeys(NAMES, "") | {"projects": "Garden", "challenges": "x"}


async def test_the_job_suggests_and_nothing_else(user_id: UUID, perform: Perform) -> None:
    await answer(user_id)

    job = await perform(OnboardingAnalysis())

    assert (job.status, job.result) == ("completed", {"finding_count": 8})
    names = list(await found(user_id))
    assert names[:2] == ["Get the garden ready before winter", "Relaunch the website"]
    assert "Working hours: 08:30 to 16:00, Mon, Tue, Wed, Thu" in names
    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(sa.func.count()).select_from(Project))).scalar_one() == 0
        assert (await get_answers(session)).is_read
        ((event, payload),) = await session.execute(sa.select(col(Notification.event), col(Notification.payload)))
    assert (event, payload["summary"]) == ("onboarding_completed", "2 projects, 5 questions, 1 setting")


async def test_suggestions_are_accepted_one_by_one_and_not_made_again(user_id: UUID, perform: Perform) -> None:
    await answer(user_id)
    await perform(OnboardingAnalysis())
    ids = await found(user_id)
    garden, website = ids["Get the garden ready before winter"], ids["Relaunch the website"]

    async with user_session(user_id) as session:
        assert "is a project now" in await accept_finding(session, user_id, garden)
        await accept_finding(session, user_id, next(key for name, key in ids.items() if name.startswith("Working")))
        await accept_finding(session, user_id, next(key for name, key in ids.items() if name.startswith("When")))
        await put_away(session, website)
    with pytest.raises(Conflict):
        async with user_session(user_id) as session:
            await accept_finding(session, user_id, website)
    await perform(OnboardingAnalysis())

    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(col(Project.name)))).scalars().all() == [
            "Get the garden ready before winter"
        ]
        assert (await session.execute(sa.select(col(Question.status)))).scalars().all() == ["active"]
        assert await get_working_hours(session, user_id) == WorkingHours(time(8, 30), time(16), (1, 2, 3, 4))
    assert not {"Get the garden ready before winter", "Relaunch the website"} & (await found(user_id)).keys()


async def test_settings_that_were_asked_for_come_into_force(user_id: UUID, perform: Perform) -> None:
    await answer(user_id, help_focus="Tell me every Monday at 7:15 by e-mail what comes first.")
    await perform(OnboardingAnalysis())
    ids = await found(user_id)

    async with user_session(user_id) as session:
        for name in ("A brief every Monday at 07:15", "Your briefs by mail too"):
            assert await accept_finding(session, user_id, ids[name]) == "Your briefs come as you said"
        chosen = await get_preferences(session, user_id)
    assert (chosen.frequency, chosen.day_of_week, chosen.time_of_day) == ("weekly", 1, time(7, 15))
    assert (chosen.is_active, chosen.email_daily_brief) == (True, True)


@pytest.mark.parametrize(("day", "number"), [(7, 0), (1, 1), (6, 6), (None, None), (8, None)])
def test_weekdays_are_numbered_as_briefs_number_them(day: int | None, number: int | None) -> None:
    """A model counts Monday as 1 and Sunday as 7; schedules count Sunday as 0."""
    (finding,) = checked(Findings(brief=FoundBrief(time="07:15", day=day)), WORDS, [], set())

    assert finding.value == {"setting": "brief", "at": "07:15:00", "day_of_week": number}


async def test_a_wish_for_mail_turns_no_brief_on(user_id: UUID, perform: Perform) -> None:
    async with user_session(user_id) as session:
        await store(session, user_id, {"is_active": False})
    await answer(user_id, help_focus="Send me my brief by e-mail.")
    await perform(OnboardingAnalysis())
    ids = await found(user_id)

    async with user_session(user_id) as session:
        await accept_finding(session, user_id, ids["Your briefs by mail too"])
        chosen = await get_preferences(session, user_id)
    assert not any(name.startswith("A brief every") for name in ids)
    assert (chosen.is_active, chosen.email_daily_brief) == (False, True)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"start": "09:00"},
        {"start": "17:00", "end": "09:00", "days": [1]},
        {"start": "09:00", "end": "17:00", "days": [0]},
        {"start": "09:00", "end": "17:00", "days": []},
        {"start": "09:00+02:00", "end": "17:00", "days": [1]},
        {"setting": "brief", "at": "25:00"},
        {"setting": "brief", "at": "07:00", "day_of_week": 7},
        {"setting": "is_admin"},
        {"setting": "brief_email", "to": "somebody@example.org"},
        ["hours"],
        "09:00",
        None,
    ],
)
def test_a_value_that_is_no_setting_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        read_setting(value)


def test_working_hours_of_older_suggestions_are_still_read() -> None:
    assert read_setting({"start": "08:30", "end": "16:00", "days": [1, 2]}) == HoursValue(
        start=time(8, 30), end=time(16), days=(1, 2)
    )


async def test_somebody_elses_suggestion_does_not_exist(user_id: UUID, other_user_id: UUID, perform: Perform) -> None:
    await answer(user_id)
    await perform(OnboardingAnalysis())
    theirs = next(iter((await found(user_id)).values()))

    with pytest.raises(NotFound):
        async with user_session(other_user_id) as session:
            await accept_finding(session, other_user_id, theirs)
    async with user_session(other_user_id) as session:
        assert (await get_answers(session)).is_blank


@pytest_asyncio.fixture
async def model(sandbox: Sandbox) -> AsyncIterator[OpenAIModel]:
    async with openai.AsyncOpenAI(api_key="none", base_url=sandbox.openai_url, timeout=0.5, max_retries=0) as client:
        yield OpenAIModel(client, "sandbox")


@pytest.mark.parametrize(
    ("turn", "status", "events"),
    [
        ({"kind": "status", "status": 500}, "retrying", []),
        ({"kind": "status", "status": 400}, "failed", ["onboarding_failed"]),
        ({"kind": "status", "status": 429, "headers": {"retry-after": "17"}}, "retrying", []),
        ({"kind": "hold"}, "retrying", []),
        ({"kind": "text", "text": '{"projects": [' * 50, "cut": True}, "retrying", []),
        ({"kind": "text", "text": "no idea"}, "retrying", []),
    ],
)
async def test_a_model_that_fails_changes_nothing(
    user_id: UUID,
    perform: Perform,
    model: OpenAIModel,
    sandbox: Sandbox,
    turn: dict[str, Any],
    status: str,
    events: Any,
) -> None:
    await answer(user_id)
    sandbox.next(turn, turn)

    job = await perform(OnboardingAnalysis(), llm=model)

    assert job.status == status
    async with user_session(user_id) as session:
        assert list((await session.execute(sa.select(col(Notification.event)))).scalars()) == events
        assert not (await get_answers(session)).is_read
    assert await found(user_id) == {}


async def test_blank_answers_are_not_read(user_id: UUID, perform: Perform) -> None:
    job = await perform(OnboardingAnalysis())

    assert (job.status, job.error_message) == ("failed", "There is nothing to read yet. Write a few words first.")
    with pytest.raises(InvalidInput):
        async with user_session(user_id) as session:
            await finish(session, user_id)


def test_a_reading_is_held_against_what_was_written() -> None:
    reply = Findings(
        projects=[
            FoundProject(name="Garden", quote="get the GARDEN ready"),
            FoundProject(name="garden", quote="twice"),
            FoundProject(name="Website", quote="words that nobody wrote"),
            FoundProject(name="Taxes"),
            FoundProject(name=" \0 "),
        ],
        questions=[FoundQuestion(question="When?", category="made up"), FoundQuestion(question="when?")],
        hours=FoundHours(start="25:00", end="17:00"),
    )

    findings = checked(reply, WORDS, ["taxes"], {("question", "when?")})

    assert [(item.kind, item.name, item.quote) for item in findings] == [
        ("project", "Garden", "get the GARDEN ready"),
        ("project", "Website", ""),
    ]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("I work 9-5", ("09:00", "17:00", [])),
        ("from 8 am until 4:30 pm, Tuesday through Saturday", ("08:00", "16:30", [2, 3, 4, 5, 6])),
        ("no Fridays please", ("", "", [1, 2, 3, 4])),
        ("mostly at night", None),
        ("99 to 120 things", None),
    ],
)
def test_hours_are_read_where_they_are_written(text: str, hours: tuple[str, str, list[int]] | None) -> None:
    found = read_answers(ReadAnswers(work_style=text, now=NOW)).hours

    assert (found and (found.start, found.end, found.days)) == hours


async def test_the_flow_saves_begins_where_one_left_and_suggests(
    open_tab: Any, user_id: UUID, perform: Perform
) -> None:
    today = await open_tab(user_id, "/")
    await today.send(WelcomeState.look)
    assert today.show(WelcomeState, "is_invited")
    tab = await open_tab(user_id, "/welcome")
    await tab.send(WelcomeState.open)
    await tab.send(WelcomeState.keep, {"name": "projects", "text": "Garden\nWebsite"})
    assert (tab.show(WelcomeState, "saved"), tab.show(WelcomeState, "step")) == ("Saved", 0)
    await tab.send(WelcomeState.keep, {"name": "projects", "text": "Garden\nWebsite\n"})
    await tab.send(WelcomeState.go, {"step": 1})  # who comes back to a question finds the last words
    assert tab.show(WelcomeState, "answers")["projects"] == "Garden\nWebsite\n"
    await tab.send(WelcomeState.keep, {"name": "projects", "text": "Garden\nWebsite"})

    again = await open_tab(user_id, "/welcome")
    await again.send(WelcomeState.open)
    assert (again.show(WelcomeState, "step"), again.show(WelcomeState, "answers")["projects"]) == (1, "Garden\nWebsite")
    await again.send(WelcomeState.read)
    await again.send(WelcomeState.read)
    assert again.show(WelcomeState, "is_reading")
    await perform(OnboardingAnalysis())
    await again.send(WelcomeState.load)
    garden, website = again.show(WelcomeState, "projects")
    await again.send(WelcomeState.accept, {"finding_id": garden.id})
    await again.send(WelcomeState.put_away, {"finding_id": website.id})
    assert again.show(WelcomeState, "projects") == []
    await again.send(WelcomeState.keep, {"name": "challenges", "text": "too much"})
    assert again.show(WelcomeState, "is_stale")
    await today.send(WelcomeState.look)
    assert not today.show(WelcomeState, "is_invited")


async def test_skipping_is_remembered(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/welcome")
    await tab.send(WelcomeState.skip)

    assert tab.redirects == ["/"]
    async with user_session(user_id) as session:
        await skip(session, user_id)
        assert (await get_answers(session)).is_skipped
