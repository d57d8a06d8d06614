"""Making, editing, pausing, archiving and deleting a project."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.errors import UserError
from buildos_app.models.project import ProjectStatus
from buildos_app.phrases.text import counted
from buildos_app.projects.changes import (
    count_contents,
    create_project,
    delete_project,
    edit_project,
    read_fields,
    set_project_status,
)
from buildos_app.projects.queries import ProjectHead, get_project_head
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.project.state import ProjectState, project_of
from buildos_app.ui.session import SessionState, parse_id


@dataclass(frozen=True)
class ProjectForm:
    """The fields of the editor as they were when it opened. `seen` is empty for a new project."""

    id: str = ""
    name: str = ""
    description: str = ""
    executive_summary: str = ""
    context: str = ""
    status: str = "active"
    tags: str = ""
    start_date: str = ""
    end_date: str = ""
    seen: str = ""


FIELDS = tuple(name for name in ProjectForm.__dataclass_fields__ if name not in ("id", "seen"))
DONE = {
    ProjectStatus.ACTIVE: "is active again",
    ProjectStatus.PAUSED: "is paused",
    ProjectStatus.COMPLETED: "is completed",
    ProjectStatus.ARCHIVED: "is archived",
}


class ProjectEditState(SessionState):
    """`mode` is empty, new, edit or delete. What somebody types is never replaced: a newer version is offered."""

    mode: str = ""
    form: ProjectForm = ProjectForm()
    error: str = ""
    has_newer: bool = False
    contents: str = ""

    @rx.event
    async def new(self):
        """Open an empty editor."""
        self.mode, self.form, self.error, self.has_newer = "new", ProjectForm(), "", False

    @rx.event
    async def edit(self):
        """Open the editor with what the project says now."""
        async with self._db() as session:
            project = await get_project_head(session, project_of(self))
        self.mode, self.form, self.error, self.has_newer = "edit", _form(project), "", False

    @rx.event
    async def look(self):
        """Something of the person changed: is there a newer version of what is being edited?"""
        if self.mode != "edit":
            return
        try:
            async with self._db() as session:
                project = await get_project_head(session, UUID(self.form.id))
        except UserError as error:
            self.error = str(error)
            return
        self.has_newer = project.updated_at.isoformat() != self.form.seen

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Save; what does not fit is said in the editor, and nothing that was typed is lost."""
        try:
            fields = read_fields({name: str(form[name]) for name in FIELDS if name in form})
            async with self._db() as session:
                if self.mode == "new":
                    project_id = await create_project(session, self._user_id, fields)
                else:
                    project_id = parse_id(self.form.id)
                    await edit_project(session, project_id, fields, seen=datetime.fromisoformat(self.form.seen))
        except UserError as error:
            self.error = str(error)
            return None
        is_new, self.mode, self.error = self.mode == "new", "", ""
        await say(self, "Project made" if is_new else "Saved")
        return rx.redirect(routes.project(project_id)) if is_new else ProjectState.load

    @rx.event
    async def close(self):
        """Close what is open; nothing is saved."""
        self.mode, self.error = "", ""

    @rx.event
    async def set_status(self, status: str):
        """Pause, complete, archive, or take up again."""
        if status not in list(ProjectStatus):
            return None
        async with self._db() as session:
            await set_project_status(session, project_of(self), ProjectStatus(status))
        self.mode = ""
        await say(self, f"The project {DONE[ProjectStatus(status)]}")
        return ProjectState.load

    @rx.event
    async def ask_delete(self):
        """Say what a deletion takes along, and wait for a yes."""
        async with self._db() as session:
            project_id = project_of(self)
            found = await count_contents(session, project_id)
        kinds = ((found.tasks, "task"), (found.notes, "note"), (found.phases, "phase"))
        named = [counted(number, noun) for number, noun in kinds if number]
        self.contents = f"With it go {_and(named)}." if named else "It holds no tasks, notes or phases."
        self.mode, self.form, self.error = "delete", ProjectForm(id=str(project_id), name=found.name), ""

    @rx.event
    async def delete(self, form: dict[str, Any]):
        """Delete the project that was asked about, with all that was named."""
        if self.mode != "delete":
            return None
        async with self._db() as session:
            await delete_project(session, parse_id(self.form.id))
        self.mode = ""
        await say(self, f"{self.form.name} is deleted")
        return rx.redirect(routes.PROJECTS)


read_again("/projects/", ProjectEditState.look)


def _form(project: ProjectHead) -> ProjectForm:
    return ProjectForm(
        id=str(project.id),
        name=project.name,
        description=project.description,
        executive_summary=project.executive_summary,
        context=project.context,
        status=project.status,
        tags=", ".join(project.tags),
        start_date=project.start_date.isoformat() if project.start_date else "",
        end_date=project.end_date.isoformat() if project.end_date else "",
        seen=project.updated_at.isoformat(),
    )


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
