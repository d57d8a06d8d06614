"""From nothing to a database that this code can use: find or start the server, then migrate it if it needs it."""

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from alembic import command
from buildos_app.db.engine import database_url, sync_engine
from buildos_app.db.schema import alembic_config, is_current
from buildos_app.errors import ConfigurationError


def ensure_ready() -> str:
    """The URL of a database with the newest schema. Safe from any number of processes at once.

    Raises ConfigurationError when the database cannot be reached.
    """
    url = database_url()
    try:
        with sync_engine().connect() as connection:
            current = is_current(connection)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise ConfigurationError(f"The database cannot be reached: {reason}. Check DATABASE_URL.") from error
    if not current:
        migrate()
    return url


def migrate() -> None:
    """Upgrade to the newest version and apply the SQL files again."""
    with sync_engine().begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def server_version() -> int:
    """The major version of the server."""
    with sync_engine().connect() as connection:
        return int(connection.execute(sa.text("SHOW server_version_num")).scalar_one()) // 10_000
