"""What a dump says of tasks that are there: found by spelling, renamed, and what is left when nothing can be read."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from buildos_app.brain_dumps.apply import apply
from buildos_app.brain_dumps.drafts import submit_dump
from buildos_app.brain_dumps.reading import Settled, read_dump
from buildos_app.brain_dumps.review import KNOWN_TASKS, load_dump_to_process
from buildos_app.brain_dumps.steps import Failed
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import RequestRejected
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.models.error_log import ErrorLog
from buildos_app.models.project import Project, Task
from buildos_app.ports import LanguageModel, Ports


async def add_tasks(user_id: UUID, *titles: str) -> None:
    async with user_session(user_id) as session:
        project = Project(user_id=user_id, name="House", slug="house")
        session.add(project)
        await session.flush()
        session.add_all(Task(user_id=user_id, project_id=project.id, title=title) for title in titles)


async def read(user_id: UUID, text: str, llm: LanguageModel | None = None) -> Any:
    async with user_session(user_id) as session:
        dump_id = await submit_dump(session, user_id, text)
    ports = Ports(llm=llm or OfflineEngine())
    return dump_id, [step async for step in read_dump(user_id, dump_id, ports, lambda: user_session(user_id))][-1]


async def test_a_misspelled_task_is_among_the_candidates_however_many_there_are(user_id: UUID) -> None:
    await add_tasks(user_id, "Call the plumber", *(f"Something else {number}" for number in range(2 * KNOWN_TASKS)))
    async with user_session(user_id) as session:
        dump_id = await submit_dump(session, user_id, "Calling the plumer tomorrow at 3pm")
        dump = await load_dump_to_process(session, user_id, dump_id)

    assert dump.tasks[0].title == "Call the plumber"


async def test_a_misspelled_task_is_changed_and_not_made_again(user_id: UUID) -> None:
    await add_tasks(user_id, "Call the plumber", "Paint the fence")

    _, settled = await read(user_id, "Call the plumer tomorrow at 3pm")

    assert isinstance(settled, Settled)
    [change] = [item for item in settled.proposed.proposal.operations if item.target == "tasks"]
    assert (change.operation, change.data["start_has_time"]) == ("update", True)


async def test_a_task_is_renamed_and_nothing_else_of_it_changes(user_id: UUID) -> None:
    await add_tasks(user_id, "Call the plumber")
    dump_id, _ = await read(user_id, "Rename call the plumber to have the tap mended")

    async with user_session(user_id) as session:
        await apply(session, user_id, dump_id)

    async with user_session(user_id) as session:
        tasks = (await session.execute(sa.select(Task.title, Task.status))).all()
    assert [tuple(task) for task in tasks] == [("Have the tap mended", "backlog")]


class Refuses:
    name = "refuses"

    async def ask(self, prompt: Any, **_: Any) -> Any:
        raise RequestRejected("The key is not accepted.")


async def test_when_nothing_can_be_read_the_error_log_says_why(user_id: UUID) -> None:
    _, failed = await read(user_id, "Call the plumber", Refuses())

    assert isinstance(failed, Failed)
    async with service_session("test") as session:
        [row] = (await session.execute(sa.select(ErrorLog))).scalars().all()
    assert (row.error_type, row.user_id, row.job_id) == ("brain_dump_not_read", user_id, None)
    assert "The key is not accepted" in row.message
