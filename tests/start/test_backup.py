"""A backup that is never restored is none: everything is back, row by row, and row level security with it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from buildos_app.db.engine import dispose
from buildos_app.db.session import service_session, user_session
from buildos_app.start.backup import program
from tests.db.test_row_level_security import fill
from tests.fixtures.database import use
from tests.start.test_cli import buildos

DIGEST = "SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {} t"


@pytest.fixture
def another(server_url: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"restored_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def digests(url: str) -> dict[str, str]:
    """Of every table."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchall()
        found = {}
        for (table,) in tables:
            row = connection.execute(sql.SQL(DIGEST).format(sql.Identifier(table))).fetchone()
            assert row is not None
            found[table] = row[0]
    return found


async def test_a_backup_brings_every_row_back(
    database: str, another: str, user_id: UUID, other_user_id: UUID, tmp_path: Path
) -> None:
    async with service_session("test") as session:
        for person in (user_id, other_user_id):
            await fill(session, person)
    before, file = digests(database), tmp_path / "all.dump"

    written = buildos("backup", str(file), DATABASE_URL=database)
    restored = buildos("restore", str(file), DATABASE_URL=another)

    assert (written.returncode, restored.returncode) == (0, 0), (written.stderr, restored.stderr)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert digests(another) == before
    assert sum(digest != "d41d8cd98f00b204e9800998ecf8427e" for digest in before.values()) > 40
    await dispose()
    use(another)
    async with user_session(user_id) as session:
        owners = set((await session.execute(sa.text("SELECT user_id FROM tasks"))).scalars())
    assert owners == {user_id}
    await dispose()
    use(database)


async def test_a_restore_never_writes_over_anything(database: str, user_id: UUID, tmp_path: Path) -> None:
    file = tmp_path / "all.dump"
    assert buildos("backup", str(file), DATABASE_URL=database).returncode == 0
    before = digests(database)

    again = buildos("backup", str(file), DATABASE_URL=database)
    over = buildos("restore", str(file), DATABASE_URL=database)

    assert (again.returncode, over.returncode) == (2, 2)
    assert "exists already" in again.stderr
    assert "holds something already" in over.stderr
    assert digests(database) == before


@pytest.mark.parametrize("content", [b"", b"PGDMP and no more", b"SELECT 1;"])
def test_what_is_no_backup_is_refused(content: bytes, another: str, tmp_path: Path) -> None:
    file = tmp_path / "none.dump"
    file.write_bytes(content)

    result = buildos("restore", str(file), DATABASE_URL=another)

    assert result.returncode == 2
    assert result.stderr.startswith("pg_restore: ")
    assert digests(another) == {}


def test_a_backup_of_a_newer_version_says_so(database: str, another: str, tmp_path: Path) -> None:
    file = tmp_path / "newer.dump"
    with psycopg.connect(database, autocommit=True) as connection:
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        connection.execute("UPDATE alembic_version SET version_num = 'of the future'")
        try:
            subprocess.run(
                [program("pg_dump"), "--format=custom", "--no-owner", f"--file={file}", f"--dbname={database}"],
                check=True,
            )
        finally:
            connection.execute("UPDATE alembic_version SET version_num = %s", [version])

    result = buildos("restore", str(file), DATABASE_URL=another)

    assert result.returncode == 2
    assert result.stderr.startswith("The backup is of a newer BuildOS") and result.stderr.count("\n") == 1


def test_a_database_that_refuses_says_so(database: str, another: str, tmp_path: Path) -> None:
    file = tmp_path / "all.dump"
    assert buildos("backup", str(file), DATABASE_URL=database).returncode == 0
    with psycopg.connect(another, autocommit=True) as connection:
        connection.execute(
            "CREATE SCHEMA guard; CREATE FUNCTION guard.refuse() RETURNS event_trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE 'not in this database'; END $$;"
            "CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('DROP SCHEMA')"
            " EXECUTE FUNCTION guard.refuse()"
        )

    result = buildos("restore", str(file), DATABASE_URL=another)

    assert result.returncode == 2
    assert result.stderr == "The schema `public` cannot be made anew: not in this database.\n"
