"""Mail about accounts: links that work once and for a while, and tell nobody whether an account exists."""

import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa

from buildos_app.accounts import mail
from buildos_app.accounts.accounts import sign_in, sign_up
from buildos_app.accounts.sessions import open_session, resolve_session
from buildos_app.api.middleware import SecurityHeaders
from buildos_app.api.routes import routes
from buildos_app.briefs.email import prepare
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, InvalidInput, NotPermitted
from buildos_app.mail.identity import unsubscribe_token
from buildos_app.models.email import Email
from buildos_app.ports import OutgoingMail

PASSWORD, NEW = "correct horse battery staple", "another horse, another battery"


@pytest.fixture
async def mira(database: str) -> UUID:
    return await sign_up(email="mira@example.org", password=PASSWORD, name="Mira")


async def the_mail(user_id: UUID) -> OutgoingMail:
    async with service_session("test") as session:
        email_id = (await session.execute(sa.select(Email.id).order_by(Email.id.desc()).limit(1))).scalar_one()
    async with user_session(user_id) as session:
        prepared = await prepare(session, user_id, email_id)
    assert isinstance(prepared, OutgoingMail)
    return prepared


def token_in(prepared: OutgoingMail) -> str:
    found = re.search(r"#([\w-]+)", prepared.text)
    assert found is not None
    return found[1]


async def value(query: str) -> Any:
    async with service_session("test") as session:
        return (await session.execute(sa.text(query))).scalar_one()


async def test_a_forgotten_password_is_reset_once_and_ends_every_session(mira: UUID) -> None:
    from buildos_app.accounts.sessions import forget_session, hash_token

    session_token = await open_session(mira, user_agent="", address="")
    await mail.ask_for_reset("Mira@Example.org ")
    prepared = await the_mail(mira)
    token = token_in(prepared)
    assert prepared.recipient == "mira@example.org"
    assert await value("SELECT count(*) FROM queue_jobs WHERE job_type = 'generate_brief_email'") == 1

    with pytest.raises(InvalidInput, match="8 characters"):
        await mail.reset_password(token, "short")
    await mail.reset_password(token, NEW)

    assert await sign_in(email="mira@example.org", password=NEW, address="a") == mira
    with pytest.raises(NotPermitted):
        await sign_in(email="mira@example.org", password=PASSWORD, address="b")
    forget_session(hash_token(session_token).hex())
    assert await resolve_session(hash_token(session_token)) is None
    with pytest.raises(InvalidInput, match="used already"):
        await mail.reset_password(token, PASSWORD)


async def test_only_the_hash_of_a_token_is_stored(mira: UUID) -> None:
    await mail.ask_for_reset("mira@example.org")
    token = token_in(await the_mail(mira))
    async with service_session("test") as session:
        for table in ("account_tokens", "emails", "queue_jobs"):
            rows = (await session.execute(sa.text(f"SELECT t::text FROM {table} t"))).scalars().all()
            assert rows and all(token not in row for row in rows), table


async def test_a_link_grows_old_and_a_newer_one_replaces_it(mira: UUID) -> None:
    await mail.ask_for_reset("mira@example.org")
    older = token_in(await the_mail(mira))
    await mail.ask_for_reset("mira@example.org")
    newer = token_in(await the_mail(mira))
    with pytest.raises(InvalidInput):
        await mail.reset_password(older, NEW)
    assert await value("SELECT expires_at - created_at <= interval '30 minutes' FROM account_tokens") is True
    async with service_session("test") as session:
        await session.execute(sa.text("UPDATE account_tokens SET expires_at = now() - interval '1 second'"))
    with pytest.raises(InvalidInput):
        await mail.reset_password(newer, NEW)


async def test_an_address_is_confirmed_and_twice_does_no_harm(mira: UUID) -> None:
    assert await mail.ask_for_confirmation(mira)
    token = token_in(await the_mail(mira))
    await mail.confirm_address(token)
    await mail.confirm_address(token)
    async with user_session(mira) as session:
        assert await mail.address_of(session, mira) == ("mira@example.org", True)
    with pytest.raises(InvalidInput):
        await mail.reset_password(token, NEW)  # a link is good for its own purpose only


