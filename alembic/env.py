"""Runs versions/, then re-applies every file of sql/, all in one transaction and one migrator at a time."""

import sqlalchemy as sa

from alembic import context
from buildos_app.db.schema import MIGRATION_LOCK, apply_sql
from buildos_app.models.all import metadata


def run(connection: sa.Connection) -> None:
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    context.run_migrations()
    if not context.config.attributes.get("versions_only"):
        apply_sql(connection)


if connection := context.config.attributes.get("connection"):
    run(connection)
else:
    from buildos_app.db.engine import sync_engine

    with sync_engine().begin() as connection:
        run(connection)
