"""How a task stands in the calendar, in its panel: the chip, the way to its event, taking it out and in again."""

from uuid import UUID

import reflex as rx

from buildos_app.calendar.agenda import LinkView, link_of, set_in_calendar
from buildos_app.errors import UserError
from buildos_app.models.calendar import ConnectionStatus, LinkStatus
from buildos_app.ui.components.buttons import button, icon
from buildos_app.ui.components.surfaces import chip
from buildos_app.ui.inbox import PANEL, read_again
from buildos_app.ui.session import SessionState
from buildos_app.ui.task_views import parse_row

WORDS = {
    LinkStatus.SYNCED: "in the calendar",
    LinkStatus.SENT: "on its way to the calendar",
    LinkStatus.WANTED: "on its way to the calendar",
    LinkStatus.FAILED: "not in the calendar",
    LinkStatus.OFF: "kept out of the calendar",
}


class TaskCalendarState(SessionState):
    """`status` is empty where there is nothing to say: no connection, or no panel."""

    status: str = ""
    words: str = ""
    href: str = ""
    problem: str = ""
    clash: str = ""

    @rx.event
    async def sync(self):
        """Follow the address, as the panel does."""
        task_id = self._task_id()
        if task_id is None:
            self.status = ""
            return
        async with self._db() as session:
            self._show(await link_of(session, task_id))

    @rx.event
    async def set_in(self, wanted: bool):
        """Take the task out of the calendar, or let it in."""
        task_id = self._task_id()
        if task_id is None:
            return None
        async with self._db() as session:
            await set_in_calendar(session, self._user_id, task_id, wanted=wanted)
        return TaskCalendarState.sync

    def _task_id(self) -> UUID | None:
        wanted = self.router.url.query_parameters.get("task", "")
        try:
            return parse_row(wanted)[0] if wanted else None
        except UserError:
            return None

    def _show(self, link: LinkView) -> None:
        self.href, self.problem = link.href, link.error
        self.clash = f"At that time: {', '.join(link.clashes)}" if link.clashes else ""
        if link.connection == ConnectionStatus.REVOKED:
            self.status, self.words = "revoked", "the calendar must be connected again"
        elif link.connection == ConnectionStatus.CONNECTED:
            self.status = link.status
            self.words = WORDS.get(LinkStatus(link.status), "") if link.status != "none" else ""
        else:
            self.status = ""


def calendar_line() -> rx.Component:
    """One line below the head of the panel; nothing without a connection."""
    state = TaskCalendarState
    return rx.cond(
        (state.status != "") & ((state.words != "") | (state.clash != "")),
        rx.el.div(
            rx.cond(
                state.words != "",
                chip(icon("calendar-days", 12), state.words, tone="accent"),
            ),
            rx.cond(state.clash != "", chip(icon("triangle-alert", 12), state.clash, tone="warn")),
            rx.cond(
                state.href != "",
                rx.el.a(
                    "Open in Google",
                    href=state.href,
                    target="_blank",
                    rel="noopener noreferrer",
                    class_name="text-sm underline underline-offset-2",
                ),
            ),
            rx.match(
                state.status,
                ("synced", button("Remove from calendar", look="quiet", on_click=state.set_in(False))),
                ("off", button("Add to calendar", look="quiet", on_click=state.set_in(True))),
                rx.fragment(),
            ),
            rx.cond(state.problem != "", rx.el.p(state.problem, class_name="basis-full text-sm text-bad")),
            class_name="flex flex-wrap items-center gap-2",
        ),
    )


read_again(PANEL, TaskCalendarState.sync)
