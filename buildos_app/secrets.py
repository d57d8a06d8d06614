"""The keys of this installation: APP_SECRET_KEY, or in development one that is made once and kept."""

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

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


def seal(owner: UUID, secret: str) -> bytes:
    """The secret of a person, encrypted by the newest key. The owner stands inside: it opens for nobody else."""
    return _fernet().encrypt(json.dumps([str(owner), secret]).encode())


def unseal(owner: UUID, sealed: bytes) -> str | None:
    """What was sealed for this person, by any of the keys; None for what was not, or whose key is gone."""
    try:
        found, secret = json.loads(_fernet().decrypt(sealed))
    except (InvalidToken, ValueError):
        return None
    return str(secret) if found == str(owner) else None


def signature(purpose: str, value: str) -> str:
    """What only who has our newest key can say about a value, in hexadecimal."""
    return _sign(secret_keys()[0], purpose, value)


def is_signed(purpose: str, value: str, given: str) -> bool:
    """Is this the signature of the value by one of our keys? Takes the same time whatever is given."""
    wanted = [_sign(key, purpose, value) for key in secret_keys()]
    return sum(hmac.compare_digest(each.encode(), given.encode("utf-8", "replace")) for each in wanted) > 0


def _sign(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(hashlib.sha256(purpose.encode() + b"\0" + key).digest(), value.encode(), hashlib.sha256).hexdigest()


def _fernet() -> MultiFernet:
    digests = (hashlib.sha256(b"seal\0" + key).digest() for key in secret_keys())
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])


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
