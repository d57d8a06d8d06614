"""A dump read without being saved, for the command line: what was found, and what led to nothing."""

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from buildos_app.brain_dumps.coverage import unused_spans
from buildos_app.brain_dumps.drafts import clean_content
from buildos_app.brain_dumps.merge import DumpToProcess
from buildos_app.brain_dumps.operations import ProposedOperation
from buildos_app.brain_dumps.pipeline import process
from buildos_app.brain_dumps.steps import Proposed
from buildos_app.errors import InvalidInput, ServiceUnavailable
from buildos_app.ports import LanguageModel

_UTC = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{5,15}Z")


async def extract(text: str, now: datetime, llm: LanguageModel) -> dict[str, Any]:
    """`{engine, operations: [{table, operation, data, quote, start, end}], unused: [{quote, start, end}]}`.

    Places count characters of `text`; what has no words of its own has an empty quote and no place. `now` is in the
    person's zone. Raises InvalidInput for a blank or too long text, ServiceUnavailable when it could not be read.
    """
    content = clean_content(text)
    if not content.strip():
        raise InvalidInput("There is nothing in it to read.")
    dump = DumpToProcess(id=uuid4(), content=content, project=None, projects=[], tasks=[], now=now)
    async for step in process(dump, llm):
        last = step
    if not isinstance(last, Proposed):
        raise ServiceUnavailable(getattr(last, "message", "The dump could not be read."))
    operations = last.proposal.operations
    unused = unused_spans(content, [operation.span for operation in operations])
    return {
        "engine": llm.name,
        "operations": [_operation(content, operation) for operation in operations],
        "unused": [{"quote": content[start:end], "start": start, "end": end} for start, end in unused],
    }


def _operation(content: str, operation: ProposedOperation) -> dict[str, Any]:
    start, end = operation.span or (None, None)
    data = {name: _with_offset(value) for name, value in operation.data.items()}
    if operation.ref:
        data["ref"] = operation.ref
    return {
        "table": operation.target,
        "operation": operation.operation,
        "data": data,
        "quote": content[start:end] if operation.span else "",
        "start": start,
        "end": end,
    }


def _with_offset(value: Any) -> Any:
    """Moments in UTC end in an offset like all others, not in Z."""
    return f"{value[:-1]}+00:00" if isinstance(value, str) and _UTC.fullmatch(value) else value
