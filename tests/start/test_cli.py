"""The command `buildos`, and what keeps it from starting."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from buildos_app.accounts.accounts import sign_in
from buildos_app.errors import ConfigurationError
from buildos_app.settings import ROOT
from buildos_app.start import web
from buildos_app.start.checks import check_disk, check_port, free_port_from
from buildos_app.start.children import Child, ChildEnded, run_to_end, stop_all
from tests.fixtures.processes import free_port

PORTS = ("WEB_PORT", "BACKEND_PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT", "WORKER_HEALTH_PORT")


def buildos(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "buildos_app.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ports() -> dict[str, str]:
    return {name: str(free_port()) for name in PORTS}


def test_it_says_what_it_can() -> None:
    said = buildos("--help").stdout

    assert {"up", "migrate", "worker", "doctor", "user"} <= set(said.split())


@pytest.mark.parametrize("setting", ["WEB_PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT"])
def test_a_busy_port_is_one_line_and_no_zero(database: str, setting: str) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        result = buildos("up", **{**ports(), setting: str(port)})

    assert result.returncode == 2
    assert result.stderr.startswith(f"Port {port} is busy")
    assert result.stderr.endswith(f"change {setting}.\n")
    assert result.stderr.count("\n") == 1


def test_a_database_that_is_away_is_one_line_and_no_zero() -> None:
    result = buildos("up", **ports(), DATABASE_URL="postgresql://me@127.0.0.1:1/none")

    assert result.returncode == 2
    assert result.stderr.startswith("The database cannot be reached: ")
    assert result.stderr.count("\n") == 1


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"is full: \d+ MB are free, .* BUILDOS_DATA_DIR"):
        check_disk(tmp_path / "not" / "yet", "BUILDOS_DATA_DIR", least=10**18)


def test_a_missing_tool_is_one_line() -> None:
    with pytest.raises(ConfigurationError, match=r"no-such-tool is missing in .*make run"):
        web.program("no-such-tool")


def test_a_free_port_is_no_problem_and_a_taken_one_is_passed_over() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]

        assert free_port_from(port) > port
    check_port(port, "WEB_PORT")


def test_migrate_and_doctor(database: str) -> None:
    assert buildos("migrate").stdout == "The database is up to date.\n"

    examined = buildos("doctor", **ports())

    assert "database: PostgreSQL" in examined.stdout
    assert "problem" not in examined.stdout
    assert examined.returncode == 0


def test_doctor_names_what_is_wrong(database: str) -> None:
    examined = buildos("doctor", **ports(), DATABASE_URL="postgresql://me@127.0.0.1:1/none")

    assert examined.returncode == 1
    assert "problem  database: it cannot be reached" in examined.stdout


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"APP_BASE_URL": "http://plan.example.org"}, "APP_BASE_URL must begin with https://"),
        ({"APP_BASE_URL": "https://plan.example.org"}, "no mail can be sent"),
        ({"REDIS_URL": "redis://:hunter2secret@127.0.0.1:1"}, "Check REDIS_URL"),
    ],
)
def test_doctor_names_what_real_people_need(settings: dict[str, str], words: str, database: str) -> None:
    result = buildos("doctor", **ports(), BUILDOS_ENV="production", APP_SECRET_KEY="x" * 40, **settings)

    assert result.returncode == 1
    assert words in result.stdout
    assert "hunter2secret" not in result.stdout + result.stderr


async def test_an_account_is_made_where_sign_up_is_closed(database: str) -> None:
    secret = "correct horse battery"
    result = buildos("user", "add", "Mira@example.org", "--password-stdin", stdin=f"{secret}\n", ALLOW_SIGNUP="false")

    assert result.stdout == "Mira@example.org can sign in now.\n"
    assert await sign_in(email="mira@example.org", password=secret, address="192.0.2.1")
    again = buildos("user", "add", "mira@example.org", "--password-stdin", stdin=f"{secret}\n")
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1


def test_a_child_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "print('what went wrong'); raise SystemExit(3)"]

    with pytest.raises(ChildEnded, match=r"exit code 3(.|\n)*what went wrong"):
        run_to_end(Child("web-build", program, logs=tmp_path))


def test_stopping_takes_the_grandchildren_along(tmp_path: Path) -> None:
    grandchild = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    deaf = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"subprocess.run([sys.executable, '-c', {grandchild!r}])\n"
    )
    child = Child("deaf", [sys.executable, "-c", deaf], logs=tmp_path, grace_seconds=0.1)
    while not (lines := child.new_lines()):
        os.sched_yield()

    stop_all([child])

    while _runs(int(lines[0])):
        os.sched_yield()


def _runs(process_id: int) -> bool:
    try:
        return psutil.Process(process_id).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_pages_are_built_again_only_when_their_sources_change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from buildos_app.settings import Settings

    monkeypatch.setattr(web, "ROOT", tmp_path)
    (tmp_path / "rxconfig.py").write_text("one")
    (tmp_path / "assets").mkdir()
    for name in ("buildos_app", "requirements.lock", "reflex.lock"):
        (tmp_path / name).mkdir()
    first = web._sources_digest(Settings())

    assert web._sources_digest(Settings()) == first
    assert web._sources_digest(Settings(web_port=4000)) != first
    (tmp_path / "assets" / "new.css").write_text("x")
    assert web._sources_digest(Settings()) != first


def test_up_ends_with_its_children(start: Any, database: str) -> None:
    """Ctrl-C before anything is up leaves nothing behind."""
    process = start("-m", "buildos_app.cli", "up", **ports())
    process.wait_for("Preparing the database")

    process.stop(signal.SIGINT)

    assert process.exit_code() in (0, 130)
