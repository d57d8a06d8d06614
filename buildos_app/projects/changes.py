"""Making, editing and deleting a project. What it said before, `project_versions` keeps by itself."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.phase import Phase
from buildos_app.models.project import Note, Project, ProjectStatus, Task
from buildos_app.projects.slugs import slugify, unique_slug
from buildos_app.queue.client import cancel_jobs_about

GONE = "That project does not exist, or it is not yours."
MOST_TAGS = 20


class ProjectFields(BaseModel):
    """What a person may write about a project (behaviour.md 1.4). Dates are calendar days and both included."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    description: str = Field("", max_length=500)
    executive_summary: str = Field("", max_length=500)
    context: str = Field("", max_length=50_000)
    status: ProjectStatus = ProjectStatus.ACTIVE
    tags: list[str] = Field(default_factory=list, max_length=MOST_TAGS)
    start_date: date | None = None
    end_date: date | None = None

    @field_validator("start_date", "end_date", mode="before")
    @classmethod
    def _no_day(cls, value: object) -> object:
        return value or None

    @field_validator("tags", mode="before")
    @classmethod
    def _from_commas(cls, value: object) -> object:
        return list(dict.fromkeys(filter(None, map(str.strip, value.split(","))))) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "ProjectFields":
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValueError("The project ends before it starts.")
        return self


@dataclass(frozen=True)
class Contents:
    """What a deletion takes along."""

    name: str
    tasks: int
    notes: int
    phases: int


def read_fields(form: dict[str, Any]) -> ProjectFields:
    """A form's values. Raises InvalidInput, which says what to change."""
    try:
        return ProjectFields.model_validate(form)
    except ValidationError as error:
        raise InvalidInput(_in_words(error)) from None


async def create_project(session: AsyncSession, user_id: UUID, fields: ProjectFields) -> UUID:
    """A new project and its id."""
    like = sa.select(col(Project.slug)).where(col(Project.slug).startswith(slugify(fields.name), autoescape=True))
    slug = unique_slug(fields.name, set((await session.execute(like)).scalars()))
    project = Project(user_id=user_id, slug=slug, **fields.model_dump())
    session.add(project)
    await session.flush()
    return project.id


async def edit_project(session: AsyncSession, project_id: UUID, fields: ProjectFields, *, seen: datetime) -> None:
    """Save the fields of somebody who read the project as it was at `seen`.

    Raises NotFound, and Conflict when it was changed since then.
    """
    project = await _locked(session, project_id)
    if project.updated_at != seen:
        raise Conflict("This project was changed meanwhile. Look at the newer version before you save yours.")
    await _write(session, project, fields.model_dump())


async def set_project_status(session: AsyncSession, project_id: UUID, status: ProjectStatus) -> None:
    """Pause, complete, archive a project, or take it up again. Raises NotFound."""
    await _write(session, await _locked(session, project_id), {"status": status})


async def restore_fields(session: AsyncSession, project_id: UUID, data: dict[str, Any]) -> None:
    """Make a project say again what a version says. Raises NotFound."""
    fields = ProjectFields.model_validate(data)
    await _write(session, await _locked(session, project_id), fields.model_dump())


async def count_contents(session: AsyncSession, project_id: UUID) -> Contents:
    """What deleting the project would delete with it, in one query. Raises NotFound."""
    counts = [
        sa.select(sa.func.count()).where(col(table.project_id) == project_id).scalar_subquery()
        for table in (Task, Note, Phase)
    ]
    row = (
        await session.execute(sa.select(col(Project.name), *counts).where(col(Project.id) == project_id))
    ).one_or_none()
    if row is None:
        raise NotFound(GONE)
    return Contents(*row)


async def delete_project(session: AsyncSession, project_id: UUID) -> None:
    """Delete a project with its tasks, notes and phases in the caller's transaction; its dumps stay, its jobs end.

    Raises NotFound.
    """
    await cancel_jobs_about(session, "Its project was deleted.", project_id=str(project_id))
    deleted = await session.execute(sa.delete(Project).where(col(Project.id) == project_id).returning(col(Project.id)))
    if deleted.one_or_none() is None:
        raise NotFound(GONE)


async def _locked(session: AsyncSession, project_id: UUID) -> Project:
    project = await session.get(Project, project_id, with_for_update=True)
    if project is None:
        raise NotFound(GONE)
    return project


async def _write(session: AsyncSession, project: Project, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(project, name, value)
    if session.is_modified(project):
        project.updated_at = now()
    await session.flush()


def _in_words(error: ValidationError) -> str:
    first = error.errors()[0]
    field = str(first["loc"][0]).replace("_", " ") if first["loc"] else ""
    match first["type"]:
        case "string_too_short":
            return "Give the project a name."
        case "string_too_long" | "too_long":
            return f"The {field} is too long: at most {first['ctx']['max_length']:,}."
        case "value_error":
            return str(first["msg"]).removeprefix("Value error, ")
        case _:
            return f"The {field or 'form'} does not fit. Change it, then save again."
