"""The list of news."""

from dataclasses import dataclass

import reflex as rx

from buildos_app.clock import now
from buildos_app.notifications.inbox import News, dismiss, mark_read, read_inbox
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import ago_words

PAGE = 50


@dataclass(frozen=True)
class NewsRow:
    """One piece of news."""

    id: str
    title: str
    detail: str
    href: str
    kind: str
    when: str
    is_read: bool


class NotificationsState(SessionState):
    """News, the newest first, a page at a time."""

    loaded: bool = False
    news: list[NewsRow] = []
    unread: int = 0
    has_more: bool = False
    _cursor: int = 0

    @rx.event
    async def load(self):
        """The first page."""
        async with self._db() as session:
            inbox = await read_inbox(session, limit=PAGE + 1)
        self.unread = inbox.unread
        self.news = []
        self._append(inbox.news)
        self.loaded = True

    @rx.event
    async def more(self):
        """The next page."""
        async with self._db() as session:
            inbox = await read_inbox(session, limit=PAGE + 1, before=self._cursor)
        self._append(inbox.news)

    @rx.event
    async def read_all(self):
        """Mark everything as read; the other tabs hear of it."""
        async with self._db() as session:
            await mark_read(session)
        return NotificationsState.load

    @rx.event
    async def open(self, notification_id: str):
        """Mark one as read and go where it leads."""
        async with self._db() as session:
            await mark_read(session, parse_id(notification_id))
        href = next((row.href for row in self.news if row.id == notification_id), "")
        return rx.redirect(href) if href else NotificationsState.load

    @rx.event
    async def put_away(self, notification_id: str):
        """Take one off the list."""
        async with self._db() as session:
            await dismiss(session, parse_id(notification_id))
        return NotificationsState.load

    def _append(self, found: list[News]) -> None:
        self.has_more = len(found) > PAGE
        found = found[:PAGE]
        self._cursor = found[-1].seq if found else self._cursor
        self.news = [*self.news, *(_row(item) for item in found)]


read_again(routes.NOTIFICATIONS, NotificationsState.load, rows=())


def _row(item: News) -> NewsRow:
    toast = item.toast
    return NewsRow(
        str(item.id), toast.title, toast.detail, toast.href, toast.kind, ago_words(item.created_at, now()), item.is_read
    )
