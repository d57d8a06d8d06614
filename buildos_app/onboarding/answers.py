"""The four answers of a newcomer: kept as they are typed, finished or skipped, and open to change for ever."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import InvalidInput
from buildos_app.models.onboarding import OnboardingAnswers
from buildos_app.models.user import User

LONGEST_ANSWER: Final = 5000
NAMES: Final = ("projects", "work_style", "challenges", "help_focus")


@dataclass(frozen=True)
class Answers:
    """The words by name; `is_read`: the last reading was of these very words."""

    words: dict[str, str] = field(default_factory=lambda: dict.fromkeys(NAMES, ""))
    is_read: bool = False
    is_skipped: bool = False
    is_finished: bool = False

    @property
    def is_blank(self) -> bool:
        """Was nothing written yet?"""
        return not any(text.strip() for text in self.words.values())


async def get_answers(session: AsyncSession) -> Answers:
    """The answers of the session's person."""
    query = sa.select(OnboardingAnswers).where(col(OnboardingAnswers.user_id) == sa.func.app_user_id())
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        return Answers()
    words = {name: getattr(row, name) for name in NAMES}
    return Answers(words, row.read == words, row.skipped_at is not None, row.completed_at is not None)


async def keep_answer(session: AsyncSession, user_id: UUID, name: str, text: str) -> None:
    """Keep one answer as it stands. Raises InvalidInput when it is too long."""
    if name not in NAMES:
        raise InvalidInput("There is no such question.")
    text = text.replace("\0", "")
    if len(text) > LONGEST_ANSWER:
        raise InvalidInput(f"That is longer than {LONGEST_ANSWER:,} characters. Shorten it; the rest fits into a dump.")
    await _write(session, user_id, **{name: text})


async def skip(session: AsyncSession, user_id: UUID) -> None:
    """Ask no more by itself; the questions stay in the settings."""
    await _write(session, user_id, skipped_at=now())


async def finish(session: AsyncSession, user_id: UUID) -> None:
    """The answers are complete for now. Raises InvalidInput while all are empty."""
    if (await get_answers(session)).is_blank:
        raise InvalidInput("Write a few words first: one answer is enough.")
    await _write(session, user_id, completed_at=now())
    await session.execute(sa.update(User).where(col(User.id) == user_id).values(completed_onboarding=True))


async def note_reading(session: AsyncSession, user_id: UUID, words: dict[str, str]) -> None:
    """Remember which words were read."""
    await _write(session, user_id, read=words)


async def _write(session: AsyncSession, user_id: UUID, **values: object) -> None:
    statement = insert(OnboardingAnswers).values(user_id=user_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))
