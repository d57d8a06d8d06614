"""Undo: the last change of tasks in this tab can be taken back, by the toast's button or by z."""

import reflex as rx

from buildos_app.projects.undo import Undo, take_back
from buildos_app.ui.commands import Command, add_command
from buildos_app.ui.inbox import Inbox, say
from buildos_app.ui.session import SessionState


class UndoState(SessionState):
    """What the last change was. It is lost with the tab, and nothing else is."""

    _last: Undo | None = None

    @rx.event
    async def undo(self):
        """Take the last change back."""
        last, self._last = self._last, None
        if last is None:
            await say(self, "There is nothing to take back.", "info")
            return None
        async with self._db() as session:
            await take_back(session, last)
        await say(self, "Taken back")
        return Inbox.sync


async def keep_undo(state: SessionState, undo: Undo) -> None:
    """Remember how the last change is taken back, without a word."""
    (await state.get_state(UndoState))._last = undo


async def offer_undo(state: SessionState, text: str, undo: Undo) -> None:
    """Say what was done, with a way back."""
    await keep_undo(state, undo)
    await say(state, text, undo=True)


def undo_button() -> rx.Component:
    """What the toast's button presses."""
    return rx.el.button(
        "Undo",
        id="undo",
        type="button",
        tab_index=-1,
        aria_hidden="true",
        on_click=UndoState.undo,
        class_name="hidden",
    )


add_command(
    Command("undo", "Take the last change back", "undo-2", on_click=UndoState.undo, keys="Z", words="undo revert")
)
