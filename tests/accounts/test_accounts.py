import asyncio
import statistics
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from buildos_app.accounts.accounts import TooManyTries, clean_email, get_profile, sign_in, sign_up
from buildos_app.accounts.passwords import _MOST_WAITING, _Turns, check_password
from buildos_app.accounts.sessions import (
    close_session,
    forget_session,
    hash_token,
    open_session,
    resolve_session,
    token_of,
)
from buildos_app.db.session import public_session, service_session, user_session
from buildos_app.errors import Busy, Conflict, InvalidInput, NotPermitted

PASSWORD = "correct horse battery"


async def test_sign_up_keeps_the_zone_and_a_tidy_name(database: str) -> None:
    user_id = await sign_up(
        email=" Mira@Example.org ", password=PASSWORD, name="  Mira  Bell ", timezone="Asia/Kolkata"
    )

    async with user_session(user_id) as session:
        profile = await get_profile(session, user_id)
    assert (profile.name, profile.email, profile.timezone, profile.is_admin) == (
        "Mira Bell",
        "mira@example.org",
        "Asia/Kolkata",
        False,
    )


async def test_an_unknown_zone_becomes_utc(database: str) -> None:
    user_id = await sign_up(email="a@example.org", password=PASSWORD, timezone="Mars/Olympus")

    async with user_session(user_id) as session:
        assert (await get_profile(session, user_id)).timezone == "UTC"


async def test_an_address_has_one_account(database: str) -> None:
    await sign_up(email="mira@example.org", password=PASSWORD)

    with pytest.raises(Conflict, match="Sign in instead"):
        await sign_up(email="MIRA@example.org", password=PASSWORD)


@pytest.mark.parametrize(
    "email", ["", "mira", "@example.org", "mira@", "mi ra@example.org", "a@b\n.org", "x" * 260 + "@a.org"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidInput):
        clean_email(email)


@pytest.mark.parametrize("password", ["short", "password", "Password123", "x" * 257])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        check_password(password)


@pytest.mark.parametrize("password", ["12characters", "ein Satz mit Umläuten äöü", "🌻" * 8, "x" * 256])
def test_long_and_odd_passwords_are_fine(password: str) -> None:
    check_password(password)


async def test_the_password_is_stored_as_argon2id_only(database: str) -> None:
    await sign_up(email="mira@example.org", password=PASSWORD)

    async with service_session("test") as session:
        stored = (await session.execute(sa.text("SELECT password_hash FROM users"))).scalar_one()
    assert stored.startswith("$argon2id$")


async def test_a_wrong_password_and_an_unknown_address_sound_alike(database: str) -> None:
    await sign_up(email="mira@example.org", password=PASSWORD)

    for email in ("mira@example.org", "nobody@example.org"):
        with pytest.raises(NotPermitted, match=r"^The address or the password is not right\.$"):
            await sign_in(email=email, password="wrong wrong wrong", address="192.0.2.1")


async def test_an_unknown_address_takes_as_long(database: str) -> None:
    await sign_up(email="mira@example.org", password=PASSWORD)

    async def work(email: str, address: str) -> float:
        # Seconds of this process on a core: what else the machine does leaves them alone.
        started = time.process_time()
        with pytest.raises(NotPermitted):
            await sign_in(email=email, password="wrong wrong wrong", address=address)
        return time.process_time() - started

    await work("nobody@example.org", "first")
    pairs = [
        (await work("mira@example.org", str(number)), await work("nobody@example.org", str(number)))
        for number in range(5)
    ]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert 0.7 < unknown / known < 1.4


async def test_ten_tries_then_wait(database: str) -> None:
    await sign_up(email="mira@example.org", password=PASSWORD)
    for _ in range(10):
        with pytest.raises(NotPermitted):
            await sign_in(email="mira@example.org", password="wrong wrong wrong", address="192.0.2.1")

    with pytest.raises(TooManyTries) as caught:
        await sign_in(email="mira@example.org", password=PASSWORD, address="192.0.2.1")
    assert 0 < caught.value.seconds <= 15 * 60
    assert await sign_in(email="mira@example.org", password=PASSWORD, address="192.0.2.2")


async def test_tries_at_the_same_moment_are_all_counted(database: str) -> None:
    key = b"key"

    async def attempt() -> int:
        async with public_session() as session:
            call = sa.text("SELECT count_sign_in_try(:key, 10, :window)")
            return int((await session.execute(call, {"key": key, "window": timedelta(minutes=15)})).scalar_one())

    waits = await asyncio.gather(*(attempt() for _ in range(30)))
    assert sum(wait == 0 for wait in waits) == 10


async def test_a_session_opens_resolves_and_ends(user_id, database: str) -> None:
    token = await open_session(user_id, user_agent="Firefox", address="192.0.2.1")
    assert await resolve_session(hash_token(token)) == user_id

    await close_session(token)
    assert await resolve_session(hash_token(token)) is None


async def test_the_token_itself_is_stored_nowhere(user_id, database: str) -> None:
    token = await open_session(user_id, user_agent="Firefox", address="192.0.2.1")

    async with service_session("test") as session:
        stored = (await session.execute(sa.text("SELECT user_sessions::text FROM user_sessions"))).scalar_one()
    assert token not in stored
    assert len(token) >= 43


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE user_sessions SET expires_at = now() - interval '1 second'",
        "UPDATE user_sessions SET last_seen_at = now() - interval '8 days'",
        "UPDATE users SET access_restricted = true",
    ],
)
async def test_a_session_that_ran_out_is_dead(change: str, user_id, database: str) -> None:
    token = await open_session(user_id, user_agent="Firefox", address="192.0.2.1")
    async with service_session("test") as session:
        await session.execute(sa.text(change))
    forget_session(hash_token(token).hex())

    assert await resolve_session(hash_token(token)) is None


def test_the_token_is_found_among_other_cookies() -> None:
    assert token_of("theme=dark; buildos_session=abc; other=1") == "abc"
    assert token_of("theme=dark") is None
    assert token_of("") is None


async def test_the_line_before_costly_hashes_has_an_end() -> None:
    go_on = threading.Event()
    turns = _Turns()
    waiting = [asyncio.create_task(turns.run(lambda: go_on.wait(10))) for _ in range(_MOST_WAITING)]
    await asyncio.sleep(0)

    with pytest.raises(Busy, match="Try again"):
        await turns.run(lambda: True)

    go_on.set()
    assert all(await asyncio.gather(*waiting))
    assert await turns.run(lambda: True)
