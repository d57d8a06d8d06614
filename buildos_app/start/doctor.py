"""`buildos doctor`: one line for each thing that BuildOS needs, and what to do where it is missing."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable

import psycopg
import redis
from rich.markup import escape
from sqlalchemy.exc import OperationalError

from buildos_app.db.embedded import is_running
from buildos_app.db.engine import database_url
from buildos_app.errors import ConfigurationError
from buildos_app.integrations.connect import engine_name
from buildos_app.secrets import secret_keys
from buildos_app.settings import ROOT, get_settings
from buildos_app.start import web
from buildos_app.start.backup import program
from buildos_app.start.checks import check_disk, check_port
from buildos_app.start.progress import say

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (22, 22)
OLDEST_POSTGRESQL = 15


def examine() -> bool:
    """Say how each part is. Are they all well?"""
    checks = (
        ("settings", _settings),
        ("secret key", _secret_key),
        ("Python", _python),
        ("Node", _node),
        ("ports", _ports),
        ("disk", _disk),
        ("database", _database),
        ("backups", _backups),
        ("Redis", _redis),
        ("real people", _real_people),
        ("Chromium", _chromium),
    )
    results = [_report(name, check) for name, check in checks]
    return all(results)


def _report(name: str, check: Callable[[], str]) -> bool:
    try:
        say(f"[green]ok[/]       {name}: {escape(check())}")
        return True
    except (ConfigurationError, OSError) as error:
        say(f"[red]problem[/]  {name}: {escape(str(error))}")
        return False


def _settings() -> str:
    settings = get_settings()
    return f"{settings.buildos_env}, {settings.base_url}, language model {engine_name(settings)}"


def _secret_key() -> str:
    keys = secret_keys()
    kept = "" if get_settings().app_secret_key.get_secret_value() else ", kept in BUILDOS_DATA_DIR"
    return f"{len(keys)} in use{kept}"


def _python() -> str:
    if sys.version_info < OLDEST_PYTHON:
        raise ConfigurationError("it is too old: BuildOS needs 3.11 or newer.")
    return sys.version.split()[0]


def _node() -> str:
    answer = subprocess.run([web.program("node"), "--version"], capture_output=True, text=True, check=False)
    version = answer.stdout.strip().removeprefix("v")
    if answer.returncode != 0 or tuple(int(part) for part in version.split(".")[:2]) < OLDEST_NODE:
        raise ConfigurationError(f"'{version}' will not do: install requirements.lock again (make run does).")
    return version


def _ports() -> str:
    settings = get_settings()
    ports = {
        "WEB_PORT": settings.web_port,
        "BACKEND_PORT": settings.backend_port,
        "SANDBOX_PORT": settings.sandbox_port,
        "SANDBOX_SMTP_PORT": settings.sandbox_smtp_port,
    }
    if is_running(settings.buildos_data_dir):
        return "not looked at, BuildOS is running"
    for setting, port in ports.items():
        check_port(port, setting)
    return f"{', '.join(str(port) for port in ports.values())} are free"


def _disk() -> str:
    folder = get_settings().buildos_data_dir
    check_disk(folder, "BUILDOS_DATA_DIR")
    return f"enough room for {folder}"


def _database() -> str:
    """Which server it is. The embedded one is started for the question, unless it runs."""
    kind = "DATABASE_URL" if get_settings().database_url else "embedded"
    try:
        with psycopg.connect(database_url(), connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
            rows = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise ConfigurationError(f"it cannot be reached: {reason}. Check DATABASE_URL.") from None
    if version < OLDEST_POSTGRESQL:
        raise ConfigurationError(f"PostgreSQL {version} is too old, 15 is needed: change DATABASE_URL.")
    if missing := _wanted_extensions() - {name for (name,) in rows}:
        raise ConfigurationError(f"install the extensions {', '.join(sorted(missing))} (postgresql-contrib).")
    return f"PostgreSQL {version} ({kind})"


def _backups() -> str:
    """The programs that write and read them, of a version that fits the server."""
    try:
        return f"by {program('pg_dump')}; see docs/operations.md"
    except OperationalError:
        return "not looked at, the database is away"


def _redis() -> str:
    """Several web processes share their state there."""
    url = get_settings().redis_url
    if not url:
        return "none, which is fine for one web process"
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as server:
            version = server.info("server")["redis_version"]
    except (redis.RedisError, ValueError) as error:
        raise ConfigurationError(f"it cannot be used: {type(error).__name__}. Check REDIS_URL.") from None
    return f"{version}; keep it private, it holds the state of tabs"


def _real_people() -> str:
    """What production needs and development does not."""
    settings = get_settings()
    if not settings.is_production:
        return "not served here (BUILDOS_ENV=development)"
    if not settings.uses_tls:
        raise ConfigurationError("APP_BASE_URL must begin with https://, or sessions travel in the clear.")
    if not settings.has_email:
        raise ConfigurationError("no mail can be sent: set EMAIL_HOST or EMAIL_WEBHOOK_URL.")
    proxies = ", ".join(settings.proxies) or "none named: set TRUSTED_PROXIES where one stands before the web app"
    return f"https and mail are set; proxies: {proxies}"


def _wanted_extensions() -> set[str]:
    """What our migrations create."""
    texts = (path.read_text() for path in (ROOT / "alembic").rglob("*") if path.suffix in {".py", ".sql"})
    return {name for text in texts for name in re.findall(r"CREATE EXTENSION (?:IF NOT EXISTS )?\"?(\w+)", text)}


def _chromium() -> str:
    """Only the browser tests want it, so its absence is no problem."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or "none; `make test` gets one for the browser tests"
