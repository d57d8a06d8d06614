"""Every SQL function, called by the web role for the wrong person and for nobody. A new one without an entry fails."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from buildos_app.db.session import public_session, service_session, user_session
from tests.db.test_row_level_security import fill
from tests.fixtures.rows import rows_of

NOBODYS = "decode(md5('a guess'), 'hex')"
ATTACKS = {
    "app_user_id()": "SELECT app_user_id()",
    "find_entries(text,text,text[],integer)": (
        "SELECT e FROM find_entries('timb:* | garden:*', 'timber', '{project,task,note,brain_dump}', 50) e"
    ),
    "near_words(text[])": "SELECT w FROM near_words('{timber,garden}') w",
    "sign_up(text,text,text,text)": "SELECT sign_up('mira@example.org', 'x', 'x', 'UTC')",
    "resolve_session(bytea,interval)": f"SELECT s FROM resolve_session({NOBODYS}, '1 day') s",
    "close_session(bytea)": f"SELECT close_session({NOBODYS})",
    "resolve_personal_token(bytea)": f"SELECT resolve_personal_token({NOBODYS})",
    "count_sign_in_try(bytea,integer,interval)": f"SELECT count_sign_in_try({NOBODYS}, 10, '15 minutes')",
    "forget_sign_in_tries(bytea)": f"SELECT forget_sign_in_tries({NOBODYS})",
    "want_calendar_sync(uuid,uuid)": "SELECT want_calendar_sync(:them, :them)",
    "count_llm_call(integer)": "SELECT count_llm_call(100)",
    "count_sms()": "SELECT count_sms()",
    "set_sms_opt_out(text)": "SELECT set_sms_opt_out('x')",
    "change_password(text,bytea)": "SELECT change_password('x', NULL)",
    "end_sessions(uuid,uuid,bytea)": "SELECT end_sessions(:them, NULL, NULL)",
    "queue_caller_may(uuid)": "SELECT queue_caller_may(:them) OR queue_caller_may(NULL)",
    "add_queue_job(uuid,text,jsonb,integer,timestamp with time zone,text,integer,text)": (
        "SELECT add_queue_job(:them, 'generate_phases', '{}')"
    ),
    "cancel_queue_job(uuid,text)": "SELECT cancel_queue_job(:job)",
    "retry_queue_job(uuid)": "SELECT retry_queue_job(:job)",
    "begin_account_mail(text,text,uuid,text,bytea,interval,integer)": (
        "SELECT begin_account_mail(kind, 'mira@example.org', uuidv7(), kind, decode(md5(kind), 'hex'), '1h', 5)"
        " FROM unnest('{confirm_address,confirm_change,daily_brief}'::text[]) kind"
    ),
    "count_mail_opening(uuid)": "SELECT count_mail_opening(:them)",
    "confirm_address(bytea)": f"SELECT confirm_address({NOBODYS})",
    "is_account_token(bytea,text)": f"SELECT is_account_token({NOBODYS}, 'reset_password')",
    "reset_password(bytea,text)": f"SELECT reset_password({NOBODYS}, 'x')",
}
"""What somebody tries who may call it, and wants to reach Mira with it."""
TRUSTED = {
    "find_account(text)": "sign-in compares the hash before anybody is known; it returns nothing else",
    "open_session(uuid,bytea,interval,text,text)": "the web process calls it once the password was right",
    "uuidv7()": "makes a number; the server's own from PostgreSQL 18 on",
}
EVERY = """
    SELECT p.oid::regprocedure::text, has_function_privilege('buildos_web', p.oid, 'EXECUTE')
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
HERS = ("timber", "Garden", "mira", "Zanzibar")


async def test_the_web_role_may_call_those_and_no_other(database: str) -> None:
    async with service_session("test") as session:
        rights = dict(map(tuple, await session.execute(sa.text(EVERY))))

    assert {name for name, may in rights.items() if may} - {"uuidv7()"} == {*ATTACKS, *TRUSTED} - {"uuidv7()"}
    assert len(rights) > 2 * len(ATTACKS)


async def test_no_extension_lets_the_web_role_leave_the_database(database: str) -> None:
    query = """
        SELECT p.proname FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
        WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('buildos_web', p.oid, 'EXECUTE')
    """
    async with service_session("test") as session:
        assert set((await session.execute(sa.text(query))).scalars()) == {"show_trgm"}


@pytest.mark.parametrize("name", ATTACKS)
async def test_nobody_reaches_somebody_else_through_it(name: str, user_id: UUID, other_user_id: UUID) -> None:
    async with service_session("test") as session:
        await fill(session, user_id)
        job = (
            await session.execute(sa.text("SELECT id FROM queue_jobs WHERE user_id = :u"), {"u": user_id})
        ).scalar_one()
    before = await rows_of(user_id)

    for attacker in (user_session(other_user_id), public_session()):
        said = []
        try:
            async with attacker as session:
                said = (await session.execute(sa.text(ATTACKS[name]), {"them": user_id, "job": job})).scalars().all()
        except DBAPIError as error:
            assert any(words in str(error) for words in ("not your", "oneself only", "no such job", "nobody is signed"))
        assert not [word for word in (*HERS, str(user_id)) if word in str(said)]
        assert set(said) <= {None, False, True, "", "invalid", other_user_id}
    assert await rows_of(user_id) == before


async def test_what_the_wrong_person_may_not_do_its_own_may(user_id: UUID) -> None:
    """The attacks reach what they aim at: as Mira they work."""
    async with service_session("test") as session:
        await fill(session, user_id)
        job = (
            await session.execute(sa.text("SELECT id FROM queue_jobs WHERE user_id = :u"), {"u": user_id})
        ).scalar_one()
    before = await rows_of(user_id)
    for name in (
        "cancel_queue_job(uuid,text)",
        "retry_queue_job(uuid)",
        "end_sessions(uuid,uuid,bytea)",
        "count_sms()",
    ):
        async with user_session(user_id) as session:
            await session.execute(sa.text(ATTACKS[name]), {"them": user_id, "job": job})
    async with user_session(user_id) as session:
        found = (await session.execute(sa.text(ATTACKS["find_entries(text,text,text[],integer)"]))).all()

    after = await rows_of(user_id)
    assert {table for table in after if after[table] != before[table]} >= {"queue_jobs", "user_sessions", "sms_phones"}
    assert found


async def test_a_reset_that_anybody_asks_for_changes_no_password_and_stops_at_a_few(user_id: UUID) -> None:
    before = await rows_of(user_id)
    ask = sa.text(
        "SELECT begin_account_mail('reset_password', 'mira@example.org', gen_random_uuid(), :number, :hash, '1 h', 5)"
    )
    answers = []
    for number in range(8):
        async with public_session() as session:
            asked = ask.bindparams(number=str(number), hash=bytes([number] * 32))
            answers.append((await session.execute(asked)).scalar_one())

    after = await rows_of(user_id)
    assert answers == [True] * 5 + [False] * 3
    assert {table for table in after if after[table] != before[table]} == {"emails", "account_tokens", "queue_jobs"}
