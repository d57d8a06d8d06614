"""Export, import, export again: counted row by row, table by table."""

import csv
import io
import json
import zipfile
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from buildos_app.db.session import service_session, user_session
from buildos_app.models.all import metadata
from buildos_app.models.data_file import DataFileKind
from buildos_app.models.queue import QueueJob
from buildos_app.own_data.archive import Archive
from buildos_app.own_data.files import find_export, read_file, save_file
from buildos_app.own_data.jobs import ExportData, ImportData
from buildos_app.own_data.tables import RECORDS, RESTORED, in_order
from tests.db.test_row_level_security import ROWS, fill
from tests.fixtures.jobs import Perform

ODD = 'Ünïcode 🌱, "quotes"; semi\nline'
_TASK = sa.text(
    "INSERT INTO tasks (id, user_id, project_id, parent_task_id, title, description, start_date, due_date, status,"
    " duration_minutes) VALUES (:id, :user_id, :user_id, :parent, :title, 'Why, and; how', now(),"
    " '2026-12-01 09:30+01', 'done', 45)"
).bindparams(sa.bindparam("parent", type_=sa.Uuid))
FORMULA = '=HYPERLINK("http://evil.example","click")'


async def export(perform: Perform, user_id: UUID) -> zipfile.ZipFile:
    job = await perform(ExportData())
    assert (job.status, job.error_message) == ("completed", None)
    async with user_session(user_id) as session:
        file = await find_export(session, user_id)
        assert file is not None
        _, content = await read_file(session, file.id)
    return zipfile.ZipFile(io.BytesIO(content))


async def import_(perform: Perform, user_id: UUID, content: bytes) -> QueueJob:
    async with user_session(user_id) as session:
        file_id = await save_file(session, user_id, DataFileKind.IMPORT, "import.zip", content, {})
    return await perform(ImportData(file_id=file_id))


def data_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("data/")}


