"""`buildos extract`: the pipeline on a file, without a database."""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from buildos_app.brain_dumps.extract import extract
from buildos_app.clock import is_timezone, local_now, zone
from buildos_app.errors import InvalidInput
from buildos_app.integrations.connect import connect
from buildos_app.settings import get_settings


def print_extraction(file: Path, written: str, timezone: str, *, as_json: bool) -> None:
    """Read `file` and print what it leads to. Raises InvalidInput for what cannot be read."""
    found = asyncio.run(_extract(_text(file), _moment(written, timezone)))
    print(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(_lines(found)))


async def _extract(text: str, now: datetime) -> dict[str, Any]:
    async with connect(get_settings()) as ports:
        return await extract(text, now, ports.llm)


def _text(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from None
    return raw.decode(errors="replace").replace("\r\n", "\n")


def _moment(written: str, timezone: str) -> datetime:
    if not is_timezone(timezone):
        raise InvalidInput(f"{timezone} is not a timezone. Try one such as Europe/Berlin.")
    if not written:
        return local_now(timezone)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise InvalidInput(f"{written} is not a moment. Try one such as 2026-11-23T09:00.") from None
    return moment.astimezone(zone(timezone)) if moment.tzinfo else moment.replace(tzinfo=zone(timezone))


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"Read by {found['engine']}."]
    for operation in found["operations"]:
        data = operation["data"]
        when = data.get("due_date") or data.get("start_date") or ""
        title = data.get("title") or data.get("name") or ""
        lines.append(f"{operation['operation']} {operation['table'].removesuffix('s')}: {title}  {when}".rstrip())
        lines.append(f"    “{' '.join(operation['quote'].split())}”" if operation["quote"] else "    inferred")
    unused = (f"    “{' '.join(item['quote'].split())}”" for item in found["unused"])
    return [*lines, *(["Led to nothing:", *unused] if found["unused"] else [])]
