"""Accounts: find, shut out, let in, sign out."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.accounts.admins import PersonView, list_people, restrict, sign_out_everywhere
from buildos_app.clock import now
from buildos_app.phrases.text import counted
from buildos_app.sms.eligibility import SHUT_OUT
from buildos_app.sms.queueing import cancel_waiting
from buildos_app.ui.inbox import say
from buildos_app.ui.session import AdminState, parse_id
from buildos_app.ui.views import ago_words

PAGE = 50


@dataclass(frozen=True)
class PersonRow:
    """An account."""

    id: str
    name: str
    email: str
    detail: str
    is_admin: bool
    is_me: bool
    restricted: bool
    leaving: bool
    sessions: int


class PeopleState(AdminState):
    """Everybody with an account, a page at a time."""

    loaded: bool = False
    search: str = ""
    people: list[PersonRow] = []
    has_more: bool = False

    @rx.event
    async def load(self):
        """The first page."""
        async with self._admin_db("see people") as session:
            found = await list_people(session, search=self.search, limit=PAGE + 1)
        self.people, self.loaded = [], True
        self._append(found)

    @rx.event
    async def find(self, form: dict[str, Any]):
        """Those whose name or address contains this."""
        self.search = str(form.get("search", ""))[:100]
        return PeopleState.load

    @rx.event
    async def more(self):
        """The next page."""
        before = parse_id(self.people[-1].id) if self.people else None
        async with self._admin_db("see people") as session:
            found = await list_people(session, search=self.search, limit=PAGE + 1, before=before)
        self._append(found)

    @rx.event
    async def shut_out(self, person_id: str):
        """Nothing of theirs is deleted; every session and token ends."""
        return await self._restrict(person_id, True, "shut a person out", "Shut out, and signed out everywhere")

    @rx.event
    async def let_in(self, person_id: str):
        """They can sign in again."""
        return await self._restrict(person_id, False, "let a person in", "They can sign in again")

    @rx.event
    async def sign_out(self, person_id: str):
        """End their sessions."""
        user_id = parse_id(person_id)
        async with self._admin_db("end a person's sessions", user_id=user_id) as session:
            count = await sign_out_everywhere(session, user_id)
        await say(self, f"{counted(count, 'session')} ended")
        return PeopleState.load

    async def _restrict(self, person_id: str, restricted: bool, reason: str, said: str) -> Any:
        user_id = parse_id(person_id)
        async with self._admin_db(reason, user_id=user_id) as session:
            await restrict(session, user_id, restricted=restricted, by=self._user_id)
            if restricted:
                await cancel_waiting(session, user_id, SHUT_OUT)
        await say(self, said)
        return PeopleState.load

    def _append(self, found: list[PersonView]) -> None:
        self.has_more = len(found) > PAGE
        me = self._owner
        self.people = [*self.people, *(_row(item, me) for item in found[:PAGE])]


def _row(item: PersonView, me: str) -> PersonRow:
    seen = f"signed in {ago_words(item.last_visit, now())}" if item.last_visit else "never signed in"
    detail = f"{item.email} · since {item.created_at:%-d %b %Y} · {seen} · {counted(item.sessions, 'session')}"
    return PersonRow(
        str(item.id),
        item.name or item.email,
        item.email,
        detail,
        item.is_admin,
        str(item.id) == me,
        item.access_restricted,
        item.deletion_due_at is not None,
        item.sessions,
    )