def packed(files: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, value in files.items():
            archive.writestr(name, value if isinstance(value, str | bytes) else json.dumps(value))
    return buffer.getvalue()


def manifest(**changes: object) -> dict[str, object]:
    fields = {"product": "BuildOS", "format": 1, "user_id": str(uuid4()), "exported_at": "", "counts": {}}
    return fields | changes


async def counts(user_id: UUID) -> dict[str, int]:
    found = {}
    async with service_session("test") as session:
        for name in RESTORED:
            query = sa.text(f"SELECT count(*) FROM {name} WHERE user_id = :user_id")
            found[name] = (await session.execute(query, {"user_id": user_id})).scalar_one()
    return found


async def fill_richly(user_id: UUID) -> None:
    """A row in every table, and tasks that point to each other, in the order that a naive import gets wrong."""
    async with service_session("test") as session:
        await fill(session, user_id)
        parent, child = sorted((uuid4(), uuid4()), reverse=True)
        for task_id, parent_id, title in ((parent, None, FORMULA), (child, parent, ODD)):
            values = {"id": task_id, "user_id": user_id, "parent": parent_id, "title": title}
            await session.execute(_TASK, values)
        await session.execute(sa.text("UPDATE tasks SET priority = 'high' WHERE id = :id"), {"id": child})


async def forget(user_id: UUID) -> None:
    async with service_session("test") as session:
        for table in reversed(in_order(RESTORED)):
            await session.execute(sa.delete(table).where(table.c.user_id == user_id))
        await session.execute(sa.text("UPDATE users SET name = 'Lost' WHERE id = :id"), {"id": user_id})


async def test_export_import_export_is_equal(perform: Perform, user_id: UUID) -> None:
    await fill_richly(user_id)
    before = await counts(user_id)
    assert min(before.values()) >= 1, "each table of the list has a row to travel"
    first = await export(perform, user_id)
    await forget(user_id)
    assert set((await counts(user_id)).values()) == {0}

    job = await import_(perform, user_id, first.fp.getvalue())  # type: ignore[union-attr]

    assert (job.status, job.error_message) == ("completed", None)
    assert await counts(user_id) == before
    second = await export(perform, user_id)
    assert data_of(second) == data_of(first)
    readable = [name for name in first.namelist() if name.startswith("markdown/") or name == "tasks.ics"]
    assert [first.read(name) for name in readable] == [second.read(name) for name in readable]


async def test_an_import_over_what_is_there_changes_nothing(perform: Perform, user_id: UUID) -> None:
    await fill_richly(user_id)
    first = await export(perform, user_id)

    job = await import_(perform, user_id, first.fp.getvalue())  # type: ignore[union-attr]

    assert job.status == "completed"
    assert data_of(await export(perform, user_id)) == data_of(first)


async def test_what_was_made_anew_since_gives_way_and_slugs_stay_apart(perform: Perform, user_id: UUID) -> None:
    await fill_richly(user_id)
    first = await export(perform, user_id)
    anew = (
        "UPDATE projects SET slug = slug || '-old'",
        "INSERT INTO projects (user_id, name, slug) SELECT user_id, 'Later', replace(slug, '-old', '') FROM projects",
        "UPDATE task_instances SET id = uuidv7()",
    )
    async with service_session("test") as session:
        slugs = set((await session.execute(sa.text("SELECT slug FROM projects"))).scalars())
        for statement in anew:
            await session.execute(sa.text(statement))

    job = await import_(perform, user_id, first.fp.getvalue())  # type: ignore[union-attr]

    assert (job.status, job.error_message) == ("completed", None)
    async with service_session("test") as session:
        after = set((await session.execute(sa.text("SELECT slug FROM projects"))).scalars())
    assert after == slugs | {f"{slug}-2" for slug in slugs}
    before, again = data_of(first), data_of(await export(perform, user_id))
    assert again["data/task_instances.json"] == before["data/task_instances.json"]


async def test_an_export_holds_every_row_of_its_person_and_of_nobody_else(
    perform: Perform, user_id: UUID, other_user_id: UUID
) -> None:
    await fill_richly(user_id)
    async with service_session("test") as session:
        await fill(session, other_user_id)

    archive = await export(perform, user_id)

    stored = json.loads(archive.read("manifest.json"))["counts"]
    assert set(stored) == set(RESTORED + RECORDS)
    for name in RESTORED + RECORDS:
        folder = "data" if name in RESTORED else "records"
        rows = json.loads(archive.read(f"{folder}/{name}.json"))
        assert {row["user_id"] for row in rows} == {str(user_id)}, name
        lines = list(csv.reader(io.StringIO(archive.read(f"csv/{name}.csv").decode())))
        assert len(lines) - 1 == len(rows) == stored[name], name
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert str(other_user_id).encode() not in everything
    assert b"token_hash" not in everything
    assert b"password" not in everything


async def test_a_spreadsheet_runs_no_formula(perform: Perform, user_id: UUID) -> None:
    await fill_richly(user_id)

    archive = await export(perform, user_id)

    rows = csv.DictReader(io.StringIO(archive.read("csv/tasks.csv").decode()))
    titles = [row["title"] for row in rows]
    assert "'" + FORMULA in titles
    for name in archive.namelist():
        if name.startswith("csv/"):
            cells = [cell for line in csv.reader(io.StringIO(archive.read(name).decode())) for cell in line]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


async def test_the_calendar_and_the_markdown_can_be_read(perform: Perform, user_id: UUID) -> None:
    await fill_richly(user_id)

    archive = await export(perform, user_id)

    calendar = archive.read("tasks.ics").decode()
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    unfolded = calendar.replace("\r\n ", "")
    assert (unfolded.count("BEGIN:VTODO"), unfolded.count("BEGIN:VEVENT")) == (2, 2)
    assert 'SUMMARY:Ünïcode 🌱\\, "quotes"\\; semi\\nline' in unfolded
    assert "DUE:20261201T083000Z" in unfolded
    garden = next(name for name in archive.namelist() if name.startswith("markdown/projects/garden"))
    assert "- [x] Ünïcode 🌱" in archive.read(garden).decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no zip"),
        (b"PK\x03\x04 nonsense", "no zip"),
        (packed({"readme.txt": "hello"}), "damaged"),
        (packed({"manifest.json": "[" * 100_000}), "damaged"),
        (packed({"manifest.json": manifest(product="Other")}), "another version"),
        (packed({"manifest.json": manifest(format=99)}), "another version"),
        (packed({"manifest.json": manifest(user_id="me")}), "manifest"),
    ],
)
def test_what_is_no_export_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(Exception, match=words):
        Archive(content)


