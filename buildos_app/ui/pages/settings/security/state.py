"""The password and the sessions."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.accounts.security import (
    change_password,
    current_session_id,
    end_other_sessions,
    end_session,
    list_sessions,
)
from buildos_app.clock import now
from buildos_app.errors import UserError
from buildos_app.ui.figures import device_words
from buildos_app.ui.inbox import say
from buildos_app.ui.reflex_private import raw_header
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import ago_words


@dataclass(frozen=True)
class SessionRow:
    """A browser that is signed in."""

    id: str
    device: str
    detail: str
    is_here: bool


class SecurityState(SessionState):
    """How a person gets in, and where they are in right now."""

    loaded: bool = False
    sessions: list[SessionRow] = []
    error: str = ""
    changed: int = 0

    @rx.event
    async def load(self):
        """Read the sessions."""
        here = await current_session_id(self._token_hash())
        async with self._db() as session:
            found = await list_sessions(session, self._user_id)
        self.sessions = [
            SessionRow(
                str(item.id),
                device_words(item.user_agent),
                f"{item.address or 'unknown address'} · seen {ago_words(item.last_seen_at, now())}",
                item.id == here,
            )
            for item in sorted(found, key=lambda item: item.id != here)
        ]
        self.loaded, self.error = True, ""

    @rx.event
    async def change_password(self, form: dict[str, Any]):
        """Change the password; every other session ends."""
        new = str(form.get("new", ""))
        if new != str(form.get("again", "")):
            self.error = "The two new passwords differ. Nothing was changed."
            return None
        try:
            await change_password(self._user_id, current=str(form.get("current", "")), new=new, keep=self._token_hash())
        except UserError as error:
            self.error = str(error)
            return None
        self.changed += 1
        await say(self, "Password changed. Every other session has ended.")
        return SecurityState.load

    @rx.event
    async def end(self, session_id: str):
        """Sign one browser out."""
        async with self._db() as session:
            await end_session(session, self._user_id, parse_id(session_id))
        await say(self, "Signed out there")
        return SecurityState.load

    @rx.event
    async def end_others(self):
        """Sign every other browser out."""
        async with self._db() as session:
            count = await end_other_sessions(session, self._user_id, keep=self._token_hash())
        await say(self, f"{count} signed out" if count else "No other browser was signed in")
        return SecurityState.load

    def _token_hash(self) -> bytes:
        return bytes.fromhex(raw_header(self, "authorization").partition(" ")[2])
