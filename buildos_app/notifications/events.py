"""The catalogue of news: one class per kind, which knows its fields and how it is told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

Kind = Literal["success", "info", "warning", "error"]


class Channel(StrEnum):
    """How a person is told of news. A toast is drawn of what is in the list, so without the list there is none."""

    LIST = "list"
    TOAST = "toast"
    EMAIL = "email"
    SMS = "sms"

    @property
    def is_on_by_default(self) -> bool:
        """Is it used before the person said anything? Text messages cost money and are asked for."""
        return self is not Channel.SMS


class Topic(StrEnum):
    """What news is about; preferences are grouped by it, in this order."""

    BRIEFS = "Daily briefs"
    BRAIN_DUMPS = "Brain dumps"
    PHASES = "Phases"
    TASKS = "Tasks and projects"
    CALENDAR = "Calendar"
    ACCOUNT = "You and your data"
    OTHER = "Everything else"


@dataclass(frozen=True)
class Toast:
    """News in words: a title, one line more, and where to go."""

    kind: Kind
    title: str
    detail: str = ""
    href: str = ""


class Event(BaseModel):
    """A kind of news. Its fields are the payload; subclassing registers it under `event`.

    `topic` and `label` are how the preferences show it, `channels` what a person can turn on and off for it. Payloads
    are written in snake_case and read in camelCase too, so that other programs may write them as JSON usually is.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)

    event: ClassVar[str]
    topic: ClassVar[Topic] = Topic.OTHER
    label: ClassVar[str] = ""
    channels: ClassVar[tuple[Channel, ...]] = (Channel.LIST, Channel.TOAST)
    kinds: ClassVar[dict[str, type["Event"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class; a name that is taken fails at import."""
        if cls.event in Event.kinds:
            raise ValueError(f"event {cls.event!r} is already registered")
        cls.label = cls.__dict__.get("label") or cls.event.replace("_", " ").capitalize()
        Event.kinds[cls.event] = cls

    def toast(self) -> Toast:
        """How it is told."""
        raise NotImplementedError


class PhasesCompleted(Event):
    """A plan of phases waits for the person."""

    event = "phases_completed"
    topic = Topic.PHASES
    label = "A plan of phases is ready"
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
    topic = Topic.PHASES
    label = "A plan of phases could not be made"
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
    topic = Topic.BRAIN_DUMPS
    label = "A dump is read and waits for your review"
    brain_dump_id: UUID
    title: str
    operation_count: int

    def toast(self) -> Toast:
        """Ready, with its count."""
        noun = "proposal" if self.operation_count == 1 else "proposals"
        return Toast("info", f"{self.operation_count} {noun} to review", self.title, f"/dump/{self.brain_dump_id}")


class BrainDumpApplied(Event):
    """A dump was read and applied, as its person had asked for beforehand."""

    event = "brain_dump_applied"
    topic = Topic.BRAIN_DUMPS
    label = "A dump is read and applied without a review"
    brain_dump_id: UUID
    title: str
    operation_count: int

    def toast(self) -> Toast:
        """Applied, with its count, and where it can be undone."""
        noun = "proposal" if self.operation_count == 1 else "proposals"
        return Toast("success", f"{self.operation_count} {noun} applied", self.title, f"/dump/{self.brain_dump_id}")


class BrainDumpFailed(Event):
    """A dump could not be read; its text is kept."""

    event = "brain_dump_failed"
    topic = Topic.BRAIN_DUMPS
    label = "A dump could not be read"
    brain_dump_id: UUID
    reason: str

    def toast(self) -> Toast:
        """What happened, and where to try again."""
        return Toast("error", "Your dump could not be read", self.reason, f"/dump/{self.brain_dump_id}")


class OnboardingCompleted(Event):
    """What a newcomer answered has been read; what was understood waits to be seen."""

    event = "onboarding_completed"
    topic = Topic.ACCOUNT
    label = "Your first answers are read"
    summary: str = ""

    def toast(self) -> Toast:
        """Ready."""
        return Toast("success", "Your answers are read", self.summary or "BuildOS knows where to start.", "/")


class OnboardingFailed(Event):
    """What a newcomer answered could not be read; it is kept."""

    event = "onboarding_failed"
    topic = Topic.ACCOUNT
    label = "Your first answers could not be read"
    reason: str

    def toast(self) -> Toast:
        """What happened."""
        return Toast("error", "Your answers could not be read", self.reason, "/")


class _Unknown(Event):
    event = "unknown"

    def toast(self) -> Toast:
        return Toast("info", "Something happened", "This news was written by another version of BuildOS.")


def known_events() -> list[type[Event]]:
    """Every kind of news that this version knows, by topic and then in the order of this file."""
    topics = list(Topic)
    return sorted((kind for kind in Event.kinds.values() if kind is not _Unknown), key=lambda k: topics.index(k.topic))


def load_event(name: str, payload: dict[str, Any]) -> Event:
    """The event of a stored row; one that this version does not know becomes a plain remark."""
    try:
        return Event.kinds.get(name, _Unknown).model_validate(payload)
    except ValidationError:
        return _Unknown()