async def test_an_account_moves_when_the_new_address_answers(mira: UUID) -> None:
    await sign_up(email="taken@example.org", password=PASSWORD)
    await mail.ask_for_change(mira, "mira@new.example.org")
    prepared = await the_mail(mira)
    assert prepared.recipient == "mira@new.example.org"
    assert await value("SELECT email FROM users WHERE name = 'Mira'") == "mira@example.org"
    await mail.confirm_address(token_in(prepared))
    assert await value("SELECT email FROM users WHERE name = 'Mira'") == "mira@new.example.org"

    await mail.ask_for_change(mira, "taken@example.org")
    with pytest.raises(Conflict):
        await mail.confirm_address(token_in(await the_mail(mira)))
    with pytest.raises(InvalidInput):
        await mail.ask_for_change(mira, "not an address")


async def test_mail_is_capped_per_hour(mira: UUID) -> None:
    for _ in range(mail.MOST_PER_HOUR):
        assert await mail.ask_for_confirmation(mira)
    assert not await mail.ask_for_confirmation(mira)
    for _ in range(mail.MOST_PER_HOUR + 2):
        await mail.ask_for_reset("mira@example.org")
    assert await value("SELECT count(*) FROM emails WHERE kind = 'reset_password'") == mail.MOST_PER_HOUR


async def client() -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=SecurityHeaders(routes(lambda: None)))  # type: ignore[arg-type]
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost:3000")


async def test_the_answer_is_the_same_for_an_address_that_nobody_has(mira: UUID) -> None:
    async with await client() as http:
        known = await http.post("/auth/forgot-password", data={"email": "mira@example.org"})
        unknown = await http.post("/auth/forgot-password", data={"email": "nobody@example.org"})
        foreign = await http.post(
            "/auth/forgot-password", data={"email": "x"}, headers={"sec-fetch-site": "cross-site"}
        )
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert foreign.status_code == 403
    assert await value("SELECT count(*) FROM emails") == 1


async def test_guessing_links_is_slowed_down(mira: UUID) -> None:
    async with await client() as http:
        answers = [
            await http.post("/auth/reset-password", data={"token": f"guess{n}", "password": NEW}) for n in range(12)
        ]
    assert [answer.status_code for answer in answers] == [400] * 10 + [429] * 2


async def test_unsubscribing_takes_a_post_and_no_sign_in(mira: UUID) -> None:
    async with service_session("test") as session:
        await session.execute(
            sa.text("INSERT INTO brief_preferences (user_id, email_daily_brief) VALUES (:u, true)"), {"u": mira}
        )
    path = f"/api/unsubscribe/{unsubscribe_token(mira)}"
    async with await client() as http:
        asked = await http.get(path)
        assert asked.status_code == 200 and "<form" in asked.text
        assert await value("SELECT email_daily_brief FROM brief_preferences") is True
        done = await http.post(path, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert await value("SELECT email_daily_brief FROM brief_preferences") is False
        assert (await http.post("/api/unsubscribe/0.wrong")).status_code == 404


async def test_trap_38_a_picture_counts_for_one_mail_only(mira: UUID) -> None:
    async with service_session("test") as session:
        await session.execute(
            sa.text(
                "INSERT INTO emails (user_id, kind, message_id, tracking_id) SELECT :u, 'daily_brief', n::text,"
                " CASE WHEN n < 3 THEN uuidv7() END FROM generate_series(1, 3) n"
            ),
            {"u": mira},
        )
    tracked = await value("SELECT tracking_id FROM emails WHERE message_id = '1'")
    async with await client() as http:
        for address in (tracked, tracked, "no-id", "00000000-0000-0000-0000-000000000000"):
            answer = await http.get(f"/api/email-tracking/{address}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
            assert answer.headers["cache-control"] == "no-store"
    async with service_session("test") as session:
        rows = await session.execute(
            sa.text("SELECT open_count, opened_at IS NOT NULL FROM emails ORDER BY message_id")
        )
        assert [tuple(row) for row in rows] == [(2, True), (0, False), (0, False)]
    assert await value("SELECT count(*) FROM audit_trail WHERE reason LIKE '%opening%'") == 0  # anybody could fill it
