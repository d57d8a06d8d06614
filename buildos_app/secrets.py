"""The keys of this installation: APP_SECRET_KEY, or in development one that is made once and kept."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from buildos_app.errors import ConfigurationError
from buildos_app.settings import get_settings

SHORTEST_KEY = 32
KEY_FILE = "secret_key"


def secret_keys() -> list[bytes]:
    """The keys, newest first: the first one encrypts and signs, every one decrypts and verifies.

    APP_SECRET_KEY holds them separated by commas, so that a key can be replaced without losing what the old one wrote.
    Raises ConfigurationError in production without a key, and anywhere for a key of fewer than 32 characters.
    """
    settings = get_settings()
    keys = [key.strip() for key in settings.app_secret_key.get_secret_value().split(",") if key.strip()]
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ConfigurationError(f"APP_SECRET_KEY: each key needs at least {SHORTEST_KEY} characters.")
    if keys:
        return [key.encode() for key in keys]
    if settings.is_production:
        raise ConfigurationError(
            "APP_SECRET_KEY is not set: production needs one. "
            'Make it with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return [_kept_key(settings.buildos_data_dir / KEY_FILE)]


def _kept_key(path: Path) -> bytes:
    """The key in this file. Whoever comes first makes it; those who come at the same moment read that one."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{KEY_FILE}-") as unfinished:
            unfinished.write(secrets.token_urlsafe(48))
            unfinished.flush()
            os.fsync(unfinished.fileno())
            with suppress(FileExistsError):
                os.link(unfinished.name, path)
    return path.read_bytes().strip()
