"""Finding things by a few letters, mistyped or not."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from buildos_app.clock import now
from buildos_app.db.session import user_session
from buildos_app.models.brain_dump import BrainDump
from buildos_app.models.project import Note, Project, Task
from buildos_app.models.search import Kind
from buildos_app.projects.search import prefixes, search, words_of


@pytest.fixture
async def garden(user_id: UUID) -> UUID:
    async with user_session(user_id) as session:
        project = Project(user_id=user_id, name="Garden before winter", slug="garden", context="Larch is best")
        session.add(project)
        await session.flush()
        session.add_all(
            [
                Task(user_id=user_id, project_id=project.id, title="Order timber from Holzland"),
                Task(user_id=user_id, project_id=project.id, title="Call Jonas", details="About the timber, by noon"),
                Note(user_id=user_id, project_id=project.id, title="Prices", content="Larch costs 4.20 a metre"),
                BrainDump(user_id=user_id, content="The kitchen needs paint before Easter"),
            ]
        )
    return project.id


async def titles(user_id: UUID, text: str, **options: object) -> list[str]:
    async with user_session(user_id) as session:
        return [hit.title for hit in await search(session, text, limit=10, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("timber", ["Order timber from Holzland", "Call Jonas"]),
        ("tim ord", ["Order timber from Holzland"]),
        ("GARD", ["Garden before winter"]),
        ("larch", ["Garden before winter", "Prices"]),
        ("easter", ["The kitchen needs paint before Easter"]),
        ("tmiber", ["Order timber from Holzland", "Call Jonas"]),
        ("odrer timbr", ["Order timber from Holzland"]),
        ("gardn befor", ["Garden before winter"]),
        ("holzlnad", ["Order timber from Holzland"]),
        ("kichten", ["The kitchen needs paint before Easter"]),
        ("mtere", ["Prices"]),
        ("call joans", ["Call Jonas"]),
        ("quantum", []),
        ("' | & ! :* <-> (", []),
    ],
)
async def test_what_is_found(user_id: UUID, garden: UUID, text: str, expected: list[str]) -> None:
    assert await titles(user_id, text) == expected


async def test_kinds_and_homes_are_told(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        (hit,) = await search(session, "prices", kinds=[Kind.NOTE], limit=5)
    assert (hit.kind, hit.project_id, hit.project_name) == (Kind.NOTE, garden, "Garden before winter")
    assert await titles(user_id, "larch", kinds=[Kind.NOTE]) == ["Prices"]


async def test_entries_follow_their_rows(user_id: UUID, garden: UUID) -> None:
    async with user_session(user_id) as session:
        await session.execute(sa.text("UPDATE tasks SET title = 'Order bricks' WHERE title LIKE 'Order%'"))
        await session.execute(sa.text("UPDATE tasks SET deleted_at = :now WHERE title = 'Call Jonas'"), {"now": now()})
        await session.execute(sa.text("DELETE FROM notes"))

    assert await titles(user_id, "bricks") == ["Order bricks"]
    assert await titles(user_id, "timber") == []
    assert await titles(user_id, "prices") == []

    async with user_session(user_id) as session:
        await session.execute(sa.text("UPDATE tasks SET deleted_at = NULL"))
    assert await titles(user_id, "timber") == ["Call Jonas"]


async def test_nothing_of_somebody_else_is_found(user_id: UUID, other_user_id: UUID, garden: UUID) -> None:
    for text in ("timber", "tmiber", "garden", "larch"):
        assert await titles(other_user_id, text) == []


@given(st.text(max_size=300))
def test_a_query_is_words_and_nothing_else(text: str) -> None:
    for word in words_of(text):
        assert prefixes([[word, word]]) == f"({word}:* | {word}:*)"
        assert not set(word) & set("'\\!|()<>:*&\0 ")
