"""What a newcomer wrote about themselves, and what was understood of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
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
