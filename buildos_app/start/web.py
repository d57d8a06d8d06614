"""The web app in production mode on one port: built by Reflex when its sources changed, then served as it is.

Two private switches of Reflex let the server start without compiling (`SERVE_BUILT`); the version is pinned for that,
and `tests/start/test_web.py` holds them to their word.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from buildos_app.errors import ConfigurationError
from buildos_app.settings import ROOT, Settings
from buildos_app.start.children import Child, run_to_end

SOURCES = ("buildos_app", "assets", "rxconfig.py", "requirements.lock")
PACKAGES = ("reflex.lock",)  # the build may write it, so it is read again afterwards
BUILD = ROOT / ".web" / "build"
FIRST_PAGE = BUILD / "client" / "index.html"
STAMP = BUILD / "sources.sha256"
SERVE_BUILT = {"__REFLEX_SKIP_COMPILE": "true", "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true"}


def is_built(settings: Settings) -> bool:
    """Were the pages built from exactly these sources and settings?"""
    return FIRST_PAGE.exists() and STAMP.exists() and STAMP.read_text() == _stamp(_sources_digest(settings))


def build(settings: Settings, logs: Path) -> None:
    """Compile the app and build its pages into `.web/build`; a minute at first, seconds later.

    Raises ChildEnded with the end of the log when that fails.
    """
    sources = _sources_digest(settings)  # before the build: somebody may be editing
    command = [program("reflex"), "export", "--frontend-only", "--no-zip"]
    variables = {**_environment(settings), "NPM_CONFIG_REGISTRY": _package_registry()}
    run_to_end(Child("web-build", command, logs=logs, environment=variables))
    STAMP.write_text(_stamp(sources))


def serve(settings: Settings, logs: Path) -> Child:
    """The running web app. Without APP_BASE_URL it is for this machine only, and so it listens on loopback."""
    host = "0.0.0.0" if settings.app_base_url else "127.0.0.1"  # noqa: S104
    options = ["--interface", "asgi", "--factory", "--host", host, "--port", str(settings.web_port)]
    options += ["--workers", str(settings.web_processes)]
    quiet = ["--log-level", "warning", "--workers-kill-timeout", "5"]
    command = [sys.executable, "-m", "granian", *options, *quiet, "buildos_app.buildos_app:app"]
    return Child("web", command, logs=logs, environment={**_environment(settings), **SERVE_BUILT})


def program(name: str) -> str:
    """A program that our packages bring. Raises ConfigurationError when it is not there."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise ConfigurationError(
            f"{name} is missing in {path.parent}: install requirements.lock again (make run does)."
        )
    return str(path)


def _environment(settings: Settings) -> dict[str, str]:
    """What Reflex reads: one port, Node from this virtual environment, and no calls home."""
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_FRONTEND_PORT": str(settings.web_port),
        "REFLEX_BACKEND_PORT": str(settings.web_port),
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_SOCKET_INTERVAL": "10",  # a line that went dead without a word is noticed within half a minute
        "REFLEX_SOCKET_TIMEOUT": "20",
    }


def _package_registry() -> str:
    """Where npm gets its packages. Reflex asks a list of its own when it is not told."""
    if chosen := os.environ.get("NPM_CONFIG_REGISTRY"):
        return chosen
    asked = subprocess.run([program("npm"), "config", "get", "registry"], cwd=ROOT, capture_output=True, check=True)
    return asked.stdout.decode().strip()


def _sources_digest(settings: Settings) -> str:
    digest = hashlib.sha256(f"{settings.web_port} {settings.base_url}\n".encode())
    for path in _files(SOURCES):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _stamp(sources: str) -> str:
    packages = hashlib.sha256(b"".join(path.read_bytes() for path in _files(PACKAGES)))
    return f"{sources} {packages.hexdigest()}\n"


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        tree = ROOT / name
        for path in sorted(tree.rglob("*")) if tree.is_dir() else [tree]:
            if path.is_file() and not {"__pycache__", "external"} & set(path.relative_to(ROOT).parts):
                yield path
