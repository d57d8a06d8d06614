"""`POST /api/brain-dumps/stream`, as a script uses it."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from starlette.requests import ClientDisconnect

from buildos_app.accounts.tokens import make_token
from buildos_app.api.routes import routes
from buildos_app.brain_dumps.drafts import list_dumps
from buildos_app.brain_dumps.limits import READ_AT_ONCE, SECONDS_TO_A_PLACE
from buildos_app.brain_dumps.turns import is_full
from buildos_app.db.session import user_session
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.ports import OnText, OnUsage, Ports, Prompt, Reply

TEXT = "Garden: order timber by Friday. Call the plumber tomorrow at 3pm."


class Held(OfflineEngine):
    """A model that is asked and does not answer; says when its work was stopped."""

    def __init__(self) -> None:
        self.asked, self.stopped = asyncio.Event(), asyncio.Event()

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()
        raise AssertionError


@pytest_asyncio.fixture
async def token(user_id: UUID) -> str:
    async with user_session(user_id) as session:
        return await make_token(session, user_id, "script")


async def post(token: str, body: Any) -> httpx2.Response:
    app = routes(lambda: Ports(llm=OfflineEngine()))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost:3000") as client:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await client.post("/api/brain-dumps/stream", content=content, headers=headers)


def events(answer: httpx2.Response) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.split("\n\n") if line]


async def test_each_stage_is_an_event_and_the_end_has_the_operations(token: str) -> None:
    answer = await post(token, {"content": TEXT})

    told = events(answer)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert told[0]["type"] == "status"
    assert {"contextProgress", "tasksProgress"} <= {event["type"] for event in told}
    assert told[-1]["type"] == "complete"
    operations = told[-1]["result"]["operations"]
    assert all(TEXT[item["start"] : item["end"]] == item["quote"] for item in operations)
    assert told[-1]["result"]["applied"] is None
    assert told[-1]["result"]["metadata"]["totalOperations"] == len(operations)
    assert told[-1]["result"]["metadata"]["tableBreakdown"] == {"projects": 1, "tasks": 2}


async def test_questions_and_their_answers_are_told(token: str) -> None:
    asked = events(await post(token, {"content": "Garden: buy screws. Should the fence be oak or pine?"}))[-1]["result"]
    answered = events(await post(token, {"content": "The fence should be oak, not pine."}))[-1]["result"]

    assert [item["question"] for item in asked["projectQuestions"]] == ["Should the fence be oak or pine?"]
    assert [item["answerContent"] for item in answered["questionAnalysis"].values()] == [
        "The fence should be oak, not pine."
    ]


async def test_auto_accept_is_decided_here(token: str, user_id: UUID) -> None:
    told = events(await post(token, {"content": TEXT, "autoAccept": True}))

    assert told[-1]["message"] == "Applied"
    assert told[-1]["result"]["applied"]["tasks"] == 2
    async with user_session(user_id) as session:
        assert [dump.status for dump in await list_dumps(session)] == ["saved"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 422),
        ([], 422),
        ({}, 422),
        ({"content": "  \n"}, 422),
        ({"content": 7}, 422),
        ({"content": "x" * 50_001}, 422),
        ({"content": "x", "autoAccept": "true"}, 422),
        ({"content": "x", "options": []}, 422),
        ({"content": "x", "selectedProjectId": "mine"}, 422),
        ({"content": "x", "selectedProjectId": str(uuid4())}, 404),
        (b'{"content": "' + b"x" * 1_100_000 + b'"}', 422),
    ],
    ids=range(11),
)
async def test_what_does_not_fit_is_refused(token: str, user_id: UUID, body: Any, status: int) -> None:
    answer = await post(token, body)

    assert answer.status_code == status
    assert answer.json()["error"]
    async with user_session(user_id) as session:
        assert await list_dumps(session) == []


@pytest.mark.parametrize("token", ["", "bos_wrong"])
async def test_strangers_are_refused(database: str, token: str) -> None:
    assert (await post(token, {"content": TEXT})).status_code == 401


async def test_the_eleventh_within_a_minute_is_told_when_to_come_back(token: str) -> None:
    answers = [await post(token, {"content": "buy milk"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61


class Gate(OfflineEngine):
    """A model that answers nobody until it is opened; counts who asks."""

    def __init__(self) -> None:
        self.open, self.asked = asyncio.Event(), asyncio.Semaphore(0)

    async def ask(
        self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
    ) -> Reply:
        self.asked.release()
        await self.open.wait()
        return await super().ask(prompt, on_text=on_text, on_usage=on_usage)


def scope(token: str) -> dict[str, Any]:
    """A request to the route, as a server hands it on."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "method": "POST",
        "path": "/api/brain-dumps/stream",
        "raw_path": b"/api/brain-dumps/stream",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 3000),
        "scheme": "http",
        "http_version": "1.1",
    }


