"""The settings, through Reflex's own event processor."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.accounts.accounts import sign_in, sign_up
from buildos_app.accounts.sessions import hash_token, open_session, resolve_session
from buildos_app.accounts.tokens import resolve_token
from buildos_app.db.session import service_session
from buildos_app.errors import NotPermitted
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.settings.model.state import ModelState
from buildos_app.ui.pages.settings.profile.state import ProfileState
from buildos_app.ui.pages.settings.security.state import SecurityState
from buildos_app.ui.pages.settings.tokens.state import TokensState

OLD, NEW = "correct horse battery", "staple paper clip river"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def test_a_profile_is_kept_and_shown_in_every_tab(open_tab: Any, user_id: UUID) -> None:
    tab, other = await open_tab(user_id, "/settings/profile"), await open_tab(user_id, "/")
    await tab.send(ProfileState.load)
    await other.send(Inbox.sync)

    await tab.send(ProfileState.save, {"form": {"name": " Mira  Bell ", "timezone": "America/Port-au-Prince"}})
    await other.send(Inbox.sync)

    assert (tab.show(ProfileState, "name"), tab.show(ProfileState, "timezone")) == (
        "Mira Bell",
        "America/Port-au-Prince",
    )
    assert (tab.show(Inbox, "name"), other.show(Inbox, "name")) == ("Mira Bell", "Mira Bell")
    assert tab.show(Inbox, "answer")["text"] == "Profile saved"


async def test_a_wrong_profile_is_said_beside_the_form(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/settings/profile")
    await tab.send(ProfileState.load)

    await tab.send(ProfileState.save, {"form": {"name": "Mira", "timezone": "Mars/Olympus"}})

    assert "timezone" in tab.show(ProfileState, "error")
    assert tab.show(ProfileState, "timezone") == "Europe/Berlin"


@pytest.fixture
async def account(database: str) -> UUID:
    return await sign_up(email="kei@example.org", password=OLD)


async def change(tab: Any, *, current: str = OLD, new: str = NEW, again: str = NEW) -> str:
    form = {"current": current, "new": new, "again": again}
    await tab.send(SecurityState.change_password, {"form": form})
    return str(tab.show(SecurityState, "error"))


async def test_a_new_password_ends_every_other_session(open_tab: Any, account: UUID) -> None:
    here = await open_session(account, user_agent="", address="")
    elsewhere = await open_session(account, user_agent="", address="")
    tab = await open_tab(account, "/settings/security", token=here)
    await tab.send(SecurityState.load)

    assert await change(tab) == ""

    assert await resolve_session(hash_token(here)) == account
    assert await resolve_session(hash_token(elsewhere)) is None
    assert await sign_in(email="kei@example.org", password=NEW, address="") == account
    with pytest.raises(NotPermitted):
        await sign_in(email="kei@example.org", password=OLD, address="")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"current": "wrong password"}, "not your present password"),
        ({"again": "something else"}, "differ"),
        ({"new": "short", "again": "short"}, "8 characters"),
        ({"new": "iloveyou", "again": "iloveyou"}, "tried first"),
    ],
)
async def test_a_password_that_will_not_do_changes_nothing(
    fields: dict[str, str], words: str, open_tab: Any, account: UUID
) -> None:
    tab = await open_tab(account, "/settings/security")
    await tab.send(SecurityState.load)

    assert words in await change(tab, **fields)
    assert await sign_in(email="kei@example.org", password=OLD, address="") == account


async def test_the_present_password_cannot_be_guessed(open_tab: Any, account: UUID) -> None:
    tab = await open_tab(account, "/settings/security")
    said = [await change(tab, current=f"guess number {number}") for number in range(11)]

    assert "not your present" in said[9]
    assert "Too many tries" in said[10]
    assert "Too many tries" in await change(tab)


async def test_sessions_are_seen_and_ended(open_tab: Any, account: UUID, user_id: UUID) -> None:
    here, there, third = [await open_session(account, user_agent=FIREFOX, address="192.0.2.7") for _ in range(3)]
    tab = await open_tab(account, "/settings/security", token=here)
    await tab.send(SecurityState.load)
    rows = tab.show(SecurityState, "sessions")
    assert [row.is_here for row in rows] == [True, False, False]
    assert (rows[0].device, rows[0].detail) == ("Firefox on Linux", "192.0.2.7 · seen just now")

    await tab.send(SecurityState.end, {"session_id": rows[1].id})
    assert len(tab.show(SecurityState, "sessions")) == 2
    await tab.send(SecurityState.end_others)

    assert [await resolve_session(hash_token(token)) for token in (here, there, third)] == [account, None, None]
    assert len(tab.show(SecurityState, "sessions")) == 1


async def test_nobody_ends_a_session_of_somebody_else(open_tab: Any, account: UUID, user_id: UUID) -> None:
    token = await open_session(user_id, user_agent="", address="")
    async with service_session("test") as session:
        theirs = await session.execute(sa.text("SELECT id FROM user_sessions WHERE user_id = :id"), {"id": user_id})
        session_id = theirs.scalar_one()
    tab = await open_tab(account, "/settings/security")

    await tab.send(SecurityState.end, {"session_id": str(session_id)})

    assert await resolve_session(hash_token(token)) == user_id


async def test_a_token_is_shown_once(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/settings/tokens")
    await tab.send(TokensState.load)
    await tab.send(TokensState.make, {"form": {"name": "Backup", "lifetime": "30"}})
    token = tab.show(TokensState, "new_token")
    (row,) = tab.show(TokensState, "tokens")
    assert (await resolve_token(token), row.name) == (user_id, "Backup")
    assert "runs out on" in row.detail

    await tab.send(TokensState.load)
    assert tab.show(TokensState, "new_token") == ""
    await tab.send(TokensState.revoke, {"token_id": row.id})

    assert tab.show(TokensState, "tokens") == []
    assert await resolve_token(token) is None


async def test_the_engine_is_tested_and_its_use_shown(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/settings/model")
    await tab.send(ModelState.load)
    assert (tab.show(ModelState, "engine"), tab.show(ModelState, "calls")) == ("offline", "0 calls")

    await tab.send(ModelState.check)

    assert tab.show(ModelState, "check_result") == "It answered, and in the right shape."
    assert [row.purpose for row in tab.show(ModelState, "usage")] == ["Testing the engine"]
    assert (tab.show(ModelState, "calls"), tab.show(ModelState, "cost")) == ("1 call", "$0.00")


async def test_a_person_sets_a_lower_daily_limit(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/settings/model")
    await tab.send(ModelState.load)
    most = tab.show(ModelState, "most")

    for entered, cap in (("7", 7), ("", most), ("0", 0)):
        await tab.send(ModelState.save_cap, {"form": {"cap": entered}})
        assert tab.show(ModelState, "cap") == cap
    for wrong in ("-1", "1.5", "a few", str(most + 1), "٣"):
        await tab.send(ModelState.save_cap, {"form": {"cap": wrong}})
        assert "Enter a number" in tab.show(ModelState, "error")
