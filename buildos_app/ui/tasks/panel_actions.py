"""What one does with the task of the panel besides editing its form: complete, skip, delete, steps, what it needs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.projects.dependencies import add_dependency, remove_dependency
from buildos_app.projects.panel import PanelView, read_panel
from buildos_app.projects.series import Scope, delete_from_series
from buildos_app.projects.steps import Step, new_step, write_steps
from buildos_app.projects.tasks import change_task, delete_tasks, restore_tasks, skip, toggle_task
from buildos_app.projects.undo import remembered
from buildos_app.ui.inbox import Inbox, say
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.tasks.panel_state import TaskPanelState
from buildos_app.ui.tasks.undo import offer_undo


class PanelActionState(SessionState):
    """Holds nothing: the task is that of the open panel."""

    @rx.event
    async def toggle_done(self):
        """Complete the task or this date of it, or open it again."""
        task_id, on = await self._key()
        async with self._db() as session, remembered(session, [task_id]) as undo:
            task = await toggle_task(session, task_id, on=on)
        await offer_undo(self, f"“{task.title}” {'done' if task.is_done else 'open again'}", undo)
        return [TaskPanelState.take_newer, Inbox.sync]

    @rx.event
    async def skip(self):
        """Leave this date out."""
        task_id, on = await self._key()
        if on is None:
            return None
        async with self._db() as session, remembered(session, [task_id]) as undo:
            task = await skip(session, task_id, on=on)
        await offer_undo(self, f"“{task.title}” skipped this time", undo)
        return TaskPanelState.close

    @rx.event
    async def delete(self):
        """Put the task into the bin, or take dates out of its repetition, as far as the chosen scope reaches."""
        panel = await self.get_state(TaskPanelState)
        task_id, on = panel._key()
        async with self._db() as session, remembered(session, [task_id]) as undo:
            if on is None:
                await delete_tasks(session, [task_id])
            else:
                await delete_from_series(session, task_id, on, Scope(panel.scope))
        panel.problem = ""
        await offer_undo(self, f"“{panel.fields['title']}” deleted", undo)
        return TaskPanelState.close

    @rx.event
    async def restore(self):
        """Take the task out of the bin."""
        task_id, _ = await self._key()
        async with self._db() as session:
            await restore_tasks(session, [task_id])
        await say(self, "The task is back")
        return [TaskPanelState.take_newer, Inbox.sync]

    @rx.event
    async def add_step(self, form: dict[str, Any]):
        """Add a step at the end."""
        step = new_step(str(form.get("step", "")))
        return await self._change_steps(lambda steps: [*steps, step])

    @rx.event
    async def toggle_step(self, index: int):
        """Tick a step or open it again."""

        def toggled(steps: list[Step]) -> list[Step]:
            return [replace(step, done=not step.done) if at == index else step for at, step in enumerate(steps)]

        return await self._change_steps(toggled)

    @rx.event
    async def remove_step(self, index: int):
        """Take a step away."""
        return await self._change_steps(lambda steps: [step for at, step in enumerate(steps) if at != index])

    @rx.event
    async def add_need(self, needs_id: str):
        """Let the task wait for another one."""
        if not needs_id:
            return None
        task_id, _ = await self._key()
        async with self._db() as session:
            await add_dependency(session, self._user_id, task_id, parse_id(needs_id))
            await self._show_rest(session)
        return None

    @rx.event
    async def remove_need(self, needs_id: str):
        """Let the task not wait any more."""
        task_id, _ = await self._key()
        async with self._db() as session:
            await remove_dependency(session, task_id, parse_id(needs_id))
            await self._show_rest(session)

    async def _key(self) -> tuple[UUID, date | None]:
        return (await self.get_state(TaskPanelState))._key()

    async def _change_steps(self, change: Callable[[list[Step]], list[Step]]) -> None:
        task_id, on = await self._key()
        async with self._db() as session:
            view: PanelView = await read_panel(session, task_id, on)
            await change_task(session, task_id, {"task_steps": write_steps(change(view.steps))})
            await self._show_rest(session)

    async def _show_rest(self, session: AsyncSession) -> None:
        panel = await self.get_state(TaskPanelState)
        panel._show(await read_panel(session, *panel._key()))
