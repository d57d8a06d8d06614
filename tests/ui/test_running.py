"""The stack, the Jobs page and what one wants to be told, through Reflex's own event processor."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from buildos_app.db.session import queue_session, user_session
from buildos_app.notifications.events import PhasesFailed
from buildos_app.notifications.notify import notify
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.queue.client import add_job, register_job_types
from buildos_app.queue.queries import JobView
from buildos_app.queue.words import address_of, failure_words
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.job_actions import JobActions
from buildos_app.ui.job_views import job_card, job_row, took_words
from buildos_app.ui.news import News
from buildos_app.ui.pages.jobs.state import JobsState
from buildos_app.ui.pages.settings.notifications.state import NotificationSettingsState
from buildos_app.ui.push import hub
from buildos_app.ui.running import Running

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def job_id(user_id: UUID) -> UUID:
    async with queue_session() as session:
        await register_job_types(session)
    async with user_session(user_id) as session:
        return await add_job(session, user_id, GeneratePhases(project_id=uuid4(), project_name="Garden"))


async def change(job_id: UUID, assignments: str) -> None:
    async with queue_session() as session:
        await session.execute(sa.text(f"UPDATE queue_jobs SET {assignments} WHERE id = '{job_id}'"))


async def test_the_stack_is_the_same_in_every_tab_and_after_a_reload(
    open_tab: Any, user_id: UUID, other_user_id: UUID, job_id: UUID
) -> None:
    progress = '{"current": 2, "total": 4, "percent": 40, "message": "Planning 12 tasks"}'
    await change(job_id, f"status = 'processing', started_at = now(), progress = '{progress}'")
    tabs = [await open_tab(user_id) for _ in range(2)]
    stranger = await open_tab(other_user_id)

    for tab in (*tabs, stranger):
        await tab.send(Inbox.sync)

    (card,) = tabs[0].show(Running, "jobs")
    assert [(each.id, each.detail) for each in tabs[1].show(Running, "jobs")] == [(card.id, card.detail)]
    assert (card.title, card.subject, card.detail) == ("Planning phases", "Garden", "Planning 12 tasks · step 2 of 4")
    assert (card.percent, card.can_cancel, tabs[0].show(Running, "live")) == (40, True, 1)
    assert stranger.show(Running, "jobs") == []


async def test_a_waiting_job_is_cancelled_and_retried_once(open_tab: Any, user_id: UUID, job_id: UUID) -> None:
    tab = await open_tab(user_id, "/jobs")
    await tab.send(JobsState.load)

    await tab.send(JobActions.cancel, {"job_id": str(job_id)})
    assert tab.show(Inbox, "answer")["text"] == "Cancelled"
    await tab.send(JobActions.cancel, {"job_id": str(job_id)})
    assert tab.show(Inbox, "answer")["text"] == "It is cancelled already"
    await tab.send(JobActions.retry, {"job_id": str(job_id)})
    await tab.send(JobsState.load)

    assert [row.chip.text for row in tab.show(JobsState, "jobs")] == ["waits", "cancelled"]
    await tab.send(JobsState.show, {"kind": "done"})
    assert [row.id for row in tab.show(JobsState, "jobs")] == [str(job_id)]


async def test_others_jobs_cannot_be_touched(open_tab: Any, other_user_id: UUID, job_id: UUID) -> None:
    tab = await open_tab(other_user_id, "/jobs")
    await tab.send(JobsState.load)

    for action in (JobActions.cancel, JobActions.retry):
        await tab.send(action, {"job_id": str(job_id)})
        assert tab.show(Inbox, "answer")["text"] == "That job does not exist any more."
    await tab.send(JobsState.load)

    assert tab.show(JobsState, "jobs") == []


async def test_jobs_are_paged_by_a_cursor(open_tab: Any, user_id: UUID, job_id: UUID) -> None:
    async with user_session(user_id) as session:
        for _ in range(55):
            await add_job(session, user_id, GeneratePhases(project_id=uuid4()))
    tab = await open_tab(user_id, "/jobs")
    await tab.send(JobsState.load)
    assert (len(tab.show(JobsState, "jobs")), tab.show(JobsState, "has_more")) == (50, True)

    await tab.send(JobsState.more)

    ids = [row.id for row in tab.show(JobsState, "jobs")]
    assert (len(ids), len(set(ids)), ids[-1]) == (56, 56, str(job_id))


async def test_what_one_wants_to_be_told(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/settings/notifications")
    await tab.send(NotificationSettingsState.load)
    await tab.send(NotificationSettingsState.turn, {"event": "phases_failed", "channel": "toast"})
    async with user_session(user_id) as session:
        notify(session, user_id, PhasesFailed(project_id=uuid4(), reason="one"))
    hub._snapshots.clear()
    await tab.send(News.sync)
    assert [(item["detail"], item["pops_up"]) for item in tab.show(News, "items")] == [("one", False)]

    await tab.send(NotificationSettingsState.turn, {"event": "phases_failed", "channel": "list"})

    rows = {row.event: row for card in tab.show(NotificationSettingsState, "topics") for row in card.rows}
    assert (rows["phases_failed"].listed, rows["phases_completed"].listed) == (False, True)
    await tab.send(NotificationSettingsState.turn, {"event": "nonsense", "channel": "list"})
    assert "cannot be told that way" in tab.show(Inbox, "answer")["text"]


async def test_an_error_of_ours_is_told(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id)

    await tab.send(Inbox.fail, {"problem": "Something went wrong."})

    assert tab.show(Inbox, "answer")["text"] == "Something went wrong."


def view(**changes: Any) -> JobView:
    values = {
        "id": uuid4(),
        "job_type": "generate_phases",
        "status": "pending",
        "payload": {},
        "progress": {},
        "result": None,
        "error_message": None,
        "attempts": 0,
        "max_attempts": 3,
        "scheduled_for": NOW,
        "created_at": NOW - timedelta(minutes=5),
        "started_at": None,
        "completed_at": None,
        "cancel_requested": False,
    }
    return JobView(**{**values, **changes})


FAILED = {"status": "failed", "started_at": NOW - timedelta(seconds=70), "completed_at": NOW - timedelta(seconds=60)}


@pytest.mark.parametrize(
    ("changes", "detail", "attempts"),
    [
        ({}, "Waits for its turn", ""),
        ({"scheduled_for": NOW + timedelta(hours=20)}, "Begins tomorrow · 09:00", ""),
        ({"status": "processing", "started_at": NOW}, "Has begun", ""),
        ({"status": "processing", "started_at": NOW, "cancel_requested": True}, "Stops as soon as it can", ""),
        (
            {
                "status": "retrying",
                "error_message": "Busy",
                "attempts": 1,
                "scheduled_for": NOW + timedelta(minutes=4),
            },
            "Busy. Next try in 4 min.",
            "try 2 of 3",
        ),
        ({**FAILED, "error_message": "No", "attempts": 3}, "No", "3 of 3 tries"),
        ({**FAILED, "status": "completed", "attempts": 1}, "Done", "after 2 tries"),
    ],
)
def test_a_job_in_plain_words(changes: dict[str, Any], detail: str, attempts: str) -> None:
    row, card = job_row(view(**changes), NOW, BERLIN), job_card(view(**changes), NOW, BERLIN)

    assert (row.detail, row.attempts, card.detail) == (detail, attempts, detail)


@pytest.mark.parametrize("percent", [None, "x", -5, 140, [1]])
def test_odd_progress_stays_between_0_and_100(percent: object) -> None:
    card = job_card(view(status="processing", started_at=NOW, progress={"percent": percent}), NOW, BERLIN)

    assert 0 <= card.percent <= 100


def test_no_failure_is_told_in_the_words_of_a_program() -> None:
    stored = [
        "stalled: the worker was lost",
        "Something went wrong (KeyError).",
        "The payload does not fit x: y.",
        None,
    ]

    for message in stored:
        words = failure_words(message)
        assert not {"stalled", "KeyError", "payload", "None"} & set(words.replace(":", " ").split())


def test_work_that_cannot_be_found_leads_to_the_jobs() -> None:
    assert address_of("generate_phases", {}, None) == "/jobs"
    assert address_of("generate_phases", {}, {"project_id": "p"}) == "/projects/p/phases"


@pytest.mark.parametrize(("seconds", "words"), [(0.42, "0.4 s"), (12, "12 s"), (200, "3 min"), (7500, "2 h 5 min")])
def test_how_long_something_took(seconds: float, words: str) -> None:
    assert took_words(timedelta(seconds=seconds)) == words
