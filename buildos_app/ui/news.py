"""News, and nothing else: the smallest state there is, so that what happened is drawn before anything else is read."""

from uuid import UUID

import reflex as rx

from buildos_app.notifications.inbox import Inbox as NewsInbox
from buildos_app.notifications.inbox import read_newest
from buildos_app.ui.push import hub
from buildos_app.ui.session import SessionState

TOASTS_IN_STATE = 20


async def load_news(owner: str) -> NewsInbox:
    """The newest news of a person, once for all their tabs."""
    return await read_newest(UUID(owner), limit=TOASTS_IN_STATE)


class News(SessionState):
    """The newest news first; the tab itself knows which of it was shown."""

    ready: bool = False
    unread: int = 0
    items: list[dict[str, str | int | bool]] = []

    @rx.event
    async def sync(self):
        """Read the news."""
        await self._read()

    async def _read(self) -> None:
        inbox: NewsInbox = await hub.snapshot(self._owner, load_news)
        items = [
            {
                "seq": item.seq,
                "kind": item.toast.kind,
                "title": item.toast.title,
                "detail": item.toast.detail,
                "href": item.toast.href,
                "pops_up": item.pops_up,
            }
            for item in inbox.news
        ]
        if not self.ready or (items, inbox.unread) != (self.items, self.unread):
            self.items, self.unread, self.ready = items, inbox.unread, True
