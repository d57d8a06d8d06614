"""The error log: what went wrong in the background, and what was done about it."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.clock import now
from buildos_app.monitoring.error_log import ErrorView, list_errors, open_error_types, resolve_errors
from buildos_app.ui.inbox import say
from buildos_app.ui.session import AdminState
from buildos_app.ui.views import ago_words

PAGE = 50


@dataclass(frozen=True)
class ErrorRow:
    """One failure."""

    id: int
    error_type: str
    message: str
    detail: str
    note: str


class ErrorsState(AdminState):
    """Failures, open or resolved, a page at a time."""

    loaded: bool = False
    resolved: bool = False
    error_type: str = ""
    types: list[str] = []
    errors: list[ErrorRow] = []
    selected: list[int] = []
    has_more: bool = False

    @rx.event
    async def load(self):
        """The first page."""
        async with self._admin_db("see the error log") as session:
            found = await list_errors(session, resolved=self.resolved, error_type=self.error_type, limit=PAGE + 1)
            self.types = await open_error_types(session)
        self.errors, self.selected, self.loaded = [], [], True
        self._append(found)

    @rx.event
    async def more(self):
        """The next page."""
        before = self.errors[-1].id if self.errors else None
        async with self._admin_db("see the error log") as session:
            found = await list_errors(
                session, resolved=self.resolved, error_type=self.error_type, limit=PAGE + 1, before=before
            )
        self._append(found)

    @rx.event
    async def show_resolved(self, resolved: bool):
        """What is dealt with, or what is not."""
        self.resolved = resolved
        return ErrorsState.load

    @rx.event
    async def choose_type(self, error_type: str):
        """Failures of one type; empty for all."""
        self.error_type = error_type[:100]
        return ErrorsState.load

    @rx.event
    async def select(self, error_id: int):
        """Mark a failure, or unmark it."""
        if error_id in self.selected:
            self.selected = [each for each in self.selected if each != error_id]
        elif any(row.id == error_id for row in self.errors):
            self.selected = [*self.selected, error_id]

    @rx.event
    async def select_all(self):
        """Mark every failure that is shown, or none when all are."""
        self.selected = [] if len(self.selected) == len(self.errors) else [row.id for row in self.errors]

    @rx.event
    async def resolve(self, form: dict[str, Any]):
        """Mark the selected ones as dealt with, with a note."""
        async with self._admin_db("resolve errors") as session:
            count = await resolve_errors(session, self.selected, self._user_id, str(form.get("note", "")))
        await say(self, f"{count} resolved")
        return ErrorsState.load

    def _append(self, found: list[ErrorView]) -> None:
        self.has_more = len(found) > PAGE
        self.errors = [*self.errors, *(_row(item) for item in found[:PAGE])]


def _row(item: ErrorView) -> ErrorRow:
    attempt = f"attempt {item.attempt}" if item.attempt else ""
    facts = (item.job_type, attempt, item.outcome, item.email, ago_words(item.at, now()))
    note = f"Resolved {ago_words(item.resolved_at, now())}. {item.note}" if item.resolved_at else ""
    return ErrorRow(item.id, item.error_type, item.message, " · ".join(filter(None, facts)), note)
