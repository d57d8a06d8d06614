"""From an announcement of the database to every open tab of one person.

One LISTEN connection per process wakes the tabs that this process serves; each runs `News.sync` and then `Inbox.sync`,
which read the tables once per person, however many tabs there are. Where only rows of the person changed, each runs
`Inbox.look`, which reads what hangs on their tables: most announcements are of that kind. Nothing else is taken from an
announcement but whom it is for.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from buildos_app.accounts.sessions import CLOSED_CHANNEL, forget_session
from buildos_app.notifications.listen import USER_EVENTS, listen
from buildos_app.ui.reflex_private import is_connected, send_event, waiting_events, waiting_frames

PRUNE_SECONDS = 30
CHANGES_SECONDS = 0.05
"""How long the changes of a person's rows are gathered before their tabs read again."""
MOST_BESIDE, LATEST_SECONDS = 20, 2.0
"""How many tabs may wait for what they asked when others are let read again, and for how long these wait at most."""

Load = Callable[[str], Awaitable[Any]]


class Hub:
    """Which tabs of this process belong to whom, and the newest snapshot of each person."""

    def __init__(self) -> None:
        self.app: rx.App | None = None
        self.handlers: tuple[Any, ...] = ()
        self.look: Any = None
        self.read_first: Load | None = None
        self._tabs: dict[str, set[str]] = defaultdict(set)
        self._owners: dict[str, str] = {}
        self._snapshots: dict[str, dict[Load, asyncio.Task[Any]]] = {}
        self._changes: dict[str, set[str]] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def bind(self, client_token: str, owner: str) -> None:
        """Remember whose tab this is; an empty owner forgets it."""
        before = self._owners.get(client_token, "")
        if before == owner:
            return
        if before:
            self._tabs[before].discard(client_token)
            self._forget_if_gone(before)
        if owner:
            self._owners[client_token] = owner
            self._tabs[owner].add(client_token)
        else:
            self._owners.pop(client_token, None)

    def backlog(self, client_token: str) -> int:
        """How many frames wait for a tab: who streams to a slow reader waits when there are many."""
        return waiting_frames(self.app, client_token) if self.app else 0

    async def snapshot(self, owner: str, load: Load) -> Any:
        """What `load(owner)` returns, read once for all tabs of a person until the next announcement."""
        tasks = self._snapshots.setdefault(owner, {})
        if load not in tasks:
            tasks[load] = _begin(load, owner)
        try:
            return await asyncio.shield(tasks[load])
        except Exception:
            tasks.pop(load, None)
            raise

    async def wake(self, owner: str) -> None:
        """Let every tab of a person read again: first the news of all of them, then whatever else there may be."""
        self._snapshots.pop(owner, None)
        self._changes.pop(owner, None)
        if self.app is None or owner not in self._tabs:
            return
        if self.read_first is not None:  # while the events are on their way through the gate
            self._snapshots[owner] = {self.read_first: _begin(self.read_first, owner)}
        for handler in self.handlers:
            await self._send(owner, handler)

    def changed(self, owner: str, table: str) -> None:
        """Let every tab of a person read again what hangs on a table, once for all changes of a moment."""
        if owner in self._changes:
            self._changes[owner].add(table)
        elif owner in self._tabs:
            self._changes[owner] = {table}
            task = asyncio.create_task(self._tell(owner))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, owner: str) -> None:
        await asyncio.sleep(CHANGES_SECONDS)
        for _ in range(round(LATEST_SECONDS / CHANGES_SECONDS)):  # what people do comes before what they see
            if self.app is None or waiting_events(self.app, of_each=1) <= MOST_BESIDE:
                break
            await asyncio.sleep(CHANGES_SECONDS)
        tables = self._changes.pop(owner, None)
        if tables is None or self.look is None:  # they have read everything meanwhile
            return
        self._snapshots.pop(owner, None)
        await self._send(owner, self.look(sorted(tables)))

    async def _send(self, owner: str, handler: Any) -> None:
        if self.app is None:
            return
        for client_token in tuple(self._tabs.get(owner, ())):
            if is_connected(self.app, client_token):
                await send_event(self.app, client_token, handler)
            else:
                self.bind(client_token, "")

    async def wake_all(self) -> None:
        """After the announcements were out of reach: everybody reads again."""
        for owner in tuple(self._tabs):
            await self.wake(owner)

    def prune(self) -> None:
        """Forget tabs that are gone; Reflex tells nobody when one closes."""
        if self.app is None:
            return
        for client_token in tuple(self._owners):
            if not is_connected(self.app, client_token):
                self.bind(client_token, "")

    def _forget_if_gone(self, owner: str) -> None:
        if not self._tabs[owner]:
            del self._tabs[owner]
            self._snapshots.pop(owner, None)


async def _of(load: Load, owner: str) -> Any:
    return await load(owner)


def _begin(load: Load, owner: str) -> asyncio.Task[Any]:
    """Reading in the background. Who waits for it is told of its error; with nobody waiting, as when the process stops,
    there is nobody to tell."""
    task: asyncio.Task[Any] = asyncio.create_task(_of(load, owner))
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


hub = Hub()


async def announce() -> None:
    """Lifespan task: hand the database's announcements to the tabs, for ever."""

    async def for_a_person(payload: str) -> None:
        told = json.loads(payload)
        if "table" in told:
            hub.changed(str(told["user_id"]), str(told["table"]))
        else:
            await hub.wake(str(told["user_id"]))

    async def session_closed(payload: str) -> None:
        forget_session(payload)

    await listen({USER_EVENTS: for_a_person, CLOSED_CHANNEL: session_closed}, hub.wake_all)


async def prune() -> None:
    """Lifespan task: forget closed tabs."""
    while True:
        await asyncio.sleep(PRUNE_SECONDS)
        hub.prune()
