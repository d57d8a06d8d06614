"""The administration: for administrators only, each use in the audit trail, figures from counts."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from buildos_app.accounts.admins import list_admins, set_admin
from buildos_app.accounts.sessions import hash_token, open_session, resolve_session
from buildos_app.accounts.tokens import make_token, resolve_token
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import NotFound
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.monitoring.llm import for_person
from buildos_app.monitoring.usage import check_model
from buildos_app.queue.sampling import fold_queue_counts, sample_queue
from buildos_app.ui.gate import is_admin_handler
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.admin.audit.state import AuditState
from buildos_app.ui.pages.admin.errors.state import ErrorsState
from buildos_app.ui.pages.admin.models.state import ModelsState
from buildos_app.ui.pages.admin.people.state import PeopleState
from buildos_app.ui.pages.admin.queue.state import QueueState
from buildos_app.ui.pages.settings.model.state import ModelState
from buildos_app.ui.session import AdminState
from tests.sms.people import give_phone, queue, row_of
from tests.ui.test_gate import HANDLERS, registered_handlers

ADMIN_HANDLERS = sorted(name for name, full in registered_handlers().items() if is_admin_handler(full))


@pytest.fixture
async def admin_id(user_id: UUID) -> UUID:
    await set_admin("mira@example.org", admin=True)
    return user_id


async def run(statement: str, **values: object) -> Any:
    async with service_session("test") as session:
        return await session.execute(sa.text(statement), values)


async def add_failed_jobs(user_id: UUID, count: int, job_type: str = "generate_phases") -> None:
    await run(
        "INSERT INTO queue_jobs (user_id, job_type, status, error_message, completed_at, attempts)"
        " SELECT :user_id, :job_type, 'failed', 'The model said no ' || n, now(), 3 FROM generate_series(1, :count) n",
        user_id=user_id,
        job_type=job_type,
        count=count,
    )


def test_every_admin_state_derives_from_the_guarded_one() -> None:
    states = [QueueState, ErrorsState, PeopleState, ModelsState, AuditState]

    assert all(issubclass(state, AdminState) for state in states)
    assert len(ADMIN_HANDLERS) >= 20


@pytest.mark.parametrize("short_name", ADMIN_HANDLERS)
async def test_a_person_without_the_right_calls_nothing(
    short_name: str, open_tab: Any, user_id: UUID, other_user_id: UUID
) -> None:
    await add_failed_jobs(other_user_id, 1)
    tab = await open_tab(user_id, "/admin/queue")

    await tab.send(registered_handlers()[short_name], HANDLERS[short_name])

    assert tab.redirects == ["/"]
    assert "ravi@example.org" not in tab.received
    assert "The model said no" not in tab.received
    entries = await run("SELECT count(*) FROM audit_trail WHERE actor LIKE 'admin %'")
    assert entries.scalar_one() == 0


async def test_nobody_is_an_administrator_until_the_command_says_so(user_id: UUID) -> None:
    assert await list_admins() == []
    await set_admin(" Mira@example.org", admin=True)
    assert await list_admins() == ["mira@example.org"]
    await set_admin("mira@example.org", admin=False)
    assert await list_admins() == []
    with pytest.raises(NotFound):
        await set_admin("nobody@example.org", admin=True)


async def test_a_right_that_is_taken_back_ends_with_the_next_event(open_tab: Any, admin_id: UUID) -> None:
    tab = await open_tab(admin_id, "/admin/queue")
    await tab.send(QueueState.load)
    assert tab.redirects == []
    await set_admin("mira@example.org", admin=False)

    await tab.send(QueueState.load)

    assert tab.redirects == ["/"]


async def test_the_queue_page_shows_samples_and_counts(open_tab: Any, admin_id: UUID, other_user_id: UUID) -> None:
    for _ in range(3):
        await run("SELECT add_queue_job(:user_id, 'generate_phases', '{}')", user_id=other_user_id)
    await run(
        "SELECT add_queue_job(:id, 'send_sms', '{}', p_scheduled_for => now() + interval '1 day')", id=other_user_id
    )
    await sample_queue()
    await run(
        "INSERT INTO queue_counts (bucket, job_type, outcome, runs, seconds) VALUES"
        " (now(), 'generate_phases', 'completed', 8, 4), (now(), 'generate_phases', 'failed', 2, 0),"
        " (now() - interval '3 days', 'generate_phases', 'completed', 90, 9)"
    )
    tab = await open_tab(admin_id, "/admin/queue")

    await tab.send(QueueState.load)

    tiles = {tile.label: tile.value for tile in tab.show(QueueState, "tiles")}
    assert (tiles["Waiting"], tiles["Completed"], tiles["Failed"], tiles["Workers"]) == ("3", "8", "2", "0")
    rows = {row.name: row for row in tab.show(QueueState, "types")}
    assert (rows["generate_phases"].waiting, rows["generate_phases"].duration) == ("3", "500 ms")
    assert (tab.show(QueueState, "is_stale"), rows["send_sms"].waiting) == (False, "0")
    assert len(tab.show(QueueState, "ended")) == 48
    assert "8 completed, 2 failed" in tab.show(QueueState, "ended")[-1].title
    await tab.send(QueueState.choose_range, {"name": "week"})
    assert {tile.label: tile.value for tile in tab.show(QueueState, "tiles")}["Completed"] == "98"


async def test_failed_jobs_are_retried_in_bulk(open_tab: Any, admin_id: UUID, other_user_id: UUID) -> None:
    await add_failed_jobs(other_user_id, 60)
    await add_failed_jobs(other_user_id, 1, "send_sms")
    tab = await open_tab(admin_id, "/admin/queue")
    await tab.send(QueueState.load)
    assert (len(tab.show(QueueState, "failed")), tab.show(QueueState, "has_more")) == (50, True)
    await tab.send(QueueState.more)
    assert (len(tab.show(QueueState, "failed")), tab.show(QueueState, "has_more")) == (61, False)
    await tab.send(QueueState.choose_type, {"job_type": "send_sms"})
    assert [row.message for row in tab.show(QueueState, "failed")] == ["The model said no 1"]
    await tab.send(QueueState.choose_type, {"job_type": ""})

    await tab.send(QueueState.select_all)
    await tab.send(QueueState.retry_selected)

    assert tab.show(Inbox, "answer")["text"] == "50 jobs added again"
    assert len(tab.show(QueueState, "failed")) == 11
    waiting = await run("SELECT count(*) FROM queue_jobs WHERE status = 'pending' AND user_id = :id", id=other_user_id)
    assert waiting.scalar_one() == 50


async def test_errors_are_found_and_resolved(open_tab: Any, admin_id: UUID, other_user_id: UUID) -> None:
    await run(
        "INSERT INTO error_logs (error_type, message, user_id, job_type, attempt, outcome)"
        " SELECT 'Bug' || n % 2, 'It broke ' || n, :id, 'send_sms', 1, 'failed' FROM generate_series(1, 4) n",
        id=other_user_id,
    )
    tab = await open_tab(admin_id, "/admin/errors")
    await tab.send(ErrorsState.load)
    rows = tab.show(ErrorsState, "errors")
    assert [row.message for row in rows] == [f"It broke {number}" for number in (4, 3, 2, 1)]
    assert "ravi@example.org" in rows[0].detail

    await tab.send(ErrorsState.choose_type, {"error_type": "Bug1"})
    await tab.send(ErrorsState.select_all)
    await tab.send(ErrorsState.select, {"error_id": 12345})
    await tab.send(ErrorsState.resolve, {"form": {"note": "  mended\n the cable "}})

    assert (tab.show(ErrorsState, "errors"), tab.show(Inbox, "answer")["text"]) == ([], "2 resolved")
    await tab.send(ErrorsState.choose_type, {"error_type": ""})
    assert [row.error_type for row in tab.show(ErrorsState, "errors")] == ["Bug0", "Bug0"]
    await tab.send(ErrorsState.show_resolved, {"resolved": True})
    assert [row.note for row in tab.show(ErrorsState, "errors")] == ["Resolved just now. mended the cable"] * 2


async def test_people_are_found_shut_out_and_signed_out(open_tab: Any, admin_id: UUID, other_user_id: UUID) -> None:
    token = await open_session(other_user_id, user_agent="", address="")
    async with user_session(other_user_id) as session:
        personal = await make_token(session, other_user_id, "Script")
    await give_phone(other_user_id)
    text_id = await queue(other_user_id)
    tab = await open_tab(admin_id, "/admin/people")
    await tab.send(PeopleState.load)
    assert {row.email for row in tab.show(PeopleState, "people")} == {"mira@example.org", "ravi@example.org"}
    await tab.send(PeopleState.find, {"form": {"search": "%"}})
    assert tab.show(PeopleState, "people") == []
    await tab.send(PeopleState.find, {"form": {"search": "RAVI@"}})
    (row,) = tab.show(PeopleState, "people")

    await tab.send(PeopleState.shut_out, {"person_id": row.id})

    assert await resolve_session(hash_token(token)) is None
    assert await resolve_token(personal) is None
    text = await row_of(text_id)
    assert (text.status, text.reason) == ("cancelled", "Your account was shut out, so that nothing was sent.")
    assert [(row.restricted, row.sessions) for row in tab.show(PeopleState, "people")] == [(True, 0)]
    await tab.send(PeopleState.let_in, {"person_id": row.id})
    token = await open_session(other_user_id, user_agent="", address="")
    await tab.send(PeopleState.sign_out, {"person_id": row.id})
    assert await resolve_session(hash_token(token)) is None
    assert await resolve_token(personal) == other_user_id
    await tab.send(PeopleState.shut_out, {"person_id": str(admin_id)})
    assert "You cannot shut yourself out" in tab.received


async def test_calls_of_models_are_added_up(open_tab: Any, admin_id: UUID, other_user_id: UUID) -> None:
    await check_model(for_person(OfflineEngine(), other_user_id))
    await check_model(for_person(OfflineEngine(), admin_id))
    tab = await open_tab(admin_id, "/admin/models")

    await tab.send(ModelsState.load)

    tiles = {tile.label: tile.value for tile in tab.show(ModelsState, "tiles")}
    assert (tiles["Calls"], tiles["Failed"], tiles["Cost"]) == ("2", "0", "$0.00")
    assert [row.label for row in tab.show(ModelsState, "by_purpose")] == ["Testing the engine"]
    assert [row.outcome for row in tab.show(ModelsState, "calls")] == ["success", "success"]


async def test_a_call_leads_to_what_it_served_for_its_own_person(
    open_tab: Any, admin_id: UUID, other_user_id: UUID
) -> None:
    dump_id, brief_id = uuid4(), uuid4()
    for user_id in (admin_id, other_user_id):
        await run(
            "INSERT INTO llm_calls (user_id, purpose, engine, outcome, brain_dump_id)"
            " VALUES (:user_id, 'extract_tasks', 'offline', 'success', :dump_id)",
            user_id=user_id,
            dump_id=dump_id,
        )
    await run(
        "INSERT INTO daily_briefs (id, user_id, brief_date) VALUES (:id, :user_id, '2026-11-24')",
        id=brief_id,
        user_id=admin_id,
    )
    await run(
        "INSERT INTO llm_calls (user_id, purpose, engine, outcome, brief_id)"
        " VALUES (:user_id, 'write_brief', 'offline', 'success', :brief_id)",
        user_id=admin_id,
        brief_id=brief_id,
    )
    tab = await open_tab(admin_id, "/admin/models")

    await tab.send(ModelsState.load)
    await tab.send(ModelState.load)

    served = [(link.label, link.href) for row in tab.show(ModelsState, "calls") for link in row.served]
    own = [("brief of 2026-11-24", "/briefs/2026-11-24"), ("dump", f"/dump/{dump_id}")]
    assert served == [own[0], ("dump", ""), own[1]]
    assert [(link.label, link.href) for row in tab.show(ModelState, "latest") for link in row.served] == own


async def test_what_administrators_do_is_in_the_audit_trail(open_tab: Any, admin_id: UUID, other_user_id: UUID) -> None:
    tab = await open_tab(admin_id, "/admin/people")
    await tab.send(PeopleState.sign_out, {"person_id": str(other_user_id)})

    await tab.send(AuditState.load)

    entry = next(row for row in tab.show(AuditState, "entries") if row.reason == "end a person's sessions")
    assert (entry.actor, entry.person) == (f"admin {admin_id}", "ravi@example.org")


async def test_old_counts_keep_their_sums(database: str) -> None:
    await run(
        "INSERT INTO queue_counts (bucket, job_type, outcome, runs, seconds)"
        " SELECT date_trunc('minute', now()) - n * interval '1 minute', 'send_sms', 'completed', 2, 0.5"
        " FROM generate_series(0, 5999) n"
    )
    await run(
        "INSERT INTO queue_samples (at, job_type, status) SELECT date_trunc('hour', now()) - n * interval '1 minute',"
        " '', '' FROM generate_series(0, 5999) n"
    )

    for _ in range(2):
        await fold_queue_counts()
        await run("DELETE FROM queue_ticks")

    count, runs, seconds = (await run("SELECT count(*), sum(runs), sum(seconds) FROM queue_counts")).one()
    assert (runs, seconds) == (12_000, 3_000)
    assert count < 48 * 60 + 60
    assert (await run("SELECT count(*) FROM queue_samples")).scalar_one() < 48 * 60 + 4 * 60


async def test_the_first_data_of_100_000_jobs_come_at_once(open_tab: Any, admin_id: UUID, other_user_id: UUID) -> None:
    await run(
        "INSERT INTO queue_jobs (user_id, job_type, status, completed_at, error_message)"
        " SELECT :id, 'generate_phases', s::queue_status, now(), 'The model is busy' FROM generate_series(1, 20000),"
        " unnest(ARRAY['completed', 'completed', 'completed', 'failed', 'pending']) s",
        id=other_user_id,
    )
    await sample_queue()
    tab = await open_tab(admin_id, "/admin/queue")
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        await tab.send(QueueState.load)
        taken.append(time.perf_counter() - began)

    assert {tile.label: tile.value for tile in tab.show(QueueState, "tiles")}["Waiting"] == "20,000"
    assert min(taken) < 0.3, "the benchmark admin.py tells where the time goes"
