"""The settings: complete, and clear about what is wrong."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from buildos_app.errors import ConfigurationError
from buildos_app.secrets import secret_keys
from buildos_app.settings import ROOT, Settings, get_settings

EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Change variables with it; the settings are read again, now and after the test."""
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(EXAMPLE) == {name.upper() for name in Settings.model_fields}


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    defaults = Settings(_env_file=None)
    shown = Settings(_env_file=ROOT / ".env.example")

    assert shown == defaults


def test_several_web_processes_need_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_PROCESSES", "2")
    with pytest.raises(ValidationError, match="REDIS_URL must be set"):
        Settings(_env_file=None)

    monkeypatch.setenv("REDIS_URL", "redis://localhost")

    assert Settings(_env_file=None).web_processes == 2


def test_an_explicit_variable_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("OPENAI_MODEL=from-the-file\nWEB_PORT=4000\n")
    monkeypatch.setenv("OPENAI_MODEL", "from-the-environment")

    settings = Settings(_env_file=file)

    assert (settings.openai_model, settings.web_port) == ("from-the-environment", 4000)


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("WEB_PORT", "many", "WEB_PORT: "),
        ("WORKER_CONCURRENCY", "0", "WORKER_CONCURRENCY: "),
        ("BUILDOS_ENV", "staging", "BUILDOS_ENV: "),
        ("ALLOW_SIGNUP", "perhaps", "ALLOW_SIGNUP: "),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL: must begin with postgresql://"),
    ],
)
def test_a_bad_value_is_one_line_that_names_it(fresh: pytest.MonkeyPatch, name: str, value: str, line: str) -> None:
    fresh.setenv(name, value)

    with pytest.raises(ConfigurationError) as raised:
        get_settings()

    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)


def test_a_key_is_made_once_and_kept_in_development(fresh: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fresh.setenv("BUILDOS_DATA_DIR", str(tmp_path))
    first = secret_keys()

    assert secret_keys() == first
    assert len(first[0]) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_production_wants_a_key(fresh: pytest.MonkeyPatch) -> None:
    fresh.setenv("BUILDOS_ENV", "production")

    with pytest.raises(ConfigurationError, match="APP_SECRET_KEY is not set"):
        secret_keys()


def test_the_first_of_several_keys_encrypts(fresh: pytest.MonkeyPatch) -> None:
    fresh.setenv("APP_SECRET_KEY", f"{'a' * 32}, {'b' * 40}")

    assert secret_keys() == [b"a" * 32, b"b" * 40]


def test_a_short_key_is_refused(fresh: pytest.MonkeyPatch) -> None:
    fresh.setenv("APP_SECRET_KEY", "short")

    with pytest.raises(ConfigurationError, match="at least 32 characters"):
        secret_keys()


def test_secrets_are_not_printed(fresh: pytest.MonkeyPatch) -> None:
    fresh.setenv("OPENAI_API_KEY", "sk-very-secret")
    fresh.setenv("DATABASE_URL", "postgresql://me:hidden@host/name")

    assert "very-secret" not in repr(get_settings())
    assert "hidden" not in repr(get_settings())
