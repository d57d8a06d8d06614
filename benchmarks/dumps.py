"""What the pipeline adds to a model's own time: `.venv/bin/python -m benchmarks.dumps`.

A scripted model answers each call after a known time, with the replies of the offline engine. Printed: when the first
stage is told, the whole time minus the slowest call, and how much two calls of the same length take side by side.
"""

import asyncio
import statistics
import time
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from buildos_app.brain_dumps.merge import DumpToProcess
from buildos_app.brain_dumps.pipeline import process
from buildos_app.brain_dumps.prompts import ExtractContext
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.ports import OnText, OnUsage, Prompt, Reply

ROUNDS = 20
CONTEXT_SECONDS, TASKS_SECONDS = 0.4, 0.6
TEXT = "Garden: order timber by Friday. Call the plumber tomorrow at 3pm. The fence is 24 m long. " * 12


class Timed:
    """A model whose calls take a known time, counted to the end of the reply."""

    name = "scripted"

    def __init__(self) -> None:
        self.replies: dict[type, object] = {}

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        """See LanguageModel."""
        begun = time.perf_counter()
        reply = self.replies.get(type(prompt)) or await OfflineEngine().ask(prompt)
        self.replies[type(prompt)] = reply
        text = reply.model_dump_json()  # type: ignore[attr-defined]
        seconds = CONTEXT_SECONDS if isinstance(prompt, ExtractContext) else TASKS_SECONDS
        pieces = [text[at : at + 64] for at in range(0, len(text), 64)]
        for number, piece in enumerate(pieces, start=1):
            await asyncio.sleep(max(0.0, begun + seconds * number / len(pieces) - time.perf_counter()))
            if on_text:
                on_text(piece)
        return reply  # type: ignore[return-value]


async def one(model: Timed) -> tuple[float, float]:
    """Seconds to the first stage, and to the end."""
    now = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    dump = DumpToProcess(id=uuid4(), content=TEXT, project=None, projects=[], tasks=[], now=now)
    begun, first = time.perf_counter(), 0.0
    async for _ in process(dump, model):
        first = first or time.perf_counter() - begun
    return first, time.perf_counter() - begun


async def main() -> None:
    """Print the figures."""
    model = Timed()
    await one(model)  # the offline engine's own reading is not measured
    rounds = [await one(model) for _ in range(ROUNDS)]
    first = [1000 * each[0] for each in rounds]
    added = [1000 * (each[1] - TASKS_SECONDS) for each in rounds]
    print(f"{ROUNDS} dumps; context takes {CONTEXT_SECONDS} s, tasks take {TASKS_SECONDS} s")
    print(f"first stage told after   p50 {statistics.median(first):6.1f} ms  max {max(first):6.1f} ms  (below 300)")
    print(f"added to the slower call p50 {statistics.median(added):6.1f} ms  max {max(added):6.1f} ms  (below 150)")


if __name__ == "__main__":
    asyncio.run(main())
