"""Who is signed in. Identity is never kept in state: the gate reads the session at each event and sets the owner."""

from contextlib import AbstractAsyncContextManager
from datetime import date
from uuid import UUID

import reflex as rx
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.session import service_session, user_session
from buildos_app.errors import InvalidInput


class SessionState(rx.State):
    """Every state of ours derives from it. `_owner` is written by the gate alone, before each handler."""

    _owner: str = ""

    @property
    def _user_id(self) -> UUID:
        return UUID(self._owner)

    def _db(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees the signed-in person's rows and no other."""
        return user_session(self._user_id)


class AdminState(SessionState):
    """Every state of the administration derives from it: the gate lets nobody but administrators call its handlers."""

    def _admin_db(self, reason: str, *, user_id: UUID | None = None) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees every row; the audit trail has it under this administrator's id."""
        return service_session(reason, user_id=user_id, actor=f"admin {self._owner}")


def parse_day(value: str, wanted: str = "Choose a day.") -> date:
    """A day that came from a browser. Raises InvalidInput with what is wanted for none, and for one of another age."""
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        raise InvalidInput(wanted) from None
    if not 2000 <= day.year <= 2100:
        raise InvalidInput("Choose a day between 2000 and 2100.")
    return day


def parse_id(value: object) -> UUID:
    """An id that came from a browser. Raises InvalidInput when it is none; whose row it is, the database decides."""
    try:
        return UUID(str(value))
    except ValueError:
        raise InvalidInput("This link is not complete. Go back and open it again.") from None
