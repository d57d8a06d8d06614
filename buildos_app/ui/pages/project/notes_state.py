"""The notes of a project."""

from dataclasses import dataclass

import reflex as rx

from buildos_app.clock import now
from buildos_app.errors import UserError
from buildos_app.projects.queries import list_project_notes
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.pages.project.state import project_of
from buildos_app.ui.session import SessionState
from buildos_app.ui.views import ago_words


@dataclass(frozen=True)
class NoteRow:
    """A note of the project."""

    id: str
    title: str
    content: str
    when: str


class ProjectNotesState(SessionState):
    """The newest first."""

    notes: list[NoteRow] = []

    @rx.event
    async def load(self):
        """Read the notes again; a project that is missing, the frame tells."""
        try:
            async with self._db() as session:
                notes = await list_project_notes(session, project_of(self))
        except UserError:
            return
        self.notes = [
            NoteRow(str(note.id), note.title, note.content, ago_words(note.created_at, now())) for note in notes
        ]


read_again(routes.project("*", "notes"), ProjectNotesState.load)
