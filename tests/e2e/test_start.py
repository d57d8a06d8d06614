"""From a fresh clone to the first page, and the two programs of a developer, each alone and in either order."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from buildos_app.db.embedded import is_running
from buildos_app.settings import ROOT
from tests.fixtures.processes import Process, free_port

PORTS = ("WEB_PORT", "BACKEND_PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT", "WORKER_HEALTH_PORT")
OURS = ("DATABASE_URL", "BUILDOS_DATA_DIR", "VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS}


def left_behind(folder: Path) -> list[str]:
    """Programs that still run in this folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        command = " ".join(process.info["cmdline"] or ())
        if str(folder) in command and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(command)
    return found


def wait_until_stopped(folder: Path) -> None:
    deadline = time.monotonic() + 30
    while left := left_behind(folder):
        assert time.monotonic() < deadline, left
        os.sched_yield()


@pytest.mark.clone
def test_make_run_on_a_fresh_clone(tmp_path: Path, start: Any, record_property: Callable[[str, object], None]) -> None:
    folder = tmp_path / "buildos"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    ports = {name: str(free_port()) for name in PORTS}
    url = f"http://localhost:{ports['WEB_PORT']}"
    python = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")

    def run(limit: float) -> float:
        began = time.monotonic()
        make = start(
            "run", f"PYTHON={python}", program=shutil.which("make"), folder=folder, base=plain_environment(), **ports
        )
        make.wait_for("BuildOS is ready", timeout=limit)
        assert url in make.wait_for("Open")
        assert httpx2.get(f"{url}/sign-up").status_code == 200
        seconds = time.monotonic() - began
        make.interrupt()
        make.exit_code()
        wait_until_stopped(folder)
        return seconds

    cold, warm = run(600), run(60)

    record_property("seconds from clone to first page", f"{cold:.1f} cold, {warm:.1f} warm")
    assert warm < 20
    assert not subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True, check=True).stdout


def reflex_run(start: Any, folder: Path, environment: dict[str, str]) -> Process:
    reflex: Process = start(
        "-m", "reflex", "run", folder=folder, base=plain_environment(), **environment, REFLEX_USE_NPM="1"
    )
    return reflex


@pytest.mark.parametrize("worker_first", [True, False], ids=["worker first", "web first"])
def test_reflex_run_and_the_worker_find_each_other(
    copy_of_the_sources: Path, tmp_path: Path, start: Any, worker_first: bool
) -> None:
    ports = {name: str(free_port()) for name in PORTS}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shared = {**ports, "BUILDOS_DATA_DIR": str(tmp_path), "PYTHONPATH": str(copy_of_the_sources), "PATH": path}

    def worker() -> Process:
        process: Process = start("-m", "worker", folder=copy_of_the_sources, base=plain_environment(), **shared)
        process.wait_for("worker: worker")
        return process

    first = worker() if worker_first else None
    web = reflex_run(start, copy_of_the_sources, shared)
    assert {web.wait_for("running at", timeout=180).split()[0] for _ in range(2)} == {"App", "Backend"}
    running = first or worker()

    with httpx2.Client(transport=httpx2.HTTPTransport(retries=8)) as client:  # it says so before it listens
        assert client.get(f"http://localhost:{ports['BACKEND_PORT']}/health").json() == {"status": "healthy"}
        assert client.get(f"http://localhost:{ports['WEB_PORT']}/sign-in").status_code == 200
        assert "healthy" in client.get(f"http://127.0.0.1:{ports['WORKER_HEALTH_PORT']}/health").text
    running.stop(signal.SIGTERM)
    assert running.exit_code() == 0
    assert is_running(tmp_path)
    web.interrupt()
    web.exit_code()
    while is_running(tmp_path):
        os.sched_yield()
