"""The list of projects: by status and words, in three orders, a page at a time, each page in one query."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import InvalidInput
from buildos_app.models.project import Project, ProjectStatus
from buildos_app.projects.queries import ProjectView, select_projects

LONGEST_WORDS = 100
FAR = date(9999, 12, 31)

_END = sa.func.coalesce(col(Project.end_date), FAR)
_NAME = sa.func.lower(col(Project.name))
SORTS: dict[str, tuple[Any, bool]] = {
    "updated": (col(Project.updated_at), False),
    "name": (_NAME, True),
    "end": (_END, True),
}


@dataclass(frozen=True)
class Place:
    """Where a page of the list ends: the value that it is ordered by, and the id of the last row."""

    value: datetime | date | str
    id: UUID


async def count_by_status(session: AsyncSession) -> dict[str, int]:
    """How many projects stand where."""
    query = sa.select(col(Project.status), sa.func.count()).group_by(col(Project.status))
    return {status: number for status, number in await session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


async def page_of_projects(
    session: AsyncSession, *, status: str, words: str, sort: str, limit: int, after: Place | None = None
) -> list[ProjectView]:
    """Projects of a status ("open" is all but the archived, "all" is all), with the words in their name or description.

    Raises InvalidInput for a status or an order that does not exist.
    """
    if sort not in SORTS or status not in ("open", "all", *ProjectStatus):
        raise InvalidInput("There is no such list. Open the projects again.")
    key, ascending = SORTS[sort]
    query = select_projects()
    if status == "open":
        query = query.where(col(Project.status) != ProjectStatus.ARCHIVED)
    elif status != "all":
        query = query.where(col(Project.status) == status)
    for word in words[:LONGEST_WORDS].split():
        found = (column.icontains(word, autoescape=True) for column in (col(Project.name), col(Project.description)))
        query = query.where(sa.or_(*found))
    if after is not None:
        place = sa.tuple_(key, col(Project.id))
        query = query.where(place > (after.value, after.id) if ascending else place < (after.value, after.id))
    order = (key.asc(), col(Project.id).asc()) if ascending else (key.desc(), col(Project.id).desc())
    return [ProjectView(*row) for row in await session.execute(query.order_by(*order).limit(limit))]


def place_of(project: ProjectView, sort: str) -> Place:
    """The place behind which the next page begins."""
    values: dict[str, datetime | date | str] = {
        "updated": project.updated_at,
        "name": project.name.lower(),
        "end": project.end_date or FAR,
    }
    return Place(values[sort], project.id)
