"""Every environment variable, once. A variable that is set wins over `.env`, and that over the defaults here."""

from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from buildos_app.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The settings of the web app, the worker and the command line; `.env.example` tells what each is for."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore")

    buildos_env: Literal["development", "production"] = "development"
    database_url: str = Field("", repr=False)
    app_base_url: str = ""
    app_secret_key: SecretStr = SecretStr("")
    allow_signup: bool = True

    trusted_proxies: str = ""

    web_port: int = Field(3000, ge=1, le=65535)
    backend_port: int = Field(8000, ge=1, le=65535)
    sandbox_port: int = Field(8090, ge=1, le=65535)
    sandbox_smtp_port: int = Field(8025, ge=1, le=65535)
    buildos_data_dir: Path = ROOT / ".buildos"

    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = ""
    openai_model: str = "gpt-4o-mini"

    llm_daily_calls: int = Field(500, ge=0)
    llm_price_input: float = Field(0.15, ge=0)
    llm_price_output: float = Field(0.60, ge=0)
    llm_log_content_days: int = Field(0, ge=0, le=90)

    email_host: str = ""
    email_port: int = Field(587, ge=1, le=65535)
    email_user: str = ""
    email_pass: SecretStr = SecretStr("")
    email_from: str = ""
    email_webhook_url: str = ""
    email_webhook_secret: SecretStr = SecretStr("")

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from_number: str = ""
    twilio_verify_service_sid: str = ""
    twilio_base_url: str = ""

    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_uri: str = "https://oauth2.googleapis.com/token"
    google_api_base_url: str = "https://www.googleapis.com"

    redis_url: str = Field("", repr=False)
    web_processes: int = Field(1, ge=1, le=32)

    worker_health_port: int = Field(8081, ge=1, le=65535)
    worker_job_types: str = ""
    worker_max_priority: int = Field(100, ge=1, le=100)
    worker_concurrency: int = Field(5, ge=1, le=100)
    worker_poll_seconds: float = Field(5, ge=1, le=3600)
    worker_lease_seconds: float = Field(60, ge=1, le=3600)

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
            raise ValueError("must begin with postgresql://")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for name in filter(None, map(str.strip, value.split(","))):
            ip_network(name)  # raises ValueError; "*" would let anybody choose their address
        return value

    @field_validator("web_processes")
    @classmethod
    def _share_their_state(cls, value: int, info: ValidationInfo) -> int:
        if value > 1 and not info.data.get("redis_url"):
            raise ValueError("several processes share their state in Redis, so REDIS_URL must be set")
        return value

    @field_validator("buildos_data_dir")
    @classmethod
    def _beside_the_code(cls, value: Path) -> Path:
        """A relative folder means the same one for every program, whatever its working folder."""
        return ROOT / value

    @property
    def is_production(self) -> bool:
        """Does this process serve real people?"""
        return self.buildos_env == "production"

    @property
    def base_url(self) -> str:
        """Where browsers reach the web app, without a slash at the end."""
        return (self.app_base_url or f"http://localhost:{self.web_port}").rstrip("/")

    @property
    def sandbox_url(self) -> str:
        """Where the sandbox of this machine answers."""
        return f"http://localhost:{self.sandbox_port}"

    @property
    def has_email(self) -> bool:
        """Does mail go to real people?"""
        return bool(self.email_host or self.email_webhook_url)

    @property
    def email_sender(self) -> str:
        """The address that mail comes from."""
        return self.email_from or (self.email_user if "@" in self.email_user else "") or "buildos@localhost.localdomain"

    @property
    def uses_tls(self) -> bool:
        """Do browsers come by https, directly or through a proxy?"""
        return self.base_url.startswith("https://")

    @property
    def proxies(self) -> list[str]:
        """The addresses and networks whose X-Forwarded-For is believed."""
        return [name.strip() for name in self.trusted_proxies.split(",") if name.strip()]

    @property
    def job_types(self) -> list[str]:
        """The job types that this worker serves; empty means all."""
        return [name.strip() for name in self.worker_job_types.split(",") if name.strip()]


@cache
def get_settings() -> Settings:
    """The settings of this process. Raises ConfigurationError with one line that names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        name = str(problem["loc"][0]).upper()
        reason = problem["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"{name}: {reason}. Change it in the environment or in .env.") from None
