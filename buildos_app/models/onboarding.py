"""What a newcomer wrote about themselves, and what was understood of it."""

from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

import sqlalchemy as sa
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, model_validator
from pydantic import Field as Bounds
from sqlmodel import Field

from buildos_app.models.base import OwnedRow, moment, one_of, owned, text_column
from buildos_app.models.project import json_object


class FindingKind(StrEnum):
    """What a finding would become."""

    PROJECT = "project"
    QUESTION = "question"
    SETTING = "setting"


class FindingStatus(StrEnum):
    """What became of a finding. Replaced: a later reading did not find it any more."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PUT_AWAY = "put_away"
    REPLACED = "replaced"


class OnboardingAnswers(OwnedRow, table=True):
    """A person's own words, one row for each person. `read` are the words of the last reading."""

    __tablename__ = "onboarding_answers"
    __table_args__ = (*owned(), sa.UniqueConstraint("user_id", name="uq_onboarding_answers_person"))

    projects: str = text_column()
    work_style: str = text_column()
    challenges: str = text_column()
    help_focus: str = text_column()
    read: dict[str, Any] = json_object()
    skipped_at: datetime | None = moment()
    completed_at: datetime | None = moment()


class OnboardingFinding(OwnedRow, table=True):
    """Something that was understood of the answers, and waits for a yes. `quote` is what it came from."""

    __tablename__ = "onboarding_findings"
    __table_args__ = (
        *owned(),
        one_of("kind", FindingKind),
        one_of("status", FindingStatus),
        sa.Index("idx_onboarding_findings_user_status", "user_id", "status"),
    )

    kind: str = Field(sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    details: str = text_column()
    quote: str = text_column()
    value: dict[str, Any] = json_object()
    status: str = text_column(FindingStatus.OPEN)


def _on_the_clock(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a time of the person's own clock has no zone")
    return value


Clock = Annotated[time, AfterValidator(_on_the_clock)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QuestionValue(_Value):
    """The value of a finding that is a question."""

    category: str = Bounds("", max_length=40)


class HoursValue(_Value):
    """Working hours; `days` are ISO weekdays."""

    setting: Literal["hours"] = "hours"
    start: Clock
    end: Clock
    days: tuple[Annotated[int, Bounds(ge=1, le=7)], ...] = Bounds(min_length=1, max_length=7)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a working day ends after it begins")
        return self


class BriefValue(_Value):
    """When briefs come; 0 of `day_of_week` is Sunday, as in `BriefPreferences`, and None is every day."""

    setting: Literal["brief"] = "brief"
    at: Clock
    day_of_week: int | None = Bounds(None, ge=0, le=6)


class BriefMailValue(_Value):
    """Briefs by mail too."""

    setting: Literal["brief_email"]


SettingValue = HoursValue | BriefValue | BriefMailValue
_SETTING: TypeAdapter[SettingValue] = TypeAdapter(SettingValue)


def read_setting(value: Any) -> SettingValue:
    """The value of a finding that is a setting. Raises ValueError for what is none."""
    return _SETTING.validate_python(value)


def check_value(kind: Any, value: Any) -> None:
    """Does the value fit its kind? Raises ValueError."""
    if kind == FindingKind.SETTING:
        read_setting(value)
    if kind == FindingKind.QUESTION:
        QuestionValue.model_validate(value)
