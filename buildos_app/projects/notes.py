"""Notes: what is worth keeping and nobody has to do. Reading, writing, and turning one into a task."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.project import Note, Project, Task

GONE = "That note no longer exists."
LONGEST_TITLE, LONGEST_CONTENT, LONGEST_CATEGORY = 255, 50_000, 60
LONGEST_TASK_TITLE = 255


@dataclass(frozen=True)
class NoteView:
    """A note with the name of its project."""

    id: UUID
    title: str
    content: str
    category: str
    created_at: datetime
    updated_at: datetime
    project_id: UUID | None
    project_name: str | None


@dataclass(frozen=True)
class NoteFields:
    """What a person writes into a note."""

    title: str
    content: str
    category: str = ""
    project_id: UUID | None = None

    def __post_init__(self) -> None:
        if not self.title.strip() and not self.content.strip():
            raise InvalidInput("Write a title or a text first.")
        if len(self.title) > LONGEST_TITLE or len(self.category) > LONGEST_CATEGORY:
            raise InvalidInput("The title or the category is too long. Put the rest into the text.")
        if len(self.content) > LONGEST_CONTENT:
            raise InvalidInput(f"The text is too long: at most {LONGEST_CONTENT:,} characters.")


async def list_notes(
    session: AsyncSession,
    *,
    project_id: UUID | None = None,
    category: str = "",
    words: str = "",
    limit: int,
    before: UUID | None = None,
) -> list[NoteView]:
    """Notes, the newest first, of one project or of all; `before` is the id of the last one seen."""
    query = _notes()
    if project_id is not None:
        query = query.where(col(Note.project_id) == project_id)
    if category:
        query = query.where(col(Note.category) == category)
    for word in words[:100].split():
        query = query.where(
            sa.or_(*(field.icontains(word, autoescape=True) for field in (col(Note.title), col(Note.content))))
        )
    if before is not None:
        query = query.where(col(Note.id) < before)
    return [NoteView(*row) for row in await session.execute(query.order_by(col(Note.id).desc()).limit(limit))]


async def list_categories(session: AsyncSession, project_id: UUID | None = None) -> dict[str, int]:
    """The categories in use and how many notes each has, the fullest first."""
    query = sa.select(col(Note.category), sa.func.count()).where(col(Note.category) != "").group_by(col(Note.category))
    if project_id is not None:
        query = query.where(col(Note.project_id) == project_id)
    rows = await session.execute(query.order_by(sa.func.count().desc(), col(Note.category)).limit(20))
    return {category: count for category, count in rows}  # noqa: C416 - rows are no pairs to mypy


async def get_note(session: AsyncSession, note_id: UUID) -> NoteView:
    """One note. Raises NotFound."""
    row = (await session.execute(_notes().where(col(Note.id) == note_id))).one_or_none()
    if row is None:
        raise NotFound(GONE)
    return NoteView(*row)


async def create_note(session: AsyncSession, user_id: UUID, fields: NoteFields) -> UUID:
    """A new note and its id. Raises NotFound when the project is not the person's."""
    await _check_project(session, fields.project_id)
    note = Note(user_id=user_id, **vars(fields))
    session.add(note)
    await session.flush()
    return note.id


async def edit_note(session: AsyncSession, note_id: UUID, fields: NoteFields, *, seen: datetime) -> None:
    """Save a note that was read as it was at `seen`. Raises NotFound, and Conflict when it was changed since then."""
    note = await _locked(session, note_id)
    if note.updated_at != seen:
        raise Conflict("This note was changed meanwhile. Look at the newer version before you save yours.")
    await _check_project(session, fields.project_id)
    for name, value in vars(fields).items():
        setattr(note, name, value)
    note.updated_at = now()
    await session.flush()


async def delete_note(session: AsyncSession, note_id: UUID) -> NoteView:
    """Delete a note; what it said, so that it can be written again. Raises NotFound."""
    note = await get_note(session, note_id)
    await session.execute(sa.delete(Note).where(col(Note.id) == note_id))
    return note


async def turn_into_task(session: AsyncSession, user_id: UUID, note_id: UUID) -> Task:
    """Make a task of a note, which goes away: its title or first line is the title, its text the details.

    Raises NotFound.
    """
    note = await _locked(session, note_id)
    first_line = next(filter(None, (line.strip().lstrip("#*->+ ") for line in note.content.splitlines())), "A note")
    task = Task(
        user_id=user_id,
        project_id=note.project_id,
        title=(note.title.strip() or first_line)[:LONGEST_TASK_TITLE],
        details="" if note.content.strip() == note.title.strip() else note.content,
        brain_dump_id=note.brain_dump_id,
    )
    session.add(task)
    await session.delete(note)
    await session.flush()
    return task


def _notes() -> sa.Select[Any]:
    columns = [getattr(Note, name) for name in list(NoteView.__dataclass_fields__)[:-1]]
    return sa.select(*columns, col(Project.name)).outerjoin(Project, col(Project.id) == col(Note.project_id))


async def _locked(session: AsyncSession, note_id: UUID) -> Note:
    note = await session.get(Note, note_id, with_for_update=True)
    if note is None:
        raise NotFound(GONE)
    return note


async def _check_project(session: AsyncSession, project_id: UUID | None) -> None:
    if project_id is not None and await session.get(Project, project_id) is None:
        raise NotFound("That project does not exist, or it is not yours.")
