"""What alembic runs besides its versions: the replaceable SQL files, and how a process sees that all is in place."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ProgrammingError

from buildos_app.settings import ROOT

SQL_FOLDER = ROOT / "alembic" / "sql"
FOLDER_ORDER = (
    "auth", "queue", "tasks", "calendar", "projects", "search", "notifications", "monitoring", "sms", "policies",
)  # fmt: skip
MIGRATION_LOCK = 7272740


def alembic_config() -> Config:
    """The project's alembic configuration, whatever the working folder."""
    return Config(ROOT / "alembic.ini")


def sql_files() -> Iterator[Path]:
    """Every replaceable SQL file in the order in which they are applied; `grants.sql` comes last."""
    for folder in FOLDER_ORDER:
        yield from sorted((SQL_FOLDER / folder).glob("*.sql"))
    yield SQL_FOLDER / "grants.sql"


def sql_digest() -> str:
    """A SHA-256 over all SQL files, kept as the comment of alembic's own table once they are applied."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sql_files())).hexdigest()


def apply_sql(connection: sa.Connection) -> None:
    """Run every SQL file in the caller's transaction, through the driver itself: a `%` in RAISE is no parameter."""
    cursor = connection.connection.cursor()
    cursor.execute("SET LOCAL check_function_bodies = off")
    for path in sql_files():
        cursor.execute(path.read_text().encode())
    cursor.execute(f"COMMENT ON TABLE alembic_version IS '{sql_digest()}'")


def is_current(connection: sa.Connection) -> bool:
    """Are the newest version and exactly these SQL files in the database?"""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    query = sa.text("SELECT version_num, obj_description('alembic_version'::regclass) FROM alembic_version")
    try:
        row = connection.execute(query).one_or_none()
    except ProgrammingError:
        connection.rollback()
        return False
    return row is not None and tuple(row) == (head, sql_digest())
