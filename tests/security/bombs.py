"""`python -m tests.security.bombs`: swallows bombs, one after the other, and says by how much its memory grew.

A process of its own, because the peak of a process never falls.
"""

import asyncio
import io
import json
import resource
import sys
import zipfile
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from buildos_app.api.brain_dumps import StreamRequest
from buildos_app.brain_dumps.merge import DumpToProcess
from buildos_app.brain_dumps.pipeline import process
from buildos_app.errors import InvalidInput
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.integrations.openai import OpenAIModel
from buildos_app.own_data.archive import Archive
from buildos_app.ui.arguments import clean

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))
MEGABYTE = 1024 if sys.platform == "linux" else 1024 * 1024
LONGEST_DUMP = 50_000


def peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def read_body(body: bytes) -> None:
    try:
        StreamRequest.model_validate_json(body)
    except ValidationError:
        return


def read_reply(text: str) -> None:
    for rung in range(3):
        model: Any = OpenAIModel(None, "x")  # type: ignore[arg-type]
        model._rung = type(model._rung)(rung)
        try:
            model._parse(text)
        except ValueError:
            continue


def read_archive(manifest: bytes, more: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr("data/tasks.json", more)
    try:
        Archive(packed.getvalue()).rows("tasks")
    except InvalidInput:
        return


async def read_dump(text: str) -> None:
    dump = DumpToProcess(id=uuid4(), content=text[:LONGEST_DUMP], project=None, projects=[], tasks=[], now=NOW)
    async for _ in process(dump, OfflineEngine()):
        pass


def swallow() -> dict[str, float]:
    """The growth of the peak after each bomb."""
    nested = {"x": "y"}
    manifest = {"product": "BuildOS", "format": 1, "user_id": str(uuid4()), "exported_at": "x", "counts": {"tasks": 1}}
    bombs = {
        "body of brackets": lambda: read_body(b"[" * 1_000_000),
        "body of objects": lambda: read_body(b'{"content":' * 90_000),
        "reply of brackets": lambda: read_reply('{"tasks":' + "[" * 100_000),
        "reply of objects": lambda: read_reply('{"a":' * 50_000 + "1" + "}" * 50_000),
        "archive of brackets": lambda: read_archive(json.dumps(manifest).encode(), b"[" * 1_000_000),
        "archive of zeros": lambda: read_archive(b"\0" * 10_000_000, b"[]"),
        "a dump of a million lines": lambda: asyncio.run(read_dump("\n" * 1_000_000)),
        "a dump of list items": lambda: asyncio.run(read_dump("- x\n" * 250_000)),
        "a dump of one word": lambda: asyncio.run(read_dump("a" * 1_000_000)),
        "a dump of dates": lambda: asyncio.run(read_dump("by Friday at 9 every day until " * 40_000)),
        "an event": lambda: clean({"form": nested | {"x" * 1000: "\0" * 900_000}}),
    }
    before = peak()
    grown = {}
    for name, bomb in bombs.items():
        bomb()
        grown[name] = round(peak() - before, 1)
    return grown


if __name__ == "__main__":
    asyncio.run(read_dump("Garden: order timber by Friday."))  # what is loaded once is no growth
    print(json.dumps(swallow()))
