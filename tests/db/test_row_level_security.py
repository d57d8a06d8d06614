"""The web role sees and writes its person's rows, in every table, and nothing without a person."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.session import public_session, service_session, user_session
from buildos_app.models.all import metadata

NO_RIGHT_AT_ALL = {
    "account_tokens",
    "sign_in_tries",
    "audit_trail",
    "error_logs",
    "queue_ticks",
    "queue_counts",
    "queue_samples",
    "queue_retries",
    "queue_workers",
    "search_entries",
    "search_words",
    "sms_inbound",
}
SHARED = {"queue_settings"}
PERSONAL = sorted(set(metadata.tables) - NO_RIGHT_AT_ALL - SHARED)

ROWS = {
    "users": "SELECT 1",
    "user_sessions": "INSERT INTO user_sessions (user_id, token_hash, expires_at) VALUES (:u, decode(md5(:u), "
    "'hex'), now())",
    "personal_tokens": (
        "INSERT INTO personal_tokens (user_id, name, token_hash) VALUES (:u, 'Script', decode(md5(:u), 'hex'))"
    ),
    "data_files": (
        "INSERT INTO data_files (user_id, kind, content, expires_at) VALUES (:u, 'export', decode('00', 'hex'), now())"
    ),
    "llm_calls": "INSERT INTO llm_calls (user_id, outcome) VALUES (:u, 'success')",
    "llm_usage": "SELECT 1",  # the trigger on llm_calls writes it
    "llm_daily_calls": "INSERT INTO llm_daily_calls (user_id, day) VALUES (:u, now())",
    "projects": "INSERT INTO projects (id, user_id, name, slug) VALUES (:u, :u, 'Garden', 'garden')",
    "project_versions": "INSERT INTO project_versions (user_id, project_id, version) VALUES (:u, :u, 1)",
    "brain_dumps": "INSERT INTO brain_dumps (id, user_id, content) VALUES (:u, :u, 'buy timber')",
    "brain_dump_operations": (
        "INSERT INTO brain_dump_operations (user_id, brain_dump_id, position, target) VALUES (:u, :u, 1, 'tasks')"
    ),
    "brain_dump_questions": "INSERT INTO brain_dump_questions (user_id, question) VALUES (:u, 'Which yard?')",
    "tasks": "INSERT INTO tasks (id, user_id, project_id, title) VALUES (:u, :u, :u, 'Buy timber')",
    "task_dependencies": (
        "WITH other AS (INSERT INTO tasks (user_id, title) VALUES (:u, 'Measure') RETURNING id) "
        "INSERT INTO task_dependencies (user_id, task_id, needs_id) SELECT :u, :u, id FROM other"
    ),
    "task_instances": "INSERT INTO task_instances (user_id, task_id, instance_date) VALUES (:u, :u, '2026-11-23')",
    "task_changes": "INSERT INTO task_changes (user_id, task_id) VALUES (:u, :u)",
    "notes": "INSERT INTO notes (user_id, title) VALUES (:u, 'Timber is dear')",
    "phases": (
        'INSERT INTO phases (id, user_id, project_id, name, start_date, end_date, "order")'
        " VALUES (:u, :u, :u, 'Dig', '2026-11-23', '2026-11-29', 1)"
    ),
    "phase_tasks": "INSERT INTO phase_tasks (user_id, phase_id, task_id) VALUES (:u, :u, :u)",
    "phase_proposals": "INSERT INTO phase_proposals (user_id, project_id) VALUES (:u, :u)",
    "brief_preferences": "INSERT INTO brief_preferences (user_id) VALUES (:u)",
    "onboarding_answers": "INSERT INTO onboarding_answers (user_id, projects) VALUES (:u, 'x')",
    "onboarding_findings": "INSERT INTO onboarding_findings (user_id, kind, name) VALUES (:u, 'project', 'x')",
    "daily_briefs": "INSERT INTO daily_briefs (id, user_id, brief_date) VALUES (:u, :u, '2026-11-23')",
    "project_daily_briefs": (
        "INSERT INTO project_daily_briefs (user_id, daily_brief_id, project_id, brief_date)"
        " VALUES (:u, :u, :u, '2026-11-23')"
    ),
    "emails": "INSERT INTO emails (user_id, kind, message_id) VALUES (:u, 'daily_brief', :u)",
    "notifications": "INSERT INTO notifications (user_id, event) VALUES (:u, 'phases_completed')",
    "notification_preferences": (
        "INSERT INTO notification_preferences (user_id, event, channel, is_on) VALUES (:u, 'x', 'toast', false)"
    ),
    "calendar_connections": (
        "INSERT INTO calendar_connections (user_id, grant_sealed, expires_at) VALUES (:u, decode('00', 'hex'), now())"
    ),
    "calendar_sign_ins": (
        "INSERT INTO calendar_sign_ins (user_id, state_hash, session_hash, verifier_sealed, expires_at)"
        " VALUES (:u, decode(md5(:u), 'hex'), decode('00', 'hex'), decode('00', 'hex'), now())"
    ),
    "calendars": "INSERT INTO calendars (id, user_id, remote_id) VALUES (:u, :u, 'primary')",
    "calendar_channels": (
        "INSERT INTO calendar_channels (user_id, calendar_id, channel_id, resource_id, expires_at)"
        " VALUES (:u, :u, :u, 'watched', now())"
    ),
    "project_calendars": "INSERT INTO project_calendars (user_id, project_id, calendar_id) VALUES (:u, :u, :u)",
    "calendar_links": (
        "INSERT INTO calendar_links (user_id, task_id, calendar_id, event_id) VALUES (:u, :u, :u, 'event')"
    ),
    "calendar_conflicts": "INSERT INTO calendar_conflicts (user_id, title) VALUES (:u, 'Buy timber')",
    "calendar_events": (
        "INSERT INTO calendar_events (user_id, calendar_id, event_id, starts_at, ends_at)"
        " VALUES (:u, :u, 'lunch', now(), now())"
    ),
    "calendar_feeds": "INSERT INTO calendar_feeds (user_id) VALUES (:u)",
    "sms_preferences": "INSERT INTO sms_preferences (user_id) VALUES (:u)",
    "sms_phones": "INSERT INTO sms_phones (user_id, number) VALUES (:u, '+4930123456')",
    "sms_messages": "INSERT INTO sms_messages (user_id, kind, scheduled_for) VALUES (:u, 'task_reminder', now())",
    "queue_jobs": "SELECT add_queue_job(CAST(:u AS uuid), 'generate_phases', '{}')",
}

WRITTEN_BY_FUNCTIONS = {
    "project_versions",
    "users",
    "user_sessions",
    "queue_jobs",
    "llm_usage",
    "llm_daily_calls",
    "sms_phones",
}
ONLY_ADDED = {"llm_calls", "task_changes"}


async def fill(session: AsyncSession, user_id: UUID) -> None:
    for statement in ROWS.values():
        await session.execute(sa.text(statement.replace(":u", f"'{user_id}'")))


async def count(session: AsyncSession, table: str) -> int:
    return int((await session.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one())


def test_every_table_is_in_this_test() -> None:
    assert set(ROWS) == set(PERSONAL)


@pytest.mark.parametrize("table", PERSONAL)
async def test_a_person_sees_their_own_rows_only(table: str, user_id: UUID, other_user_id: UUID) -> None:
    async with service_session("test") as session:
        await fill(session, user_id)
        await fill(session, other_user_id)
        everything = await count(session, table)

    async with user_session(user_id) as session:
        assert await count(session, table) == everything / 2
        owners = (
            await session.execute(sa.text(f"SELECT {'id' if table == 'users' else 'user_id'} FROM {table}"))
        ).scalars()
        assert set(owners) == {user_id}
    async with public_session() as session:
        assert await count(session, table) == 0


@pytest.mark.parametrize("table", sorted(NO_RIGHT_AT_ALL))
async def test_the_web_role_cannot_even_ask(table: str, user_id: UUID) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with user_session(user_id) as session:
            await count(session, table)


@pytest.mark.parametrize("table", sorted(set(PERSONAL) - WRITTEN_BY_FUNCTIONS))
async def test_nobody_writes_a_row_for_somebody_else(table: str, user_id: UUID, other_user_id: UUID) -> None:
    async with service_session("test") as session:
        for name, statement in ROWS.items():
            if name == table:
                break
            await session.execute(sa.text(statement.replace(":u", f"'{other_user_id}'")))

    with pytest.raises(DBAPIError, match="row-level security"):
        async with user_session(user_id) as session:
            await session.execute(sa.text(ROWS[table].replace(":u", f"'{other_user_id}'")))
    with pytest.raises(DBAPIError, match="row-level security"):
        async with public_session() as session:
            await session.execute(sa.text(ROWS[table].replace(":u", f"'{other_user_id}'")))


@pytest.mark.parametrize("table", sorted(set(PERSONAL) - WRITTEN_BY_FUNCTIONS - ONLY_ADDED))
async def test_nobody_changes_or_deletes_rows_of_somebody_else(table: str, user_id: UUID, other_user_id: UUID) -> None:
    async with service_session("test") as session:
        await fill(session, other_user_id)

    column = "read_at" if table == "notifications" else "updated_at"
    async with user_session(user_id) as session:
        changed = await session.execute(sa.text(f"UPDATE {table} SET {column} = now()"))
        assert changed.rowcount == 0
    async with public_session() as session:
        assert (await session.execute(sa.text(f"UPDATE {table} SET {column} = now()"))).rowcount == 0
    if table != "notifications":
        async with user_session(user_id) as session:
            assert (await session.execute(sa.text(f"DELETE FROM {table}"))).rowcount == 0
        async with public_session() as session:
            assert (await session.execute(sa.text(f"DELETE FROM {table}"))).rowcount == 0


async def test_a_row_cannot_hang_below_a_row_of_somebody_else(user_id: UUID, other_user_id: UUID) -> None:
    async with service_session("test") as session:
        await fill(session, other_user_id)

    with pytest.raises(DBAPIError, match="fk_tasks_user_id_project_id"):
        async with user_session(user_id) as session:
            await session.execute(
                sa.text("INSERT INTO tasks (user_id, project_id, title) VALUES (:me, :them, 'Sneak in')"),
                {"me": user_id, "them": other_user_id},
            )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password_hash FROM users",
        "SELECT token_hash FROM user_sessions",
        "UPDATE users SET is_admin = true",
        "UPDATE users SET email = 'root@example.org'",
        "UPDATE queue_jobs SET status = 'completed'",
        "INSERT INTO queue_jobs (job_type) VALUES ('send_sms')",
        "DELETE FROM users",
        "UPDATE task_changes SET cause = 'somebody else'",
        "DELETE FROM task_changes",
        "INSERT INTO project_versions (user_id) VALUES (app_user_id())",
        "DELETE FROM project_versions",
        "SELECT claim_pending_jobs(ARRAY['generate_phases'], 5)",
        "SELECT complete_queue_job(gen_random_uuid())",
        "SELECT reset_stalled_jobs()",
        "CREATE TABLE mine (id int)",
    ],
)
async def test_rights_that_the_web_role_must_not_have(statement: str, user_id: UUID) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with user_session(user_id) as session:
            await session.execute(sa.text(statement))


async def test_a_role_does_not_outlive_its_transaction(user_id: UUID) -> None:
    async with user_session(user_id) as session:
        inside = (await session.execute(sa.text("SELECT current_user, app_user_id()"))).one()
    async with public_session() as session:
        after = (await session.execute(sa.text("SELECT current_user, app_user_id()"))).one()

    assert tuple(inside) == ("buildos_web", user_id)
    assert tuple(after) == ("buildos_web", None)
