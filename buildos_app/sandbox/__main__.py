"""`python -m buildos_app.sandbox`: serves the stand-ins on SANDBOX_PORT of this machine."""

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from buildos_app.settings import get_settings


def main() -> None:
    """Serve until SIGTERM."""
    server = Granian(
        "buildos_app.sandbox.app:make_app",
        factory=True,
        interface=Interfaces.ASGI,
        address="127.0.0.1",
        port=get_settings().sandbox_port,
        log_level=LogLevels.info,
        workers_kill_timeout=2,
    )
    server.serve()


if __name__ == "__main__":
    main()
