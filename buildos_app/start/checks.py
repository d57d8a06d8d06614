"""What must be true before anything is started. Each check passes, or raises one line that says what to change."""

import errno
import shutil
import socket
from pathlib import Path

import psutil

from buildos_app.errors import ConfigurationError
from buildos_app.settings import Settings

MEGABYTE = 1_000_000
LEAST_FREE = 500 * MEGABYTE
LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def check_machine(settings: Settings) -> None:
    """Everything that `buildos up` needs of the machine: its ports and room on the disk."""
    check_port(settings.web_port, "WEB_PORT")
    if not settings.is_production:
        check_port(settings.sandbox_port, "SANDBOX_PORT")
        check_port(settings.sandbox_smtp_port, "SANDBOX_SMTP_PORT")
    check_disk(settings.buildos_data_dir, "BUILDOS_DATA_DIR")


def check_port(port: int, setting: str) -> None:
    """Raises ConfigurationError when we could not listen on this port of this machine."""
    results = {_try_to_listen(family, address, port) for family, address in LOOPBACKS}
    if errno.EADDRINUSE in results:
        raise ConfigurationError(f"Port {port} is busy{_holder(port)}: stop what uses it, or change {setting}.")
    if errno.EACCES in results:
        raise ConfigurationError(f"Port {port} may only be opened by root: change {setting} to one above 1023.")


def free_port_from(port: int) -> int:
    """This port, or the first one after it on which nobody listens."""
    while any(_try_to_listen(family, address, port) == errno.EADDRINUSE for family, address in LOOPBACKS):
        port += 1
    return port


def check_disk(folder: Path, setting: str, least: int = LEAST_FREE) -> None:
    """Raises ConfigurationError when fewer than `least` bytes are free where this folder is, or will be."""
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < least:
        raise ConfigurationError(
            f"The disk of {existing} is full: {free // MEGABYTE} MB are free, {least // MEGABYTE} MB are needed. "
            f"Free some, or change {setting}."
        )


def _try_to_listen(family: int, address: str, port: int) -> int:
    """The number of the error, 0 when it works."""
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        return error.errno or 0
    return 0


def _holder(port: int) -> str:
    """Who listens there, as far as the system lets us see it."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens_there = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
            if listens_there and connection.pid:
                return f" ({psutil.Process(connection.pid).name()}, process {connection.pid})"
    except psutil.Error:
        pass
    return ""
