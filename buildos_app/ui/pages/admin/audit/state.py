"""The audit trail: every use of the service role."""

from dataclasses import dataclass

import reflex as rx

from buildos_app.monitoring.error_log import AuditView, list_audit
from buildos_app.ui.session import AdminState

PAGE = 100


@dataclass(frozen=True)
class AuditRow:
    """One use."""

    id: int
    at: str
    actor: str
    reason: str
    person: str


class AuditState(AdminState):
    """The newest uses first, a page at a time."""

    loaded: bool = False
    entries: list[AuditRow] = []
    has_more: bool = False

    @rx.event
    async def load(self):
        """The first page."""
        async with self._admin_db("see the audit trail") as session:
            found = await list_audit(session, limit=PAGE + 1)
        self.entries, self.loaded = [], True
        self._append(found)

    @rx.event
    async def more(self):
        """The next page."""
        before = self.entries[-1].id if self.entries else None
        async with self._admin_db("see the audit trail") as session:
            found = await list_audit(session, limit=PAGE + 1, before=before)
        self._append(found)

    def _append(self, found: list[AuditView]) -> None:
        self.has_more = len(found) > PAGE
        rows = (
            AuditRow(item.id, f"{item.at:%Y-%m-%d %H:%M:%S}", item.actor, item.reason, item.email) for item in found
        )
        self.entries = [*self.entries, *list(rows)[:PAGE]]
