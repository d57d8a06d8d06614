"""The settings, through Reflex's own event processor."""

from typing import Any
from uuid import UUID

from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.settings.profile.state import ProfileState


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
