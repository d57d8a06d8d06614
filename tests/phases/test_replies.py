"""What becomes of replies that models really write, good and broken, over the wire and through the real adapter."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from buildos_app.errors import ServiceUnavailable
from buildos_app.integrations.openai import OpenAIModel, open_openai
from buildos_app.phases.planning import finished_plan, question
from buildos_app.settings import Settings
from tests.fixtures.processes import Sandbox
from tests.phases.replies import FOLDER, as_expected, recorded

FILES = sorted(FOLDER.glob("*.json"))


@pytest_asyncio.fixture
async def model(sandbox: Sandbox) -> AsyncIterator[OpenAIModel]:
    """A server that knows nothing of schemas, which is where replies come broken."""
    sandbox.next({"kind": "unsupported", "formats": ["json_schema", "json_object"]})
    async with open_openai(Settings(openai_base_url=sandbox.openai_url, openai_model="sandbox")) as model:
        yield model


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 30


@pytest.mark.parametrize("name", [path.stem for path in FILES])
async def test_a_recorded_reply(name: str, model: OpenAIModel, sandbox: Sandbox) -> None:
    case = recorded(FOLDER / f"{name}.json")
    sandbox.next(*[{"kind": "text", "text": case.reply}] * 2)  # an unreadable one is asked for once more

    try:
        reply = await model.ask(question(case.facts, case.options, case.busy))
        found = as_expected(finished_plan(reply, case.facts, case.options, case.busy))
    except ServiceUnavailable as error:
        found = {"refused": str(error)}

    assert found == case.expected, case.says
