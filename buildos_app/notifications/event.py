"""What a kind of news is: its channels, its topic, its words. The kinds themselves are in `events.py`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict
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
    SMS = "Text messages"
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
