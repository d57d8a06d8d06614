"""What is in the database is what the files say, whichever way it got there."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from psycopg import sql

from alembic import command
from buildos_app.db.schema import alembic_config, apply_sql, is_current, sql_files
from buildos_app.models.all import metadata

SEED_COLUMNS = (
    "id queue_job_id user_id job_type status scheduled_for metadata result attempts max_attempts priority "
    "error_message created_at updated_at started_at processed_at completed_at"
).split()
OWNED = [table.name for table in metadata.tables.values() if "user_id" in table.columns or table.name == "users"]
REVISIONS = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\s*\(", re.IGNORECASE)
_POLICY = re.compile(r"CREATE POLICY (\w+)\s+ON (\w+)", re.IGNORECASE)


@pytest.fixture
def empty(server_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"empty_{abs(hash(request.node.name)) % 10**8}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def engine_of(url: str) -> sa.Engine:
    return sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)


def upgrade(url: str, revision: str = "head", *, versions_only: bool = False) -> None:
    config = alembic_config()
    with engine_of(url).begin() as connection:
        config.attributes |= {"connection": connection, "versions_only": versions_only}
        command.upgrade(config, revision)


def rows(url: str, query: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_upgrading_twice_changes_nothing(database: str) -> None:
    query = "SELECT oid, proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY oid"
    before = rows(database, query)

    upgrade(database)

    assert rows(database, query) == before
    with engine_of(database).connect() as connection:
        assert is_current(connection)


def test_the_models_and_the_tables_agree(database: str) -> None:
    config = alembic_config()
    with engine_of(database).connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_earlier_version_can_be_upgraded(empty: str, revision: str) -> None:
    upgrade(empty, revision, versions_only=True)

    upgrade(empty)

    with engine_of(empty).connect() as connection:
        assert is_current(connection)


def test_two_processes_migrate_at_the_same_moment(empty: str, start: Any) -> None:
    both = [start("-m", "buildos_app.cli", "migrate", DATABASE_URL=empty) for _ in range(2)]

    assert [process.exit_code() for process in both] == [0, 0]
    assert rows(empty, "SELECT count(*) FROM users") == [(0,)]


def test_a_changed_file_is_noticed_and_applied(database: str) -> None:
    with engine_of(database).begin() as connection:
        connection.execute(sa.text("COMMENT ON TABLE alembic_version IS 'older files'"))
        assert not is_current(connection)
        apply_sql(connection)
        assert is_current(connection)


def test_the_functions_are_those_of_the_files(database: str) -> None:
    named = {name for path in sql_files() for name in _FUNCTION.findall(path.read_text())}
    query = """
        SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    """

    assert {name for (name,) in rows(database, query)} - {"uuidv7"} == named


def test_the_policies_are_those_of_the_files(database: str) -> None:
    named = {found for path in sql_files() for found in _POLICY.findall(path.read_text())}

    assert set(rows(database, "SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public'")) == named


def test_every_table_of_a_persons_rows_has_row_level_security(database: str) -> None:
    guarded = rows(database, "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'")

    assert set(OWNED) <= {name for (name,) in guarded}


def test_the_roles_cannot_step_around_it(database: str) -> None:
    query = "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname LIKE 'buildos_%'"
    owned = "SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname LIKE 'buildos_%'"

    assert sorted(rows(database, query)) == [
        ("buildos_web", False, False, False),
        ("buildos_worker", False, False, False),
    ]
    assert rows(database, owned) == []


def test_an_address_alone_makes_a_user(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO users (email) VALUES ('mira@example.org')")


def test_queue_jobs_has_every_column_of_the_seed(database: str) -> None:
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'queue_jobs'"

    assert set(SEED_COLUMNS) <= {name for (name,) in rows(database, query)}


def test_functions_that_run_as_their_owner_pin_the_search_path(database: str) -> None:
    query = """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
        AND NOT coalesce(proconfig::text LIKE '%search_path=public, pg_temp%', false)
    """

    assert rows(database, query) == []
