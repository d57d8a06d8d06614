"""`make eval`: how well the offline engine reads, on the half that its rules were made with and on the one that they
never saw, and what the same dumps give over the OpenAI adapter with scripted replies.

`make test-llm` asks the server that OPENAI_* names instead. It says what that will cost, and asks first.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import openai

from buildos_app.brain_dumps.pipeline import process
from buildos_app.brain_dumps.prompts import AnalyseDump, ExtractContext, ExtractTasks
from buildos_app.brain_dumps.steps import Proposed
from buildos_app.integrations.connect import connect
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.openai import OpenAIModel
from buildos_app.monitoring.llm import cost_micros
from buildos_app.ports import OFFLINE, LanguageModel, OnText, OnUsage, Prompt, Reply, Usage
from buildos_app.sandbox.app import make_app
from buildos_app.settings import get_settings
from tests.evals.cases import HALVES, Case, load_cases
from tests.evals.scoring import Result, Score, score

LETTERS_PER_TOKEN, REPLY_TOKENS_PER_CALL, SCHEMA_TOKENS_PER_CALL = 4, 700, 300
"""For the estimate: English text, what replies to dumps of this length take, and what their schema takes."""


@dataclass
class Metered:
    """A model that adds up the tokens of every request."""

    model: LanguageModel
    usages: list[Usage] = field(default_factory=list)

    @property
    def name(self) -> str:
        """See LanguageModel."""
        return self.model.name

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        """See LanguageModel."""
        return await self.model.ask(prompt, on_text=on_text, on_usage=self.usages.append)


async def read(case: Case, llm: LanguageModel) -> Result:
    """The scores of one case."""
    last = [step async for step in process(case.dump(), llm)][-1]
    return score(case, last.proposal.operations if isinstance(last, Proposed) else [])


async def measure(half: str, llm: LanguageModel) -> dict[str, Result]:
    """The scores of each case of a half."""
    return {case.name: await read(case, llm) for case in load_cases(half)}


def total(results: dict[str, Result]) -> tuple[Score, Score, Score]:
    """Titles, dates and additions to notes of all cases together."""
    titles, dates, additions = Score(), Score(), Score()
    for result in results.values():
        titles.add(result.titles)
        dates.add(result.dates)
        additions.add(result.additions)
    return titles, dates, additions


@asynccontextmanager
async def scripted_openai() -> AsyncIterator[LanguageModel]:
    """The adapter in front of the sandbox, in this process: its server answers by the offline engine's rules."""
    transport = httpx2.ASGITransport(app=make_app())
    async with httpx2.AsyncClient(transport=transport) as http:
        client = openai.AsyncOpenAI(api_key="none", base_url="http://sandbox/v1", http_client=http, max_retries=0)
        yield OpenAIModel(client, "scripted")


async def show(title: str, llm: LanguageModel, *, wordy: bool = False) -> None:
    """Print one table per half."""
    for half in HALVES:
        results = await measure(half, llm)
        print(f"{title}, {half.replace('_', ' ')}: {len(results)} dumps")
        for name, of in zip(("titles", "dates", "notes"), total(results), strict=True):
            print(f"  {name:<8} precision {of.precision:.3f}  recall {of.recall:.3f}  F1 {of.f1:.3f}")
        for name, result in results.items() if wordy and half == HALVES[0] else ():
            for complaint in result.complaints:
                print(f"    {name}: {complaint}")


def _prompts(case: Case) -> list[Prompt[Any]]:
    """What the pipeline asks about a case; without the project's context, which no case has."""
    dump = case.dump()
    shared: dict[str, Any] = {"dump": dump.content, "project": dump.project, "now": dump.now}
    known = {"projects": dump.projects, "tasks": dump.tasks, "notes": dump.notes}
    analysis = [AnalyseDump(**shared, tasks=dump.tasks)] if dump.project else []
    return [*analysis, ExtractContext(**shared, projects=dump.projects), ExtractTasks(**shared, **known)]


async def ask_the_real_one(*, is_sure: bool) -> None:
    """The same dumps against the server of the settings, after a word about the price."""
    settings = get_settings()
    cases = [case for half in HALVES for case in load_cases(half)]
    prompts = [prompt for case in cases for prompt in _prompts(case)]
    prompt_tokens = sum(len(prompt.instructions) + len(prompt.model_dump_json()) for prompt in prompts)
    prompt_tokens = prompt_tokens // LETTERS_PER_TOKEN + SCHEMA_TOKENS_PER_CALL * len(prompts)
    reply_tokens = REPLY_TOKENS_PER_CALL * len(prompts)
    dollars = cost_micros(prompt_tokens, reply_tokens) / 1_000_000
    where = f"{settings.openai_model} at {settings.openai_base_url or 'OpenAI'}"
    print(f"{len(cases)} dumps, {len(prompts)} calls, to {where}:")
    print(f"about {prompt_tokens:,} tokens to it and {reply_tokens:,} from it, {dollars:.2f} dollars by LLM_PRICE_*.")
    if not is_sure and (await asyncio.to_thread(input, "Go on? [y/N] ")).strip().lower() != "y":
        return
    async with connect(settings) as ports:
        if ports.llm.name == OFFLINE:
            sys.exit("Set OPENAI_API_KEY or OPENAI_BASE_URL first; nothing was asked.")
        llm = Metered(ports.llm)
        await show(llm.name, llm)
    used = Usage(sum(u.prompt_tokens for u in llm.usages), sum(u.completion_tokens for u in llm.usages))
    dollars = cost_micros(used.prompt_tokens, used.completion_tokens) / 1_000_000
    print(f"Used: {used.prompt_tokens:,} tokens to it, {used.completion_tokens:,} from it, {dollars:.2f} dollars.")


async def main(arguments: list[str]) -> None:
    """`--why` also prints what was not right in the half that may be looked at; `--llm` asks the real model."""
    if "--llm" in arguments:
        await ask_the_real_one(is_sure="--yes" in arguments)
        return
    await show("offline engine", OfflineEngine(), wordy="--why" in arguments)
    async with scripted_openai() as llm:
        await show("OpenAI adapter, scripted", llm)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
