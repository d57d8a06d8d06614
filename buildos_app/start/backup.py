"""`buildos backup` and `buildos restore`: everything in the database as one file, and back into an empty database.

The files are those of pg_dump's custom format. Keys are not in them: APP_SECRET_KEY, or the file `secret_key` in
BUILDOS_DATA_DIR, is what opens sealed tokens and is kept apart.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
from alembic.util import CommandError
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from buildos_app.db.embedded import programs_folder
from buildos_app.db.engine import database_url
from buildos_app.db.ready import ensure_ready, server_version
from buildos_app.errors import ConfigurationError

_HOLDS_TABLES = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')"


def back_up(file: Path) -> int:
    """Write the database as of this moment into a file that only we can read; its size in bytes.

    People may work meanwhile. Raises ConfigurationError when it cannot be done; then there is no file.
    """
    ensure_ready()
    if file.exists():
        raise ConfigurationError(f"{file} exists already. Name another file.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        unfinished.touch(mode=0o600)
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}")
        unfinished.rename(file)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return file.stat().st_size


def restore(file: Path) -> None:
    """Fill an empty database from a backup, all of it or nothing, and bring it to the newest schema.

    Raises ConfigurationError when the file is no backup or of a newer BuildOS, or the database holds something already
    or refuses.
    """
    _run("pg_restore", "--list", str(file))
    if _holds_tables():
        raise ConfigurationError(
            "The database holds something already: a restore fills an empty one. Name another in DATABASE_URL, "
            "or another folder in BUILDOS_DATA_DIR."
        )
    ensure_ready()  # makes the roles, which belong to the server and not to the backup
    try:
        with psycopg.connect(database_url(), autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise ConfigurationError(f"The schema `public` cannot be made anew: {reason}.") from None
    _run("pg_restore", "--no-owner", "--single-transaction", "--dbname=", str(file))
    try:
        ensure_ready()
    except CommandError:
        raise ConfigurationError(
            "The backup is of a newer BuildOS than this one. Everything is back: update BuildOS before you start it."
        ) from None


def _holds_tables() -> bool:
    try:
        with psycopg.connect(database_url(), connect_timeout=5) as connection:
            return bool((connection.execute(_HOLDS_TABLES).fetchone() or [True])[0])
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise ConfigurationError(f"The database cannot be reached: {reason}. Check DATABASE_URL.") from None


def _run(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on our database; its password is in no list of processes."""
    done = subprocess.run(
        [program(name), *arguments], env={**os.environ, **_environment()}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        complaint = next((line for line in done.stderr.splitlines() if "error:" in line), "it gave no reason")
        raise ConfigurationError(f"{name}: {complaint.partition('error:')[2].strip() or complaint}")


def program(name: str) -> str:
    """The one of the server's own version where that is installed, because a newer one writes what an older server
    cannot read; else the one that came with the embedded server."""
    if found := shutil.which(name):
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\) (\d+)", said)
        if version and int(version[1]) == server_version():
            return found
    return str(programs_folder() / name)


def _environment() -> dict[str, str]:
    """Where the database is, as libpq reads it from the environment."""
    names = {option.keyword.decode(): option.envvar.decode() for option in Conninfo.get_defaults() if option.envvar}
    parts = conninfo_to_dict(database_url())
    return {names[name]: str(value) for name, value in parts.items() if name in names and value is not None}
