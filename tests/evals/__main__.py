"""`make eval`: how well the offline engine reads, on the half that its rules were made with and on the one that they
never saw, and what the same dumps give over the OpenAI adapter."""

import asyncio
import sys

from buildos_app.brain_dumps.pipeline import process
from buildos_app.brain_dumps.steps import Proposed
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.ports import LanguageModel
from tests.evals.cases import HALVES, Case, load_cases
from tests.evals.scoring import Result, Score, score


async def read(case: Case, llm: LanguageModel) -> Result:
    """The scores of one case."""
    last = [step async for step in process(case.dump(), llm)][-1]
    return score(case, last.proposal.operations if isinstance(last, Proposed) else [])


async def measure(half: str, llm: LanguageModel) -> dict[str, Result]:
    """The scores of each case of a half."""
    return {case.name: await read(case, llm) for case in load_cases(half)}


def total(results: dict[str, Result]) -> tuple[Score, Score]:
    """Titles and dates of all cases together."""
    titles, dates = Score(), Score()
    for result in results.values():
        titles.add(result.titles)
        dates.add(result.dates)
    return titles, dates


def line(name: str, of: Score) -> str:
    """One line of the table."""
    return f"  {name:<8} precision {of.precision:.3f}  recall {of.recall:.3f}  F1 {of.f1:.3f}"


def main(wordy: bool) -> None:
    """Print the table; with --why, also what was not right in the half that may be looked at."""
    for half in HALVES:
        results = asyncio.run(measure(half, OfflineEngine()))
        titles, dates = total(results)
        print(f"offline engine, {half.replace('_', ' ')}: {len(results)} dumps")
        print(line("titles", titles), line("dates", dates), sep="\n")
        for name, result in results.items() if wordy and half == "seen" else ():
            print(*(f"    {name}: {complaint}" for complaint in result.complaints), sep="\n")


if __name__ == "__main__":
    main("--why" in sys.argv)
