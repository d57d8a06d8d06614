"""The language model port on any server that speaks OpenAI's chat completions.

Structured replies by a ladder: a strict JSON schema, else a JSON object with the schema in the instructions, else
plain text out of which the JSON is cut. The rung that a server understands is remembered. Every reply is validated by
its class before anybody sees it.
"""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Any, cast

import httpx2
import json_repair
import openai
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel, ValidationError

from buildos_app.errors import RequestRejected, ServiceUnavailable
from buildos_app.ports import OnText, OnUsage, Prompt, Reply, Usage
from buildos_app.settings import Settings

logger = logging.getLogger(__name__)

TIMEOUT = openai.Timeout(120, connect=5)
TEMPERATURE = 0.2
LONGEST_REPLY = 400_000
NO_KEY = "none"
CHARACTERS_PER_TOKEN = 4


class Rung(IntEnum):
    """What a server knows of structured replies, the best first."""

    JSON_SCHEMA = 0
    JSON_OBJECT = 1
    TEXT = 2


@asynccontextmanager
async def open_openai(settings: Settings) -> AsyncIterator["OpenAIModel"]:
    """The adapter for the server of the settings, closed at the end of the block."""
    client = openai.AsyncOpenAI(
        api_key=settings.openai_api_key.get_secret_value() or NO_KEY,
        base_url=settings.openai_base_url or None,
        timeout=TIMEOUT,
        max_retries=0,
        http_client=openai.DefaultAsyncHttpxClient(timeout=TIMEOUT, follow_redirects=False),
    )
    async with client:
        yield OpenAIModel(client, settings.openai_model)


class OpenAIModel:
    """A LanguageModel over HTTP; cancelling `ask` closes the stream and so stops the model's work."""

    def __init__(self, client: openai.AsyncOpenAI, name: str) -> None:
        self.name = name
        self._client = client
        self._rung = Rung.JSON_SCHEMA
        self._counts_tokens = True

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        """See LanguageModel. A reply that does not fit is asked for once more, with what was wrong; a second one
        counts as ServiceUnavailable, because the next attempt may well succeed."""
        messages = self._messages(prompt)
        problem = ""
        for _ in range(2):
            text = await self._complete(prompt, messages, on_text, on_usage)
            try:
                return cast(Reply, prompt.reply_type.model_validate(self._parse(text)))
            except (ValidationError, ValueError) as error:
                problem = _what_is_wrong(error)
                logger.info("a reply of %s did not fit %s: %s", self.name, type(prompt).__name__, problem)
                messages = [
                    *messages,
                    {"role": "assistant", "content": text[:20_000]},
                    {"role": "user", "content": f"That does not fit the schema: {problem}. Answer again, JSON only."},
                ]
        raise ServiceUnavailable(
            "The language model answered twice in a shape that could not be read.", kind="invalid_response"
        )

    def _messages(self, prompt: Prompt[Any]) -> list[ChatCompletionMessageParam]:
        return [
            {"role": "system", "content": prompt.instructions},
            {"role": "user", "content": prompt.model_dump_json()},
        ]

    async def _complete(
        self,
        prompt: Prompt[Any],
        messages: list[ChatCompletionMessageParam],
        on_text: OnText | None,
        on_usage: OnUsage | None,
    ) -> str:
        """One reply as text, by the best rung that the server understands."""
        while True:
            meter = _Meter(messages)
            try:
                return await self._stream(prompt, messages, on_text, meter)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if self._counts_tokens and "stream_options" in str(error).lower():
                    self._counts_tokens = False
                    continue
                if self._rung is Rung.TEXT or "response_format" not in str(error).lower():
                    raise _translated(error) from error
                self._rung = Rung(self._rung + 1)
                logger.info("%s does not know this response format; using %s", self.name, self._rung.name.lower())
            except openai.OpenAIError as error:
                raise _translated(error) from error
            except httpx2.HTTPError as error:
                raise ServiceUnavailable("The connection to the language model broke.") from error
            finally:
                if on_usage is not None and meter.began:
                    on_usage(meter.usage())

    async def _stream(
        self,
        prompt: Prompt[Any],
        messages: list[ChatCompletionMessageParam],
        on_text: OnText | None,
        meter: "_Meter",
    ) -> str:
        rung = self._rung
        stream = await self._client.chat.completions.create(
            model=self.name,
            messages=messages if rung is Rung.JSON_SCHEMA else _with_schema(messages, prompt.reply_type),
            temperature=TEMPERATURE,
            stream=True,
            stream_options={"include_usage": True} if self._counts_tokens else openai.omit,
            **_response_format(prompt, rung),
        )
        meter.began = True
        pieces: list[str] = []
        async with stream:
            async for chunk in stream:
                if chunk.usage is not None:
                    meter.counted = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                choice = chunk.choices[0] if chunk.choices else None
                if choice is None:
                    continue
                if getattr(choice.delta, "refusal", None):
                    raise RequestRejected("The language model refused to answer this text.")
                if piece := choice.delta.content or "":
                    pieces.append(piece)
                    meter.characters += len(piece)
                    if on_text is not None:
                        on_text(piece)
                if choice.finish_reason == "length":
                    raise ServiceUnavailable(
                        "The language model's answer was cut off: the text may be too long for it."
                    )
                if meter.characters > LONGEST_REPLY:
                    raise ServiceUnavailable("The language model did not stop writing.")
        return "".join(pieces)

    def _parse(self, text: str) -> object:
        """Raises ValueError for what is no JSON, or nested deeper than anything of ours."""
        try:
            return _storable(self._read(_cut_out_json(text)))
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def _read(self, text: str) -> object:
        try:
            return json.loads(text)
        except ValueError:
            if self._rung is Rung.JSON_SCHEMA:
                raise
        logger.info("a reply of %s was mended before it was validated", self.name)
        return json_repair.loads(text)


