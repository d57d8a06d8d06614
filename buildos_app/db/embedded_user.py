"""Who runs the embedded PostgreSQL. It refuses root, so root lends it to a system user of its own."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from buildos_app.errors import ConfigurationError

SERVER_USER = "buildos-postgres"
STAND_INS = ("postgres", "nobody")  # where no user can be created


@dataclass(frozen=True)
class Owner:
    """A user other than ourselves."""

    uid: int
    gid: int


def server_owner(data: Path) -> Owner | None:
    """The user for the server on this data: who owns it already, else our own system user. None means ourselves."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (found := data.stat()).st_uid != 0:
        return Owner(found.st_uid, found.st_gid)
    if not _known(SERVER_USER) and (useradd := shutil.which("useradd")):
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER]
        subprocess.run(command, capture_output=True, check=False)
    for name in (SERVER_USER, *STAND_INS):
        if user := _known(name):
            return Owner(user.pw_uid, user.pw_gid)
    raise ConfigurationError("PostgreSQL refuses to run as root, and no other user exists: set DATABASE_URL.")


def give(folder: Path, owner: Owner | None) -> None:
    """Hand a folder over; None keeps it ours."""
    if owner:
        os.chown(folder, owner.uid, owner.gid)


def let_through(data: Path, programs: Path) -> None:
    """Let the server's user reach its data and its programs: passing through folders, not listing them."""
    for folder in (*data.parents, *programs.parents):
        _allow(folder, stat.S_IXOTH)
    if (programs / "postgres").stat().st_mode & stat.S_IROTH:
        return
    package = programs.parent.parent
    for tree in (package, package.with_name(f"{package.name}.libs")):
        for path in (tree, *tree.rglob("*")):
            _allow(path, stat.S_IROTH | (path.stat().st_mode & stat.S_IXUSR and stat.S_IXOTH))


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _allow(path: Path, rights: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & rights != rights:
        path.chmod(mode | rights)
