"""`POST /api/brain-dumps/stream`: a dump sent by a program, and what happens to it as server-sent events."""

import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack, aclosing
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from buildos_app.api.requests import person_of
from buildos_app.brain_dumps.drafts import Choices, submit_dump
from buildos_app.brain_dumps.limits import SECONDS_TO_A_PLACE, TooManyDumps
from buildos_app.brain_dumps.reading import Settled, read_dump
from buildos_app.brain_dumps.review import list_operations
from buildos_app.brain_dumps.steps import Failed, Step
from buildos_app.brain_dumps.turns import Place, is_full
from buildos_app.db.session import user_session
from buildos_app.errors import BuildOSError, NotFound, UserError
from buildos_app.ports import Ports

LARGEST_DUMP = 1024 * 1024
HEADERS = {"cache-control": "no-cache, no-store, no-transform", "connection": "keep-alive", "x-accel-buffering": "no"}
EVENTS = {"analysis": "analysis", "context": "contextProgress", "tasks": "tasksProgress"}
STATUSES = {"pending": "pending", "running": "processing", "done": "completed", "skipped": "completed"}


class StreamRequest(BaseModel):
    """The body (behaviour.md 2.2); fields that are not named here are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")

    content: str = Field(strict=True)
    selected_project_id: UUID | None = None
    brain_dump_id: UUID | None = None
    auto_accept: StrictBool = False
    new_project: StrictBool = False
    options: dict[str, Any] | None = None


def stream(ports: Callable[[], Ports]) -> Callable[[Request], Awaitable[Response]]:
    """The route, with the outside world that it asks."""

    async def endpoint(request: Request) -> Response:
        user_id = await person_of(request)
        if user_id is None:
            return _problem(401, "Sign in, or send a personal token: Authorization: Bearer ...")
        try:
            body = await _body(request)
            if is_full(user_id):
                raise TooManyDumps(SECONDS_TO_A_PLACE)
            with ExitStack() as taken:
                place = taken.enter_context(Place(user_id))
                async with user_session(user_id) as session:
                    choices = Choices(body.selected_project_id, body.new_project, body.auto_accept)
                    dump_id = await submit_dump(session, user_id, body.content, choices, draft_id=body.brain_dump_id)
                return _Stream(_events(user_id, dump_id, ports(), place), taken.pop_all())
        except TooManyDumps as error:
            again = f"That is more than can be read at once. Send it again in {error.seconds} seconds."
            return _problem(429, again, {"retry-after": str(error.seconds)})
        except NotFound as error:
            return _problem(404, str(error))
        except (UserError, ValidationError) as error:
            return _problem(422, _reason(error))

    return endpoint


class _Stream(StreamingResponse):
    """Gives back the place in the line however it ends, also when its client is gone before it begins."""

    def __init__(self, events: AsyncGenerator[str], taken: ExitStack) -> None:
        super().__init__(events, media_type="text/event-stream", headers=HEADERS)
        self._taken = taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._taken:
            await super().__call__(scope, receive, send)


async def _body(request: Request) -> StreamRequest:
    """Raises ValidationError for what does not fit, also for what is too long to be read."""
    parts: list[bytes] = []
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > LARGEST_DUMP:
            parts = [b"too long"]
            break
        parts.append(part)
    return StreamRequest.model_validate_json(b"".join(parts))


async def _events(user_id: UUID, dump_id: UUID, ports: Ports, place: Place) -> AsyncGenerator[str]:
    """The events of behaviour.md 2.5. A client that goes away closes this generator, and so stops the model's work."""
    if place.waits:
        yield _event("status", message="Waits for its turn", data={"brainDumpId": str(dump_id)})
    async with place.turn:
        data = {"brainDumpId": str(dump_id), "source": ports.llm.name}
        yield _event("status", message="Reading your dump", data=data)
        async with aclosing(_read(user_id, dump_id, ports)) as told:
            async for event in told:
                yield event


async def _read(user_id: UUID, dump_id: UUID, ports: Ports) -> AsyncGenerator[str]:
    try:
        async with aclosing(read_dump(user_id, dump_id, ports, lambda: user_session(user_id))) as steps:
            async for step in steps:
                if isinstance(step, Settled):
                    yield await _complete(user_id, dump_id, step)
                elif isinstance(step, Failed):
                    yield _event("error", message=step.message, context="general", recoverable=True)
                else:
                    yield _progress(step)
    except BuildOSError as error:
        yield _event("error", message=str(error), context="general", recoverable=False)


def _progress(step: Step) -> str:
    if step.stage not in EVENTS:
        return _event("status", message=step.message, data={"seconds": step.seconds})
    if step.attempt > 1 and step.status == "running":
        return _event("retry", attempt=step.attempt, maxAttempts=3, processName=step.stage, message=step.message)
    status = STATUSES.get(step.status, step.status)
    data = {"status": status, "preview": list(step.items), "seconds": step.seconds}
    return _event(EVENTS[step.stage], message=step.message, data=data)


async def _complete(user_id: UUID, dump_id: UUID, settled: Settled) -> str:
    async with user_session(user_id) as session:
        operations = await list_operations(session, dump_id)
    proposal = settled.proposed.proposal
    result = {
        "brainDumpId": str(dump_id),
        "title": proposal.title,
        "summary": proposal.summary,
        "engine": settled.proposed.engine,
        "operations": [
            {
                "id": str(item.id),
                "table": item.target,
                "operation": item.operation,
                "data": item.data,
                "ref": item.ref,
                "quote": item.quote,
                "start": item.span[0] if item.span else None,
                "end": item.span[1] if item.span else None,
                "enabled": item.enabled,
                "error": item.error,
                "reasoning": item.reasoning,
            }
            for item in operations
        ],
        "metadata": {
            "totalOperations": len(operations),
            "tableBreakdown": Counter(item.target for item in operations),
            "processingTime": proposal.seconds,
            "warnings": proposal.warnings,
            "partialFailure": bool(proposal.warnings),
        },
        "questionAnalysis": {
            str(item.question_id): {"wasAnswered": True, "answerContent": item.answer} for item in proposal.answers
        },
        "projectQuestions": [item.model_dump() for item in proposal.questions],
        "applied": settled.applied.counts if settled.applied else None,
        "notAccepted": settled.why,
    }
    message = "Applied" if settled.applied else "Ready for your review"
    return _event("complete", message=message, result=result)


def _event(kind: str, **fields: Any) -> str:
    return f"data: {json.dumps({'type': kind, **fields}, ensure_ascii=False)}\n\n"


def _reason(error: UserError | ValidationError) -> str:
    if isinstance(error, UserError):
        return str(error)
    problem = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}" if place else "The body must be a JSON object with a text in `content`."


def _problem(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": message}, status, headers)
