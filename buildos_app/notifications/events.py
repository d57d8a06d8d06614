"""The catalogue of news: one class per kind, which knows its fields and how it is told."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

Kind = Literal["success", "info", "warning", "error"]


@dataclass(frozen=True)
class Toast:
    """News in words: a title, one line more, and where to go."""

    kind: Kind
    title: str
    detail: str = ""
    href: str = ""


class Event(BaseModel):
    """A kind of news. Its fields are the payload; subclassing registers it under `event`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event: ClassVar[str]
    kinds: ClassVar[dict[str, type["Event"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class; a name that is taken fails at import."""
        if cls.event in Event.kinds:
            raise ValueError(f"event {cls.event!r} is already registered")
        Event.kinds[cls.event] = cls

    def toast(self) -> Toast:
        """How it is told."""
        raise NotImplementedError


class PhasesCompleted(Event):
    """A plan of phases waits for the person."""

    event = "phases_completed"
    project_id: UUID
    project_name: str
    phase_count: int
    task_count: int
    job_id: UUID

    def toast(self) -> Toast:
        """Ready, with its counts."""
        counts = f"{self.phase_count} phases for {self.task_count} tasks, ready for your review"
        return Toast(
            "success", f"{self.project_name}: phases are planned", counts, f"/projects/{self.project_id}/phases"
        )


class PhasesFailed(Event):
    """The plan could not be made; nothing changed."""

    event = "phases_failed"
    project_id: UUID
    project_name: str = ""
    reason: str

    def toast(self) -> Toast:
        """What happened, and where to try again."""
        title = f"{self.project_name or 'Your project'}: phases could not be planned"
        return Toast("error", title, self.reason, f"/projects/{self.project_id}/phases")


class BrainDumpReady(Event):
    """A dump was read and waits for review."""

    event = "brain_dump_ready"
    brain_dump_id: UUID
    title: str
    operation_count: int

    def toast(self) -> Toast:
        """Ready, with its count."""
        noun = "proposal" if self.operation_count == 1 else "proposals"
        return Toast("info", f"{self.operation_count} {noun} to review", self.title, f"/dump/{self.brain_dump_id}")


class _Unknown(Event):
    event = "unknown"

    def toast(self) -> Toast:
        return Toast("info", "Something happened", "This news was written by another version of BuildOS.")


def load_event(name: str, payload: dict[str, Any]) -> Event:
    """The event of a stored row; one that this version does not know becomes a plain remark."""
    try:
        return Event.kinds.get(name, _Unknown).model_validate(payload)
    except ValidationError:
        return _Unknown()
