"""Notes: of a project below its address, of everything on the page of all notes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx

from buildos_app.clock import now
from buildos_app.errors import UserError
from buildos_app.projects.listing import page_of_projects
from buildos_app.projects.notes import (
    NoteFields,
    NoteView,
    create_note,
    delete_note,
    edit_note,
    get_note,
    list_categories,
    list_notes,
    turn_into_task,
)
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.project.state import ProjectState, project_of
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import ago_words

PAGE = 20
LONGEST_SHOWN = 2_000
MOST_PROJECTS = 100


@dataclass(frozen=True)
class NoteRow:
    """A note in the list; a long one is cut, its editor shows all of it."""

    id: str
    title: str
    content: str
    category: str
    when: str
    project: str
    project_href: str


@dataclass(frozen=True)
class NoteForm:
    """The fields of the editor as they were when it opened. `seen` is empty for a new note."""

    id: str = ""
    title: str = ""
    content: str = ""
    category: str = ""
    project_id: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Option:
    """Something to pick: a project, or a category with its count."""

    value: str
    label: str


class NotesState(SessionState):
    """The newest first. What somebody types into the editor is never replaced: a newer version is offered."""

    loaded: bool = False
    notes: list[NoteRow] = []
    has_more: bool = False
    categories: list[Option] = []
    category: str = ""
    words: str = ""
    is_open: bool = False
    form: NoteForm = NoteForm()
    error: str = ""
    has_newer: bool = False
    projects: list[Option] = []
    deleted: str = ""
    _cursor: str = ""
    _deleted: NoteView | None = None
    _asked: str = ""

    @rx.event
    async def load(self):
        """The first page; the note that the address names opens once."""
        try:
            await self._read()
        except UserError:
            return None
        wanted = self.router.url.query_parameters.get("note", "")
        if wanted and wanted != self._asked:
            self._asked = wanted
            return NotesState.open(wanted)
        return NotesState.look if self.is_open and self.form.id else None

    @rx.event
    async def more(self):
        """The next page."""
        if self._cursor and len(self.notes) < 5 * PAGE:
            async with self._db() as session:
                found = await list_notes(session, **self._filter(), limit=PAGE + 1, before=UUID(self._cursor))
            self._show(found)

    @rx.event
    async def find(self, words: str):
        """Narrow the list to notes with these words."""
        self.words = words[:100]
        await self._read()

    @rx.event
    async def pick(self, category: str):
        """Narrow the list to a category; the same again shows all."""
        self.category = "" if category == self.category else category[:60]
        await self._read()

    @rx.event
    async def new(self):
        """Open an empty editor, in the project of this address if there is one."""
        project_id = self._project_id()
        await self._open(NoteForm(project_id=str(project_id or ""), category=self.category))

    @rx.event
    async def open(self, note_id: str):
        """Open a note with what it says now."""
        async with self._db() as session:
            note = await get_note(session, parse_id(note_id))
        await self._open(
            NoteForm(
                str(note.id),
                note.title,
                note.content,
                note.category,
                str(note.project_id or ""),
                note.updated_at.isoformat(),
            )
        )

    @rx.event
    async def look(self):
        """Something of the person changed: is there a newer version of the note that is open?"""
        try:
            async with self._db() as session:
                note = await get_note(session, parse_id(self.form.id))
        except UserError:
            self.error = "This note was deleted in another tab. Copy what you need from here."
            return
        self.has_newer = note.updated_at.isoformat() != self.form.seen

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Save; what does not fit is said in the editor, and nothing that was typed is lost."""
        try:
            fields = _fields(form)
            async with self._db() as session:
                if self.form.id:
                    seen = datetime.fromisoformat(self.form.seen)
                    await edit_note(session, parse_id(self.form.id), fields, seen=seen)
                else:
                    await create_note(session, self._user_id, fields)
        except UserError as error:
            self.error = str(error)
            return None
        self.is_open, self.error = False, ""
        await self._read()
        return self._head()

    @rx.event
    async def close(self):
        """Close the editor without saving."""
        self.is_open, self.error = False, ""

    @rx.event
    async def remove(self):
        """Delete the open note; it can be taken back."""
        async with self._db() as session:
            self._deleted = await delete_note(session, parse_id(self.form.id))
        self.deleted = self._deleted.title or self._deleted.content[:60]
        self.is_open = False
        await self._read()
        return self._head()

    @rx.event
    async def undo(self):
        """Write the deleted note again."""
        if self._deleted is None:
            return None
        note, self._deleted, self.deleted = self._deleted, None, ""
        async with self._db() as session:
            fields = NoteFields(note.title, note.content, note.category, note.project_id)
            await create_note(session, self._user_id, fields)
        await self._read()
        return self._head()

    @rx.event
    async def to_task(self):
        """Turn the open note into a task."""
        async with self._db() as session:
            task = await turn_into_task(session, self._user_id, parse_id(self.form.id))
        self.is_open = False
        await self._read()
        await say(self, f"“{task.title[:60]}” is a task now")
        return self._head()

    async def _read(self) -> None:
        project_id = self._project_id()
        async with self._db() as session:
            found = await list_notes(session, **self._filter(), limit=PAGE + 1)
            categories = await list_categories(session, project_id)
        self.categories = [Option(name, f"{name} {count}") for name, count in categories.items()]
        self.notes = []
        self._show(found)
        self.loaded = True

    async def _open(self, form: NoteForm) -> None:
        async with self._db() as session:
            projects = await page_of_projects(session, status="open", words="", sort="name", limit=MOST_PROJECTS)
        self.projects = [Option(str(item.id), item.name) for item in projects]
        self.is_open, self.form, self.error, self.has_newer = True, form, "", False

    def _project_id(self) -> UUID | None:
        return project_of(self) if self.router.url.path.startswith(routes.PROJECTS) else None

    def _filter(self) -> dict[str, Any]:
        return {"project_id": self._project_id(), "category": self.category, "words": self.words}

    def _show(self, found: list[NoteView]) -> None:
        self.has_more, found = len(found) > PAGE, found[:PAGE]
        self.notes = [*self.notes, *(_row(note) for note in found)]
        self._cursor = str(found[-1].id) if found else ""

    def _head(self) -> Any:
        return ProjectState.load if self._project_id() else None


read_again(routes.NOTES, NotesState.load)
read_again(routes.project("*", "notes"), NotesState.load)


def _row(note: NoteView) -> NoteRow:
    content = note.content if note.content.strip() != note.title.strip() else ""
    return NoteRow(
        str(note.id),
        note.title,
        content[:LONGEST_SHOWN] + ("…" if len(content) > LONGEST_SHOWN else ""),
        note.category,
        ago_words(note.created_at, now()),
        note.project_name or "",
        routes.project(note.project_id, "notes") if note.project_id else "",
    )


def _fields(form: dict[str, Any]) -> NoteFields:
    project_id = str(form.get("project_id", ""))
    return NoteFields(
        title=str(form.get("title", "")).strip(),
        content=str(form.get("content", "")).strip(),
        category=str(form.get("category", "")).strip(),
        project_id=parse_id(project_id) if project_id else None,
    )
