"""New days for what is late in a project, in groups by how late it is."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.errors import UserError
from buildos_app.phases.overdue import GROUPS, MOST_AT_ONCE, late_tasks, reschedule
from buildos_app.phases.queries import load_facts
from buildos_app.phrases.text import counted
from buildos_app.projects.undo import remembered
from buildos_app.ui.pages.phases.state import AGAIN
from buildos_app.ui.pages.project.state import project_of
from buildos_app.ui.session import SessionState, parse_day, parse_id
from buildos_app.ui.tasks.undo import offer_undo


@dataclass(frozen=True)
class LateGroup:
    """Tasks that are about as late as each other."""

    number: int
    name: str
    titles: list[str]
    on: bool


class OverdueState(SessionState):
    """The dialog. `more` counts late tasks beside those of the groups."""

    is_open: bool = False
    groups: list[LateGroup] = []
    today: str = ""
    count: int = 0
    more: int = 0
    error: str = ""
    _late: dict[int, list[str]] = {}

    @rx.event
    async def open(self):
        """Show what is late."""
        async with self._db() as session:
            facts = await load_facts(session, self._user_id, project_of(self))
        found = late_tasks(facts)
        late, self.more = found[:MOST_AT_ONCE], max(0, len(found) - MOST_AT_ONCE)
        self._late = {number: [str(task.id) for task in late if task.group == number] for number in range(len(GROUPS))}
        self.groups = [
            LateGroup(number, name, [f"{task.title} ({counted(task.days, 'day')})" for task in here], True)
            for number, (name, _) in enumerate(GROUPS)
            if (here := [task for task in late if task.group == number])
        ]
        self.today, self.count, self.error, self.is_open = str(facts.today), len(late), "", True

    @rx.event
    async def turn(self, number: int):
        """Take a group in, or leave it out."""
        self.groups = [
            LateGroup(group.number, group.name, group.titles, group.on != (group.number == number))
            for group in self.groups
        ]
        self.count = sum(len(group.titles) for group in self.groups if group.on)

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Give the chosen tasks new days."""
        ids = [parse_id(task) for group in self.groups if group.on for task in self._late.get(group.number, [])]
        try:
            day = parse_day(str(form.get("day", "")), "Choose the day to begin on.")
            async with self._db() as session, remembered(session, ids, places=True) as undo:
                count = await reschedule(session, self._user_id, project_of(self), ids, day)
        except UserError as error:
            self.error = str(error)
            return None
        self.is_open = False
        await offer_undo(self, f"{counted(count, 'task')} rescheduled", undo)
        return AGAIN

    @rx.event
    async def close(self):
        """Change nothing."""
        self.is_open = False
