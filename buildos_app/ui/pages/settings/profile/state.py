"""Name and timezone."""

from typing import Any

import reflex as rx

from buildos_app.accounts.accounts import get_profile, update_profile
from buildos_app.errors import UserError
from buildos_app.projects.instances import move_to_zone
from buildos_app.ui.inbox import Inbox, say
from buildos_app.ui.push import hub
from buildos_app.ui.session import SessionState


class ProfileState(SessionState):
    """Who the person is to the product, and where their days begin and end."""

    loaded: bool = False
    name: str = ""
    email: str = ""
    timezone: str = ""
    error: str = ""

    @rx.event
    async def load(self):
        """Read the profile."""
        async with self._db() as session:
            profile = await get_profile(session, self._user_id)
        self.name, self.email, self.timezone = profile.name, profile.email, profile.timezone
        self.loaded, self.error = True, ""

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keep what was typed; the other tabs show the new name at once."""
        try:
            name, timezone = str(form.get("name", "")), str(form.get("timezone", ""))
            async with self._db() as session:
                before = await get_profile(session, self._user_id)
                await update_profile(session, self._user_id, name=name, timezone=timezone)
                await move_to_zone(session, before.timezone, timezone)
        except UserError as error:
            self.error = str(error)
            return None
        await hub.wake(self._owner)
        await say(self, "Profile saved")
        return [ProfileState.load, Inbox.sync]
