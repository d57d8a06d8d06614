"""What dumps leave open: asked with the next dump, closed by its answer (behaviour.md 2.10)."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.brain_dumps.prompts import Answer, KnownQuestion, ProposedQuestion
from buildos_app.clock import now
from buildos_app.errors import NotFound
from buildos_app.models.brain_dump import BrainDump, Question, QuestionStatus

SHOWN, IN_PROMPT, PER_DUMP, OPEN_AT_MOST = 3, 10, 5, 50


@dataclass(frozen=True)
class QuestionView:
    """An open question, and the dump that it came from."""

    id: UUID
    question: str
    brain_dump_id: UUID | None


async def pick_questions(session: AsyncSession) -> list[QuestionView]:
    """Up to three open questions, those first that were shown least; each counts as shown once more."""
    order = (col(Question.shown_count), col(Question.id).desc())
    query = sa.select(Question).where(col(Question.status) == QuestionStatus.ACTIVE).order_by(*order).limit(SHOWN)
    rows = list((await session.execute(query)).scalars())
    for row in rows:
        row.shown_count += 1
    return [QuestionView(row.id, row.question, row.brain_dump_id) for row in rows]


async def known_questions(session: AsyncSession) -> list[KnownQuestion]:
    """The open questions that a dump may answer: those that were put to the person most."""
    order = (col(Question.shown_count).desc(), col(Question.id).desc())
    query = sa.select(col(Question.id), col(Question.question)).where(col(Question.status) == QuestionStatus.ACTIVE)
    rows = await session.execute(query.order_by(*order).limit(IN_PROMPT))
    return [KnownQuestion(id=row.id, question=row.question) for row in rows]


async def skip_question(session: AsyncSession, question_id: UUID) -> None:
    """Ask no more. Raises NotFound."""
    question = await session.get(Question, question_id)
    if question is None:
        raise NotFound("That question no longer exists.")
    question.status = QuestionStatus.SKIPPED


async def close_answered(session: AsyncSession, dump: BrainDump, answers: list[Answer]) -> int:
    """Mark what the dump answers; ids that are not open questions of this person are ignored. How many were."""
    closed = 0
    for answer in answers[:IN_PROMPT]:
        statement = (
            sa.update(Question)
            .where(col(Question.id) == answer.question_id, col(Question.status) == QuestionStatus.ACTIVE)
            .values(
                status=QuestionStatus.ANSWERED,
                answer=answer.answer.replace("\0", "")[:2000],
                answered_at=now(),
                answer_brain_dump_id=dump.id,
            )
            .returning(col(Question.id))
        )
        closed += (await session.execute(statement)).one_or_none() is not None
    return closed


async def keep_questions(session: AsyncSession, dump: BrainDump, questions: list[ProposedQuestion]) -> None:
    """Store up to five; one that is open already, whatever its case, is not asked twice."""
    query = sa.select(sa.func.lower(col(Question.question))).where(col(Question.status) == QuestionStatus.ACTIVE)
    known = set((await session.execute(query)).scalars())
    for item in questions[:PER_DUMP]:
        text = " ".join(item.question.replace("\0", "").split())[:500]
        if not text or text.lower() in known or len(known) >= OPEN_AT_MOST:
            continue
        known.add(text.lower())
        session.add(
            Question(
                user_id=dump.user_id,
                project_id=dump.project_id,
                brain_dump_id=dump.id,
                question=text,
                category=item.category,
            )
        )
