"""`buildos up`: starts the database, the sandbox, the web app and the worker, watches them, and stops them all."""

import http.client
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.markup import escape

from buildos_app.db.embedded import leave
from buildos_app.db.ready import ensure_ready
from buildos_app.errors import ConfigurationError
from buildos_app.integrations.connect import engine_name
from buildos_app.ports import OFFLINE
from buildos_app.secrets import secret_keys
from buildos_app.settings import Settings, get_settings
from buildos_app.start import web
from buildos_app.start.checks import check_machine, free_port_from
from buildos_app.start.children import Child, ChildEnded, stop_all
from buildos_app.start.progress import say, step

START_SECONDS = 90
WORKER_GRACE_SECONDS = 35  # the worker itself gives its jobs 30
LOOK_SECONDS = 0.2


def up(*, verbose: bool) -> None:
    """Start everything, say where it is, and return once Ctrl-C or SIGTERM has stopped it again.

    Raises ConfigurationError when something is in the way, ChildEnded when a program ends by itself.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell starts what runs behind it deaf to Ctrl-C
        signal.signal(number, signal.default_int_handler)
    house = _House(get_settings(), verbose=verbose)
    try:
        house.start()
        house.watch()
    except KeyboardInterrupt:
        say("\nStopping; press Ctrl-C again to end the running jobs at once.")
    finally:
        house.stop()


class _House:
    """All the programs of one installation."""

    def __init__(self, settings: Settings, *, verbose: bool) -> None:
        self.settings = settings
        self.verbose = verbose
        self.logs = settings.buildos_data_dir / "logs"
        self.children: dict[str, Child] = {}

    def start(self) -> None:
        started = time.monotonic()
        secret_keys()
        check_machine(self.settings)
        with step("Preparing the database"):
            ensure_ready()
        if not web.is_built(self.settings):
            with step("Building the web pages"):
                web.build(self.settings, self.logs)
        if not self.settings.is_production:
            self._start_sandbox()
        self._start_worker_and_web()
        self._welcome(time.monotonic() - started)

    def watch(self) -> None:
        """Return never; raises ChildEnded as soon as one of them ends."""
        while True:
            self._look()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """The web app and the worker first, then what they use. Each step happens whatever the one before did."""
        sandbox = self.children.pop("sandbox", None)
        try:
            stop_all(self.children.values())
        finally:
            stop_all([sandbox] if sandbox else [])
            leave(self.settings.buildos_data_dir)

    def _start_sandbox(self) -> None:
        with step("Starting the sandbox"):
            self._add(Child("sandbox", [sys.executable, "-m", "buildos_app.sandbox"], logs=self.logs))
            self._wait_until(lambda: _answers(self.settings.sandbox_port, "/health"))

    def _start_worker_and_web(self) -> None:
        with step("Starting the worker and the web app"):
            health_port = free_port_from(self.settings.worker_health_port)
            self._add(_worker(self.logs, health_port))
            self._add(web.serve(self.settings, self.logs))
            self._wait_until(lambda: _answers(health_port, "/health"))
            self._wait_until(lambda: _answers(self.settings.web_port, "/health"))

    def _add(self, child: Child) -> None:
        self.children[child.name] = child

    def _wait_until(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            self._look()
            if time.monotonic() > deadline:
                raise ConfigurationError(f"It did not become ready within {START_SECONDS} s: see {self.logs}.")
            time.sleep(LOOK_SECONDS)

    def _look(self) -> None:
        """Show what is new in the logs, if that is wanted, and notice who has ended."""
        for child in self.children.values():
            for line in child.new_lines() if self.verbose else ():
                say(f"[dim]{child.name}[/] {escape(line)}")
            if child.exit_code is not None:
                raise ChildEnded(child)

    def _welcome(self, seconds: float) -> None:
        settings = self.settings
        way_in = "and sign up" if settings.allow_signup else "and sign in (accounts: buildos user add EMAIL)"
        engine = engine_name(settings)
        model = "offline engine (set OPENAI_API_KEY for a language model)" if engine == OFFLINE else engine
        database = "DATABASE_URL" if settings.database_url else "embedded PostgreSQL"
        say(f"\n[bold green]BuildOS is ready[/] after {seconds:.1f} s.")
        say(f"  Open   [bold]{escape(settings.base_url)}[/] {way_in}")
        say(f"  Engine {escape(model)}")
        say(f"  Data   {escape(str(settings.buildos_data_dir))} ({database}; logs in logs/)")
        say("  Ctrl-C stops everything.\n")


def _worker(logs: Path, health_port: int) -> Child:
    return Child(
        "worker",
        [sys.executable, "-m", "worker"],
        logs=logs,
        environment={"WORKER_HEALTH_PORT": str(health_port)},
        grace_seconds=WORKER_GRACE_SECONDS,
    )


def _answers(port: int, path: str) -> bool:
    """Does this port of this machine answer 200?"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
