"""A job type is a class: its fields are the payload, its class variables the options, `run` the work."""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from sqlalchemy.ext.asyncio import AsyncSession

import buildos_app
from buildos_app.errors import BuildOSError, InvalidPayload
from buildos_app.notifications.events import Event
from buildos_app.ports import Ports

CAMEL = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)
"""The configuration of a job whose payload other programs may write as JSON usually is."""


class LeaseLost(BuildOSError):
    """Another worker holds the job by now: nothing that this run did may be saved."""


class Snooze(BuildOSError):
    """Not now: the job waits until `until` and runs again; the run does not count as an attempt."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until.isoformat()}")
        self.until = until


class JobContext(ABC):
    """What a running job may touch: its person, the outside world, its progress, its end."""

    job_id: UUID
    user_id: UUID
    attempt: int
    ports: Ports

    @property
    def idempotency_key(self) -> str:
        """The same for every run of this job, and of no other: an outside service that is given it acts once."""
        return str(self.job_id)

    @abstractmethod
    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction under row level security as the job's person."""

    @abstractmethod
    async def progress(self, step: int, steps: int, message: str) -> None:
        """Say that step `step` of `steps` (counted from 1) begins; `message` is written for the person."""

    @abstractmethod
    async def complete(self, session: AsyncSession, result: dict[str, Any] | None = None) -> None:
        """Complete the job inside `session`, so that its rows and its end are saved together or not at all.

        Raises LeaseLost when another worker holds the job by now.
        """


class Job(BaseModel, ABC):
    """One job type. Subclassing registers it; running it twice must be harmless.

    `timeout` is in seconds; `max_running` limits how many jobs of the type run at once, over all workers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    job_type: ClassVar[str]
    priority: ClassVar[int] = 10
    max_attempts: ClassVar[int] = 3
    timeout: ClassVar[float] = 300.0
    max_running: ClassVar[int | None] = None

    types: ClassVar[dict[str, type["Job"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class; a job type that is taken fails at import."""
        if cls.job_type in Job.types:
            raise ValueError(f"job type {cls.job_type!r} is already registered")
        Job.types[cls.job_type] = cls

    @staticmethod
    def load(job_type: str, payload: dict[str, Any]) -> "Job":
        """The job of a stored row. Raises InvalidPayload when no class knows the type or the fields do not fit."""
        job_class = Job.types.get(job_type)
        if job_class is None:
            raise InvalidPayload(f"This version cannot run jobs of the type {job_type} yet.")
        try:
            return job_class.model_validate(payload)
        except ValidationError as error:
            fields = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}))
            raise InvalidPayload(f"The payload does not fit {job_type}: {fields}.") from error

    @property
    def dedup_key(self) -> str | None:
        """At most one live job per person, type and key; None for no limit."""
        return None

    def failure_event(self, reason: str) -> Event | None:
        """What the person is told when the last attempt has failed."""
        return None

    @abstractmethod
    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Do the work and return the result, or complete by `ctx.complete` and return None."""


def load_job_types() -> dict[str, type[Job]]:
    """Import every room's jobs.py, so that all job types are known."""
    for room in pkgutil.iter_modules(buildos_app.__path__):
        if room.ispkg:
            name = f"buildos_app.{room.name}"
            if any(module.name == "jobs" for module in pkgutil.iter_modules(importlib.import_module(name).__path__)):
                importlib.import_module(f"{name}.jobs")
    return dict(Job.types)