async def test_three_are_read_five_wait_and_the_ninth_is_told_when_to_come_back(token: str, user_id: UUID) -> None:
    gate = Gate()
    app = routes(lambda: Ports(llm=gate))
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def stream(number: int) -> None:
        sent = [{"type": "http.request", "body": json.dumps({"content": f"buy {number} nails"}).encode()}]

        async def receive() -> dict[str, Any]:
            return sent.pop() if sent else await asyncio.Event().wait()  # type: ignore[return-value]

        async def send(message: Any) -> None:
            if body := message.get("body"):
                told.put_nowait(json.loads(body.removeprefix(b"data: ")))

        await app(scope(token), receive, send)  # type: ignore[arg-type]

    streams = [asyncio.create_task(stream(number)) for number in range(8)]
    async with asyncio.timeout(30):
        first = []
        while sum(event["message"] in ("Reading your dump", "Waits for its turn") for event in first) < 8:
            first.append(await told.get())
        for _ in range(2 * READ_AT_ONCE):  # two questions each
            await gate.asked.acquire()

    refused = await post(token, {"content": "one more"})

    assert (refused.status_code, refused.headers["retry-after"]) == (429, str(SECONDS_TO_A_PLACE))
    assert gate.asked.locked(), "nobody else asked"
    assert [event["message"] for event in first].count("Waits for its turn") == 5
    gate.open.set()
    await asyncio.gather(*streams)
    assert [told.get_nowait()["type"] for _ in range(told.qsize())].count("complete") == 8
    assert (await post(token, {"content": "one more"})).status_code == 200


async def test_a_client_that_goes_away_stops_the_model(token: str, user_id: UUID) -> None:
    model = Held()
    app = routes(lambda: Ports(llm=model))
    body = json.dumps({"content": TEXT}).encode()
    sent = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if sent:
            return sent.pop()
        await model.asked.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        pass

    async with asyncio.timeout(10):
        await app(scope(token), receive, send)  # type: ignore[arg-type]
        await model.stopped.wait()

    async with user_session(user_id) as session:
        assert [(dump.status, dump.excerpt) for dump in await list_dumps(session)] == [("pending", TEXT)]


async def test_ten_at_the_same_moment_take_eight_places(token: str) -> None:
    gate = Gate()
    app = routes(lambda: Ports(llm=gate))
    headers = {"authorization": f"Bearer {token}"}
    async with (
        asyncio.timeout(30),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost:3000") as client,
    ):
        waiting = {
            asyncio.create_task(
                client.post("/api/brain-dumps/stream", json={"content": f"buy {number} nails"}, headers=headers)
            )
            for number in range(10)
        }
        refused: list[httpx2.Response] = []
        while len(refused) < 2:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            refused += [task.result() for task in done]
        gate.open.set()
        taken = await asyncio.gather(*waiting)

    assert [answer.status_code for answer in refused] == [429] * 2
    assert refused[0].json()["error"].endswith(f"Send it again in {SECONDS_TO_A_PLACE} seconds.")
    assert [events(answer)[-1]["type"] for answer in taken] == ["complete"] * 8


async def test_what_is_refused_or_gone_before_it_begins_leaves_its_place(token: str, user_id: UUID) -> None:
    app = routes(lambda: Ports(llm=OfflineEngine()))

    async def gone(message: Any) -> None:
        raise OSError("the client is gone")

    for number in range(9):
        assert (await post(token, {"content": "x", "selectedProjectId": str(uuid4())})).status_code == 404
        sent = [{"type": "http.request", "body": json.dumps({"content": f"buy {number} nails"}).encode()}]

        async def receive(sent: list[Any] = sent) -> Any:
            return sent.pop() if sent else await asyncio.Event().wait()

        with pytest.raises((OSError, ClientDisconnect)):
            await app(scope(token), receive, gone)  # type: ignore[arg-type]

    assert not is_full(user_id)
    assert (await post(token, {"content": TEXT})).status_code == 200
