"""Stops the embedded PostgreSQL once the last process that used it is gone, however it went.

Every user holds two shared locks that the kernel drops with the process, after kill -9 too. The guard waits for the
bell, and then looks at the other: as nobody waits for that one, a user who leaves can tell whether it was the last.
It is a program of its own, with the standard library only, so that it weighs next to nothing:

    python embedded_guard.py LOCK USERS_LOCK BELL POSTMASTER_PID_FILE
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

STOP_SECONDS = 60
POLL_SECONDS = 0.05


@contextmanager
def locked(path: Path, mode: int = LOCK_EX) -> Iterator[None]:
    """Hold a lock on this file, which is made where it is missing. Raises BlockingIOError under LOCK_NB."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        flock(descriptor, mode)
        yield
    finally:
        os.close(descriptor)


def stop_if_unused(users_lock: Path, pid_file: Path) -> bool:
    """Stop the server unless somebody uses it, and say whether it is gone. The caller holds the server's lock."""
    try:
        with locked(users_lock, LOCK_EX | LOCK_NB):
            stop(pid_file)
            return True
    except BlockingIOError:
        return False


def stop(pid_file: Path) -> None:
    """Ask for PostgreSQL's fast shutdown (SIGINT) and wait until the server has removed its pid file."""
    with suppress(FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        pid = int(pid_file.read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while pid_file.exists() and time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(POLL_SECONDS)


def guard(lock: Path, users_lock: Path, bell: Path, pid_file: Path) -> None:
    """Return once the server has lost its last user and is stopped."""
    while lock.exists():
        with locked(bell):
            pass
        with locked(lock):
            if stop_if_unused(users_lock, pid_file):
                return


if __name__ == "__main__" and os.fork() == 0:  # whoever started us need not wait for us
    guard(*(Path(argument) for argument in sys.argv[1:]))
