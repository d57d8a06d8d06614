"""The OpenAI adapter against a server that speaks the protocol and can be told to misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from buildos_app.brain_dumps.prompts import ExtractedTasks, ExtractTasks
from buildos_app.errors import RequestRejected, ServiceUnavailable
from buildos_app.integrations.openai import OpenAIModel, open_openai, strict_schema
from buildos_app.settings import Settings
from tests.fixtures.processes import Sandbox, free_port

PROMPT = ExtractTasks(
    dump="The garden. Order timber by Friday. The fence is 24 m long.",
    project=None,
    projects=[],
    tasks=[],
    now=datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin")),
)
REPLY = {"tasks": [{"title": "Order timber", "quote": "Order timber"}], "notes": []}


@pytest_asyncio.fixture
async def model(sandbox: Sandbox) -> AsyncIterator[OpenAIModel]:
    async with open_openai(Settings(openai_base_url=sandbox.openai_url, openai_model="sandbox")) as model:
        yield model


async def test_a_reply_is_streamed_and_validated(model: OpenAIModel, sandbox: Sandbox) -> None:
    pieces: list[str] = []

    reply = await model.ask(PROMPT, on_text=pieces.append)

    assert isinstance(reply, ExtractedTasks)
    assert [task.title for task in reply.tasks] == ["Order timber"]
    assert len(pieces) > 3
    assert json.loads("".join(pieces))["tasks"]
    assert sandbox.calls() == [{"prompt": "ExtractTasks", "format": "json_schema", "model": "sandbox"}]


async def test_a_server_that_knows_less_is_met_rung_by_rung(model: OpenAIModel, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "unsupported", "formats": ["json_schema", "json_object"]})

    first = await model.ask(PROMPT)
    second = await model.ask(PROMPT)

    assert first == second
    assert [call["format"] for call in sandbox.calls()] == ["json_schema", "json_object", "text", "text"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(REPLY),
        f"Here you are:\n```json\n{json.dumps(REPLY)}\n```\nAnything else?",
        '{"tasks": [{"title": "Order timber", "quote": "Order timber",}], "notes": [],}',
    ],
)
async def test_json_is_cut_out_of_plain_text(model: OpenAIModel, sandbox: Sandbox, text: str) -> None:
    sandbox.next({"kind": "unsupported", "formats": ["json_schema", "json_object"]}, {"kind": "text", "text": text})

    reply = await model.ask(PROMPT)

    assert [task.title for task in reply.tasks] == ["Order timber"]


async def test_a_reply_of_another_shape_is_asked_for_once_more(model: OpenAIModel, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "text", "text": '{"tasks": "none"}'}, {"kind": "text", "text": json.dumps(REPLY)})

    reply = await model.ask(PROMPT)

    assert [task.title for task in reply.tasks] == ["Order timber"]
    assert len(sandbox.calls()) == 2


async def test_what_a_database_cannot_hold_is_taken_out(model: OpenAIModel, sandbox: Sandbox) -> None:
    title = "Order\0 timber \ud83c"  # half of a pair, as JSON can say it
    sandbox.next({"kind": "text", "text": json.dumps({"tasks": [{"title": title, "when_words": "\0"}]})})

    reply = await model.ask(PROMPT)

    assert [(task.title, task.when_words) for task in reply.tasks] == [("Order timber ?", "")]


@pytest.mark.parametrize(
    "text", ["", "I would rather not.", '{"tasks": 7}', '{"tasks": [', '{"tasks": ' + "[" * 50_000 + "]" * 50_000 + "}"]
)
async def test_two_unreadable_replies_are_worth_a_later_try(model: OpenAIModel, sandbox: Sandbox, text: str) -> None:
    sandbox.next(*[{"kind": "text", "text": text}] * 2)

    with pytest.raises(ServiceUnavailable, match="twice in a shape"):
        await model.ask(PROMPT)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, RequestRejected, "OPENAI_API_KEY"),
        (403, RequestRejected, "OPENAI_API_KEY"),
        (404, RequestRejected, "OPENAI_MODEL"),
        (400, RequestRejected, "400"),
        (429, ServiceUnavailable, "busy"),
        (500, ServiceUnavailable, "500"),
        (503, ServiceUnavailable, "503"),
    ],
)
async def test_a_refusal_is_told_in_our_words(
    model: OpenAIModel, sandbox: Sandbox, status: int, kind: type[Exception], words: str
) -> None:
    sandbox.next({"kind": "status", "status": status, "message": "secret detail"})

    with pytest.raises(kind, match=words) as raised:
        await model.ask(PROMPT)

    assert "secret detail" not in str(raised.value)
    assert len(sandbox.calls()) == 1


async def test_the_server_says_when_to_come_back(model: OpenAIModel, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "status", "status": 429, "headers": {"retry-after": "17"}})

    with pytest.raises(ServiceUnavailable) as raised:
        await model.ask(PROMPT)

    assert raised.value.retry_after == 17


async def test_a_broken_stream_is_worth_another_try(model: OpenAIModel, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "text", "text": json.dumps(REPLY) * 20, "cut": True})

    with pytest.raises(ServiceUnavailable):
        await model.ask(PROMPT)


async def test_a_refusal_of_the_model_is_final(model: OpenAIModel, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "refusal"})

    with pytest.raises(RequestRejected, match="refused to answer"):
        await model.ask(PROMPT)


async def test_a_server_that_is_away_is_worth_another_try() -> None:
    async with open_openai(Settings(openai_base_url=f"http://127.0.0.1:{free_port()}/v1")) as model:
        with pytest.raises(ServiceUnavailable, match="cannot be reached"):
            await model.ask(PROMPT)


async def test_cancelling_stops_the_models_work(model: OpenAIModel, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "hold"})
    asking = asyncio.create_task(model.ask(PROMPT))
    await asyncio.to_thread(sandbox.calls, at_least=1)

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.to_thread(sandbox.calls, aborted=1)


def test_a_strict_schema_requires_every_field_and_allows_no_other() -> None:
    def objects(node: object) -> list[dict[str, object]]:
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        found = [each for child in below for each in objects(child)]
        return [node, *found] if isinstance(node, dict) and "properties" in node else found

    schemas = objects(strict_schema(ExtractedTasks))

    assert len(schemas) == 5
    for schema in schemas:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])  # type: ignore[call-overload]


async def test_an_answer_at_the_limit_is_not_taken_for_whole(model: OpenAIModel, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "text", "text": json.dumps(REPLY), "at_limit": True})

    with pytest.raises(ServiceUnavailable, match="cut off"):
        await model.ask(PROMPT)
