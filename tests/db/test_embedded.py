"""The embedded PostgreSQL, shared by real processes: the first starts it, the last one out stops it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from buildos_app.db.embedded import is_running, join, leave
from buildos_app.errors import ConfigurationError
from buildos_app.settings import ROOT

JOIN = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from buildos_app.db.embedded import join
print("joined", join(Path(sys.argv[1]), options="-c fsync=off"), flush=True)
sys.stdin.readline()
"""
LISTEN = f"""
import asyncio, sys; sys.path.insert(0, {str(ROOT)!r})
from buildos_app.notifications.listen import listen
async def catch_up(): print("hears", flush=True)
asyncio.run(listen({{}}, catch_up))
"""
WAIT = JOIN.replace("sys.stdin.readline()", "import signal; signal.pause()")


def within_reach(program: Path) -> bool:
    """May everybody run it?"""
    real = program.resolve()
    return real.exists() and all(path.stat().st_mode & 0o001 for path in (real, *real.parents))


def pid_of_server(folder: Path) -> int:
    return int((folder / "pg" / "postmaster.pid").read_text().splitlines()[0])


def wait_until_gone(folder: Path) -> None:
    """The guard stops the server when the last user is gone: its own end is the signal."""
    pid_file = folder / "pg" / "postmaster.pid"
    for _ in iter(lambda: is_running(folder) or pid_file.exists(), False):
        os.sched_yield()


def test_two_processes_share_it_and_the_last_one_stops_it(start: Any, tmp_path: Path) -> None:
    first = start("-c", WAIT, str(tmp_path))
    url = first.wait_for("joined").split()[1]
    second = start("-c", WAIT, str(tmp_path))
    assert second.wait_for("joined").split()[1] == url

    first.stop(signal.SIGTERM)
    first.exit_code()
    with psycopg.connect(url) as connection:
        version = connection.info.server_version // 10_000
        extensions = {name for (name,) in connection.execute("SELECT name FROM pg_available_extensions").fetchall()}
    second.stop(signal.SIGKILL)
    second.exit_code()

    wait_until_gone(tmp_path)
    assert version == 18
    assert {"pg_trgm", "unaccent", "pg_stat_statements"} <= extensions


def test_what_was_written_is_there_again(tmp_path: Path) -> None:
    with psycopg.connect(join(tmp_path)) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('hello')")
    leave(tmp_path)
    assert not is_running(tmp_path)

    with psycopg.connect(join(tmp_path)) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("hello",)]
    leave(tmp_path)


def test_a_crash_of_everything_is_survived(start: Any, tmp_path: Path) -> None:
    process = start("-c", WAIT, str(tmp_path))
    url = process.wait_for("joined").split()[1]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
    os.kill(pid_of_server(tmp_path), signal.SIGKILL)
    process.kill()

    with psycopg.connect(join(tmp_path)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    leave(tmp_path)


def test_a_server_that_dies_in_use_is_started_again_by_its_users(start: Any, tmp_path: Path) -> None:
    base = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = start("-c", LISTEN, base=base, BUILDOS_DATA_DIR=str(tmp_path))
    process.wait_for("hears")
    first = pid_of_server(tmp_path)
    os.kill(first, signal.SIGKILL)

    process.wait_for("hears")

    assert pid_of_server(tmp_path) != first
    process.stop(signal.SIGTERM)
    process.exit_code()
    wait_until_gone(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="this run is by an ordinary user already")
def test_an_ordinary_user_has_one_too(tmp_path: Path) -> None:
    """Run by an interpreter that everybody may run: root's own may be out of their reach."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    python = next(path for path in (sys.executable, f"/usr/bin/{version}") if within_reach(Path(path)))
    packages = str(Path(psycopg.__file__).parents[1])
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    for parent in folder.parents:
        if parent.stat().st_uid == 0 and str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    result = subprocess.run(
        [python, "-c", JOIN, str(folder)],
        user=65534,
        group=65534,
        extra_groups=[],
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": packages},
        cwd="/",
        input="\n",
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert "joined postgresql://" in result.stdout, result.stderr
    wait_until_gone(folder)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises(ConfigurationError, match="BUILDOS_DATA_DIR") as raised:
        join(blocked)

    assert "\n" not in str(raised.value)
