"""The language model of one person: every call counts against their day and leaves a row in `llm_calls`."""

import asyncio
import logging
import re
import time
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from buildos_app.db.pipeline import note_as
from buildos_app.errors import NotPermitted, ServiceUnavailable
from buildos_app.models.llm import LlmCall, LlmOutcome
from buildos_app.monitoring.errors import redacted
from buildos_app.ports import OFFLINE, LanguageModel, OnText, OnUsage, Prompt, Reply, Usage
from buildos_app.settings import get_settings

logger = logging.getLogger(__name__)

LONGEST_CONTENT = 20_000
_COUNT = sa.select(sa.func.count_llm_call(sa.bindparam("cap", type_=sa.Integer)).label("allowed"))
_COLUMNS = sa.inspect(LlmCall).columns
_LOG = sa.insert(LlmCall).values(
    {name: sa.bindparam(name, type_=column.type) for name, column in _COLUMNS.items() if name != "created_at"}
)
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class DailyCapReached(NotPermitted):
    """The person's calls of this day are used up."""

    def __init__(self) -> None:
        super().__init__(
            "Your language-model calls of today are used up. They start again at 00:00 UTC; Settings show how many."
        )


@dataclass(frozen=True)
class Served:
    """What a call is for: the ids of the rows that it serves."""

    job_id: UUID | None = None
    brain_dump_id: UUID | None = None
    brief_id: UUID | None = None


@dataclass(frozen=True)
class PersonalModel:
    """A LanguageModel; make one by `for_person`."""

    model: LanguageModel
    user_id: UUID
    served: Served

    @property
    def name(self) -> str:
        """See LanguageModel."""
        return self.model.name

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        """See LanguageModel. Raises DailyCapReached before the model is asked."""
        await self._count()
        call = _Call(prompt, on_usage)
        try:
            reply = await self.model.ask(prompt, on_text=on_text, on_usage=call.add)
        except asyncio.CancelledError:
            await asyncio.shield(self._log(call, LlmOutcome.CANCELLED))
            raise
        except Exception as error:
            await self._log(call, outcome_of(error), error=f"{type(error).__name__}: {error}")
            raise
        await self._log(call, LlmOutcome.SUCCESS, reply=reply.model_dump_json())
        return reply

    async def _count(self) -> None:
        """The offline engine costs nothing, so its calls have no end."""
        if self.name == OFFLINE:
            return
        [counted] = await note_as(self.user_id, _COUNT, cap=get_settings().llm_daily_calls)
        if not counted.allowed:
            raise DailyCapReached

    async def _log(self, call: "_Call", outcome: LlmOutcome, *, error: str = "", reply: str = "") -> None:
        """Write the row. A log that cannot be written must not spoil the work that it is about."""
        row = call.row(self.user_id, self.name, self.served)
        row.outcome, row.error = str(outcome), redacted(error)
        if get_settings().llm_log_content_days:
            row.request, row.reply = _content(call.prompt.model_dump_json()), _content(reply)
        try:
            await note_as(self.user_id, _LOG, **row.model_dump(exclude={"created_at"}))
        except (psycopg.Error, SQLAlchemyError):
            logger.exception("a call of the language model could not be logged")


@dataclass
class _Call:
    prompt: Prompt[Any]
    on_usage: OnUsage | None
    begun: float = field(default_factory=time.monotonic)
    usages: list[Usage] = field(default_factory=list)

    def add(self, usage: Usage) -> None:
        self.usages.append(usage)
        if self.on_usage is not None:
            self.on_usage(usage)

    def row(self, user_id: UUID, engine: str, served: Served) -> LlmCall:
        prompt_tokens = sum(usage.prompt_tokens for usage in self.usages)
        completion_tokens = sum(usage.completion_tokens for usage in self.usages)
        return LlmCall(
            user_id=user_id,
            purpose=purpose_of(self.prompt),
            engine=engine,
            milliseconds=round((time.monotonic() - self.begun) * 1000),
            requests=len(self.usages),
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            cost_micros=cost_micros(prompt_tokens, completion_tokens),
            job_id=served.job_id,
            brain_dump_id=served.brain_dump_id,
            brief_id=served.brief_id,
        )


def for_person(
    model: LanguageModel,
    user_id: UUID,
    *,
    job_id: UUID | None = None,
    brain_dump_id: UUID | None = None,
    brief_id: UUID | None = None,
) -> LanguageModel:
    """This model for one person's work. One that is for somebody already keeps what it is known to serve."""
    inner, served = (model.model, model.served) if isinstance(model, PersonalModel) else (model, Served())
    given = {"job_id": job_id, "brain_dump_id": brain_dump_id, "brief_id": brief_id}
    served = replace(served, **{name: value for name, value in given.items() if value is not None})
    return PersonalModel(inner, user_id, served)


def purpose_of(prompt: Prompt[Any]) -> str:
    """The name of the prompt's class as the log has it: ExtractTasks is `extract_tasks`."""
    return _WORD.sub("_", type(prompt).__name__).lower()


def cost_micros(prompt_tokens: int, completion_tokens: int) -> int:
    """What so many tokens cost, in millionths of a dollar: a price in dollars for a million tokens is one of them for
    each token."""
    settings = get_settings()
    return round(prompt_tokens * settings.llm_price_input + completion_tokens * settings.llm_price_output)


def outcome_of(error: Exception) -> LlmOutcome:
    """How the log names a failure."""
    if isinstance(error, TimeoutError):
        return LlmOutcome.TIMEOUT
    return LlmOutcome(error.kind) if isinstance(error, ServiceUnavailable) else LlmOutcome.FAILURE


def _content(text: str) -> str:
    return redacted(text, longest=LONGEST_CONTENT)
