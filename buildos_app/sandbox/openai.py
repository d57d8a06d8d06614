"""OpenAI's chat completions, answered by the offline engine: a test or a trial needs neither key nor network."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from buildos_app.brain_dumps.prompts import AnalyseDump, ExtractContext, ExtractTasks
from buildos_app.briefs.prompts import WriteBrief
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.monitoring.usage import SayReady
from buildos_app.onboarding.prompts import ReadAnswers
from buildos_app.phases.strategies.choose import STRATEGIES
from buildos_app.ports import Prompt
from buildos_app.sandbox.script import Hold, Refusal, Script, Status, Text

PROMPTS: tuple[type[Prompt[Any]], ...] = (
    AnalyseDump,
    ExtractContext,
    ExtractTasks,
    ReadAnswers,
    SayReady,
    WriteBrief,
    *(strategy.prompt for strategy in STRATEGIES.values()),
)
PIECE = 64
DONE = "data: [DONE]\n\n"
NOT_UNDERSTOOD = '{"error": "the sandbox does not know this prompt"}'


async def complete(request: Request, script: Script) -> Response:
    """`POST /v1/chat/completions`: follow the script, else answer what the prompt asks."""
    body = await request.json()
    prompt = recognise(body)
    usage = _Usage(body) if (body.get("stream_options") or {}).get("include_usage") else None
    wanted = body.get("response_format", {}).get("type", "text")
    await script.record({"prompt": type(prompt).__name__ if prompt else "", "format": wanted, "model": body["model"]})
    if wanted in script.unsupported:
        return error(400, f"response_format of type {wanted} is not supported by this model")
    match script.next_turn():
        case Status(status=status, message=message, headers=headers):
            return error(status, message, headers)
        case Text(text=text, piece=piece, cut=cut, at_limit=at_limit):
            end = "length" if at_limit else "stop"
            return _streamed(_pieces(text, body["model"], piece=piece, cut=cut, end=end), script, usage)
        case Refusal(text=text):
            return _streamed(_events([{"refusal": text}], body["model"]), script, usage)
        case Hold():
            return _streamed(_held(prompt, body["model"], script), script, usage)
    return _streamed(_pieces(await _answer(prompt), body["model"]), script, usage)


def recognise(body: dict[str, Any]) -> Prompt[Any] | None:
    """The prompt that a request was made of: by its instructions, which every response format carries."""
    instructions, data = body["messages"][0]["content"], body["messages"][1]["content"]
    kind = next((kind for kind in PROMPTS if instructions.startswith(kind.instructions)), None)
    try:
        return kind.model_validate_json(data) if kind else None
    except ValidationError:
        return None


def error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error in OpenAI's shape."""
    problem = {"message": message, "type": "sandbox", "param": None, "code": None}
    return JSONResponse({"error": problem}, status_code=status, headers=headers)


async def _answer(prompt: Prompt[Any] | None) -> str:
    if prompt is None:
        return NOT_UNDERSTOOD
    reply = await OfflineEngine().ask(prompt)
    return str(reply.model_dump_json())


async def _held(prompt: Prompt[Any] | None, model: str, script: Script) -> AsyncIterator[str]:
    await script.released.wait()
    async for event in _pieces(await _answer(prompt), model):
        yield event


async def _pieces(
    text: str, model: str, *, piece: int = PIECE, cut: bool = False, end: str = "stop"
) -> AsyncIterator[str]:
    parts = [text[start : start + piece] for start in range(0, len(text), piece)]
    whole = parts[: len(parts) // 2] if cut else parts
    async for event in _events([{"content": part} for part in whole], model, is_cut=cut, end=end):
        yield event


async def _events(
    deltas: list[dict[str, Any]], model: str, *, is_cut: bool = False, end: str = "stop"
) -> AsyncIterator[str]:
    """Server-sent events of chat.completion.chunk objects; a cut stream ends by an error in the transport."""
    shared = {"id": "chatcmpl-sandbox", "object": "chat.completion.chunk", "created": int(time.time()), "model": model}
    for delta in [{"role": "assistant", "content": ""}, *deltas]:
        yield _event(shared | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        await asyncio.sleep(0)
    if is_cut:
        raise ConnectionResetError("The sandbox was told to break the connection.")
    yield _event(shared | {"choices": [{"index": 0, "delta": {}, "finish_reason": end}]})
    yield DONE


def _event(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk)}\n\n"


class _Usage:
    """The last chunk of a stream whose client asked for it: tokens, here four characters each."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.asked = len(json.dumps(body["messages"]))
        self.model = body["model"]
        self.answered = 0

    def count(self, event: str) -> None:
        """Add what a chunk says."""
        choices = json.loads(event.removeprefix("data: "))["choices"] if event != DONE else []
        self.answered += sum(len(choice["delta"].get("content", "")) for choice in choices)

    def event(self) -> str:
        """The chunk."""
        tokens = {"prompt_tokens": self.asked // 4, "completion_tokens": self.answered // 4}
        usage = tokens | {"total_tokens": sum(tokens.values())}
        shared = {"id": "chatcmpl-sandbox", "object": "chat.completion.chunk", "created": int(time.time())}
        return _event(shared | {"model": self.model, "choices": [], "usage": usage})


def _streamed(events: AsyncIterator[str], script: Script, usage: _Usage | None) -> Response:
    async def watched() -> AsyncIterator[str]:
        try:
            async for event in events:
                if usage is not None:
                    if event == DONE:
                        yield usage.event()
                    usage.count(event)
                yield event
        except (asyncio.CancelledError, GeneratorExit):
            await script.record_abort()
            raise

    return StreamingResponse(watched(), media_type="text/event-stream")
