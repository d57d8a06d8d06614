"""What language models were used for and what it cost, read from the daily sums, never by counting calls."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.models.brief import DailyBrief
from buildos_app.models.llm import LlmCall, LlmDailyCalls, LlmOutcome, LlmUsage
from buildos_app.models.user import User
from buildos_app.ports import LanguageModel, Prompt
from buildos_app.settings import get_settings


@dataclass(frozen=True)
class Sum:
    """What the calls of one kind add up to; `label` says which kind."""

    label: str
    calls: int
    failed: int
    milliseconds: int
    tokens: int
    cost_micros: int


@dataclass(frozen=True)
class MyUsage:
    """A person's month and day: what they see in the settings."""

    month: Sum
    by_purpose: list[Sum]
    calls_today: int
    own_cap: int | None

    @property
    def cap(self) -> int:
        """How many calls the day has: the installation's limit, or the person's own lower one."""
        most = get_settings().llm_daily_calls
        return most if self.own_cap is None else min(most, self.own_cap)


class Readiness(BaseModel):
    """The answer to SayReady."""

    ready: bool


class SayReady(Prompt[Readiness]):
    """A question whose answer proves that the model can be reached and answers in the wanted shape."""

    reply_type: ClassVar[type[BaseModel]] = Readiness
    instructions: ClassVar[str] = "This is a test of the connection. Answer with `ready` set to true."


async def my_usage(session: AsyncSession, user_id: UUID) -> MyUsage:
    """The month and the day of the person of this session."""
    first = now().date().replace(day=1)
    mine = col(LlmUsage.user_id) == user_id
    today = sa.select(col(LlmDailyCalls.calls)).where(
        col(LlmDailyCalls.user_id) == user_id, col(LlmDailyCalls.day) == now().date()
    )
    return MyUsage(
        month=next(iter(await sums(session, sa.literal("month"), first, mine)), Sum("month", 0, 0, 0, 0, 0)),
        by_purpose=await sums(session, col(LlmUsage.purpose), first, mine),
        calls_today=(await session.execute(today)).scalar_one_or_none() or 0,
        own_cap=(await session.execute(sa.select(col(User.llm_daily_cap)).where(col(User.id) == user_id))).scalar_one(),
    )


async def set_own_cap(session: AsyncSession, user_id: UUID, cap: int | None) -> None:
    """Let the person have fewer calls a day than the installation allows; None takes that back."""
    await session.execute(sa.update(User).where(col(User.id) == user_id).values(llm_daily_cap=cap))


async def check_model(model: LanguageModel) -> None:
    """Ask the model for a sign of life. Raises what the model raises."""
    await model.ask(SayReady())


async def sums(session: AsyncSession, label: Any, since: date, *conditions: Any) -> list[Sum]:
    """The daily sums since a day (UTC), by `label`, the most expensive and then the most frequent first."""
    calls = sa.func.sum(col(LlmUsage.calls))
    failed = calls.filter(col(LlmUsage.outcome).notin_((LlmOutcome.SUCCESS, LlmOutcome.CANCELLED)))
    cost = sa.func.sum(col(LlmUsage.cost_micros))
    query = (
        sa.select(
            label.label("label"),
            calls,
            sa.func.coalesce(failed, 0),
            sa.func.sum(col(LlmUsage.milliseconds)),
            sa.func.sum(col(LlmUsage.prompt_tokens) + col(LlmUsage.completion_tokens)),
            cost,
        )
        .where(col(LlmUsage.day) >= since, *conditions)
        .group_by(sa.text("1"))
        .order_by(cost.desc(), calls.desc())
    )
    return [Sum(row[0], *map(int, row[1:])) for row in await session.execute(query)]


@dataclass(frozen=True)
class CallView:
    """One call, without its contents."""

    id: UUID
    created_at: datetime
    user_id: UUID
    purpose: str
    engine: str
    outcome: str
    error: str
    milliseconds: int
    prompt_tokens: int
    completion_tokens: int
    cost_micros: int
    job_id: UUID | None
    brain_dump_id: UUID | None
    brief_id: UUID | None
    brief_date: date | None


async def list_calls(session: AsyncSession, *, limit: int, before: UUID | None = None) -> list[CallView]:
    """The calls that this session may see, the newest first, older than `before`."""
    names = list(CallView.__dataclass_fields__)[:-1]
    columns: list[Any] = [*(getattr(LlmCall, name) for name in names), col(DailyBrief.brief_date)]
    query = sa.select(*columns).outerjoin(DailyBrief, col(DailyBrief.id) == col(LlmCall.brief_id))
    if before is not None:
        query = query.where(col(LlmCall.id) < before)
    rows = await session.execute(query.order_by(col(LlmCall.id).desc()).limit(limit))
    return [CallView(*row) for row in rows]
