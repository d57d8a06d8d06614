"""The programs that `buildos up` starts: each in a session of its own, with a log file, stopped with all it started."""

import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from buildos_app.errors import BuildOSError
from buildos_app.settings import ROOT

LAST_LINES = 12


class ChildEnded(BuildOSError):
    """A program that we started ended by itself; the message has the end of its log."""

    def __init__(self, child: "Child") -> None:
        lines = "".join(f"\n  {line}" for line in child.last_lines())
        super().__init__(f"{child.name} ended with exit code {child.exit_code}. The end of {child.log}:{lines}")


class Child:
    """A running program. Its own session keeps Ctrl-C in the terminal away from it: we say when it stops."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        logs: Path,
        environment: Mapping[str, str] | None = None,
        grace_seconds: float = 10,
    ) -> None:
        self.name = name
        self.grace_seconds = grace_seconds
        self.log = logs / f"{name}.log"
        self._shown = 0
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative is the number of the signal that ended it."""
        return self._process.poll()

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        return self._process.wait()

    def last_lines(self) -> list[str]:
        """The end of its log."""
        return self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]

    def new_lines(self) -> list[str]:
        """The whole lines that were logged since the last call."""
        with self.log.open("rb") as log:
            log.seek(self._shown)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._shown += len(whole)
        return whole.decode(errors="replace").splitlines()

    def ask_to_stop(self) -> None:
        """SIGTERM to the program; it sees to its own children."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def wait_or_kill(self) -> None:
        """Give it its grace, then kill what is left of its whole group."""
        try:
            self._process.wait(self.grace_seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.kill()

    def kill(self) -> None:
        """End the whole group at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def run_to_end(child: Child) -> None:
    """Wait until the program has done its work. Raises ChildEnded when it failed; it never outlives this call."""
    try:
        if child.wait() != 0:
            raise ChildEnded(child)
    finally:
        child.kill()


def stop_all(children: Iterable[Child]) -> None:
    """Ask all of them to stop, wait for each, and leave none behind. A second Ctrl-C ends them at once."""
    children = list(children)
    try:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait_or_kill()
    except KeyboardInterrupt:
        for child in children:
            child.kill()