def _storable(value: Any) -> Any:
    """The same without what JSON can say and PostgreSQL cannot hold: NUL, and halves of a surrogate pair."""
    match value:
        case str():
            return value.replace("\0", "").encode(errors="replace").decode()
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {_storable(name): _storable(item) for name, item in value.items()}
    return value


class _Meter:
    """Counts one request: what its server says of it, else an estimate, also when the reply broke off."""

    def __init__(self, messages: list[ChatCompletionMessageParam]) -> None:
        self.began = False
        self.characters = 0
        self.counted: Usage | None = None
        self._asked = sum(len(str(message.get("content"))) for message in messages)

    def usage(self) -> Usage:
        """The tokens of this request."""
        return self.counted or Usage(self._asked // CHARACTERS_PER_TOKEN, self.characters // CHARACTERS_PER_TOKEN)


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a reply as strict servers want it: every field required, no others, no defaults."""
    schema = model.model_json_schema()
    _make_strict(schema)
    return schema


def _make_strict(node: object) -> None:
    if isinstance(node, list):
        for item in node:
            _make_strict(item)
    if not isinstance(node, dict):
        return
    if "properties" in node:
        node["required"] = list(node["properties"])
        node["additionalProperties"] = False
    for key in ("default", "title", "format", "description"):
        if not isinstance(node.get(key), dict):
            node.pop(key, None)
    for value in node.values():
        _make_strict(value)


def _response_format(prompt: Prompt[Any], rung: Rung) -> dict[str, Any]:
    if rung is Rung.JSON_SCHEMA:
        schema = {"name": type(prompt).__name__, "strict": True, "schema": strict_schema(prompt.reply_type)}
        return {"response_format": {"type": "json_schema", "json_schema": schema}}
    return {"response_format": {"type": "json_object"}} if rung is Rung.JSON_OBJECT else {}


def _with_schema(
    messages: list[ChatCompletionMessageParam], reply_type: type[BaseModel]
) -> list[ChatCompletionMessageParam]:
    schema = json.dumps(strict_schema(reply_type))
    first = messages[0]
    content = f"{first.get('content')}\n\nAnswer with one JSON object of this schema and nothing else:\n{schema}"
    return [{"role": "system", "content": content}, *messages[1:]]


def _cut_out_json(text: str) -> str:
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if start >= 0 and end > start else text


def _what_is_wrong(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"[:300]
    return "it is not JSON"


def _translated(error: openai.OpenAIError) -> ServiceUnavailable | RequestRejected:
    """The SDK's error in our words, without anything of the request in it."""
    if isinstance(error, openai.APITimeoutError):
        return ServiceUnavailable("The language model took too long to answer.", kind="timeout")
    if isinstance(error, openai.RateLimitError):
        after = error.response.headers.get("retry-after", "")
        seconds = float(after) if after.replace(".", "", 1).isdecimal() else None
        return ServiceUnavailable("The language model is busy (429).", retry_after=seconds, kind="rate_limited")
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return RequestRejected("The language model refused the key: check OPENAI_API_KEY.")
    if isinstance(error, openai.NotFoundError):
        return RequestRejected("The language model is not known there: check OPENAI_MODEL and OPENAI_BASE_URL.")
    if isinstance(error, openai.APIStatusError):
        if error.status_code >= 500 or error.status_code in (408, 409):
            return ServiceUnavailable(f"The language model's server has a problem ({error.status_code}).")
        return RequestRejected(f"The language model refused the request ({error.status_code}).")
    return ServiceUnavailable("The language model cannot be reached.")