def test_an_archive_that_swells_is_refused() -> None:
    with pytest.raises(Exception, match="larger than any export"):
        Archive(packed_small({"manifest.json": manifest(), **{f"data/{i}.json": b"0" * 50_000_000 for i in range(5)}}))


def packed_small(files: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, value in files.items():
            archive.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return buffer.getvalue()


def project(**changes: object) -> dict[str, object]:
    return {"id": str(uuid4()), "user_id": str(uuid4()), "name": "Garden", "slug": "garden"} | changes


@pytest.mark.parametrize(
    "row",
    [
        project(status="stolen"),
        project(id="not an id"),
        project(name=None),
        project(start_date="yesterday"),
        project(created_at="infinity"),
        project(name="a\x00b"),
        project(tags=5),
    ],
)
async def test_a_row_that_does_not_fit_stops_everything(
    row: dict[str, object], perform: Perform, user_id: UUID
) -> None:
    rows = [project(slug="good"), row]
    files = {"manifest.json": manifest(counts={"projects": 2}), "data/profile.json": {}, "data/projects.json": rows}

    job = await import_(perform, user_id, packed(files))

    assert (job.status, "Nothing was imported" in str(job.error_message)) == ("failed", True)
    assert (await counts(user_id))["projects"] == 0


@pytest.mark.parametrize(
    ("kind", "value"), [("setting", {}), ("setting", {"setting": "is_admin"}), ("question", {"category": 5})]
)
async def test_a_suggestion_that_would_set_what_is_no_setting_stops_everything(
    kind: str, value: object, perform: Perform, user_id: UUID
) -> None:
    row = {"id": str(uuid4()), "user_id": str(user_id), "kind": kind, "name": "Working hours", "value": value}
    files = {"manifest.json": manifest(counts={"onboarding_findings": 1}), "data/profile.json": {}}

    job = await import_(perform, user_id, packed({**files, "data/onboarding_findings.json": [row]}))

    assert (job.status, "does not fit its kind" in str(job.error_message)) == ("failed", True)
    assert (await counts(user_id))["onboarding_findings"] == 0


async def test_rows_become_the_importers_own_and_rights_stay(
    perform: Perform, user_id: UUID, other_user_id: UUID
) -> None:
    profile = {
        "name": "Mallory",
        "is_admin": True,
        "email": "root@example.org",
        "password_hash": "x",
        "id": str(uuid4()),
    }
    row = project(user_id=str(other_user_id), unknown="column")
    files = {
        "manifest.json": manifest(counts={"projects": 1}),
        "data/profile.json": profile,
        "data/projects.json": [row],
        "data/users.json": [{"id": str(user_id), "is_admin": True}],
        "../../escape.txt": "x",
    }

    job = await import_(perform, user_id, packed(files))

    assert job.status == "completed"
    assert ((await counts(user_id))["projects"], (await counts(other_user_id))["projects"]) == (1, 0)
    async with service_session("test") as session:
        query = sa.text("SELECT name, is_admin, email FROM users WHERE id = :id")
        assert tuple((await session.execute(query, {"id": user_id})).one()) == ("Mallory", False, "mira@example.org")


async def test_rows_of_somebody_else_are_left_alone(perform: Perform, user_id: UUID, other_user_id: UUID) -> None:
    async with service_session("test") as session:
        await fill(session, other_user_id)
    files = {
        "manifest.json": manifest(counts={"projects": 1}),
        "data/profile.json": {},
        "data/projects.json": [project(id=str(other_user_id), name="Mine now")],
    }
    job = await import_(perform, user_id, packed(files))
    assert "another account" in str(job.error_message)

    below = {"id": str(uuid4()), "title": "Sneak in", "project_id": str(other_user_id)}
    files = {"manifest.json": manifest(counts={"tasks": 1}), "data/profile.json": {}, "data/tasks.json": [below]}
    job = await import_(perform, user_id, packed(files))

    assert "do not fit together" in str(job.error_message)
    async with service_session("test") as session:
        assert (await session.execute(sa.text("SELECT name FROM projects"))).scalars().all() == ["Garden"]


def test_the_rows_of_this_test_cover_every_list() -> None:
    assert set(RESTORED + RECORDS) <= set(ROWS)
    assert set(RESTORED + RECORDS) <= set(metadata.tables)
