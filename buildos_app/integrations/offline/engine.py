"""The engine that answers every prompt with rules: works without a key, without a network, in milliseconds."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from pydantic import BaseModel

from buildos_app.brain_dumps.prompts import AnalyseDump, ExtractContext, ExtractTasks
from buildos_app.briefs.prompts import WriteBrief
from buildos_app.errors import RequestRejected
from buildos_app.integrations.offline.analysis import analyse
from buildos_app.integrations.offline.briefs import write_brief
from buildos_app.integrations.offline.context import extract_context
from buildos_app.integrations.offline.newcomers import read_answers
from buildos_app.integrations.offline.planning import plan_phases
from buildos_app.integrations.offline.tasks import extract_tasks
from buildos_app.monitoring.usage import Readiness, SayReady
from buildos_app.onboarding.prompts import ReadAnswers
from buildos_app.phases.strategies.choose import STRATEGIES
from buildos_app.ports import OFFLINE, OnText, OnUsage, Prompt, Reply

_PIECES = 6
_ANSWERS: dict[type[BaseModel], Callable[[Any], BaseModel]] = {
    AnalyseDump: analyse,
    ExtractContext: extract_context,
    ExtractTasks: extract_tasks,
    **dict.fromkeys((strategy.prompt for strategy in STRATEGIES.values()), plan_phases),
    ReadAnswers: read_answers,
    SayReady: lambda _: Readiness(ready=True),
    WriteBrief: write_brief,
}


class OfflineEngine:
    """A language model without a model: it only says what the prompt's own words say."""

    name = OFFLINE

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        """Answer `prompt` by rules in a thread of its own; `on_text` receives the reply's JSON in a few pieces, and
        `on_usage` nothing: rules take no tokens.

        Raises RequestRejected for a prompt that it has no rules for.
        """
        answer = _ANSWERS.get(type(prompt))
        if answer is None:
            raise RequestRejected(f"The offline engine has no rules for {type(prompt).__name__}.")
        reply = await asyncio.to_thread(answer, prompt)
        if on_text:
            await _tell(reply.model_dump_json(), on_text)
        return cast(Reply, reply)


async def _tell(text: str, on_text: OnText) -> None:
    size = max(1, -(-len(text) // _PIECES))
    for start in range(0, len(text), size):
        on_text(text[start : start + size])
        await asyncio.sleep(0)
