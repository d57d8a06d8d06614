"""From proposals to rows: all of them or none."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from buildos_app.brain_dumps.apply import apply
from buildos_app.brain_dumps.drafts import (
    Choices,
    discard_dump,
    get_dump,
    get_open_draft,
    list_dumps,
    save_draft,
    submit_dump,
)
from buildos_app.brain_dumps.edits import changes_from_form
from buildos_app.brain_dumps.operations import Proposal, ProposedOperation, validated
from buildos_app.brain_dumps.review import (
    edit_operation,
    list_operations,
    load_dump_to_process,
    save_proposal,
    toggle_operation,
)
from buildos_app.brain_dumps.steps import Proposed
from buildos_app.clock import local_now
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.brain_dump import Operation, OperationKind, OperationTable
from buildos_app.models.project import Note, Project, Task

TEXT = "Garden: order timber. The fence is 24 m long."


def proposed(target: str, data: dict[str, Any], **more: Any) -> ProposedOperation:
    return validated(ProposedOperation(target=OperationTable(target), data=data, **more))


PROPOSED = [
    proposed("projects", {"name": "Garden"}, ref="new-p1", span=(0, 6)),
    proposed("tasks", {"title": "Order timber", "project_ref": "new-p1"}, span=(8, 20)),
    proposed("notes", {"title": "24 m", "content": "The fence is 24 m long", "project_ref": "new-p1"}, span=(22, 44)),
]


@pytest.fixture
def save(user_id: UUID) -> Callable[..., Any]:
    async def save(*operations: ProposedOperation) -> UUID:
        async with user_session(user_id) as session:
            dump_id = await submit_dump(session, user_id, TEXT)
        proposal = Proposal(title="Garden", summary="", operations=list(operations or PROPOSED))
        async with user_session(user_id) as session:
            await save_proposal(session, user_id, dump_id, Proposed(proposal, "offline"))
        return dump_id

    return save


async def count(table: type[Any]) -> int:
    async with service_session("test") as session:
        return (await session.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()


async def test_everything_is_applied_and_leads_to_the_project(user_id: UUID, save: Any) -> None:
    dump_id = await save()

    async with user_session(user_id) as session:
        applied = await apply(session, user_id, dump_id)

    assert applied.counts == {"projects": 1, "tasks": 1, "notes": 1}
    async with user_session(user_id) as session:
        project = await session.get(Project, applied.project_id)
        task = (await session.execute(sa.select(Task))).scalar_one()
        dump = await get_dump(session, dump_id)
    assert project is not None
    assert (project.name, project.slug, task.project_id) == ("Garden", "garden", project.id)
    assert task.brain_dump_id == dump_id
    assert (dump.status, dump.project_id) == ("saved", project.id)


async def test_one_that_fails_undoes_all(user_id: UUID, save: Any) -> None:
    lost = proposed("tasks", {"title": "Paint", "project_id": str(uuid4())})
    dump_id = await save(*PROPOSED, lost)

    with pytest.raises(InvalidInput, match="belongs to a project that is left out"):
        async with user_session(user_id) as session:
            await apply(session, user_id, dump_id)

    assert [await count(table) for table in (Project, Task, Note)] == [0, 0, 0]
    async with user_session(user_id) as session:
        assert (await get_dump(session, dump_id)).status == "parsed"


async def test_what_is_left_out_is_not_applied(user_id: UUID, save: Any) -> None:
    dump_id = await save()
    async with user_session(user_id) as session:
        note = (await list_operations(session, dump_id))[2]
        await toggle_operation(session, note.id)

    async with user_session(user_id) as session:
        applied = await apply(session, user_id, dump_id)

    assert applied.counts == {"projects": 1, "tasks": 1}


async def test_nothing_selected_is_said(user_id: UUID, save: Any) -> None:
    dump_id = await save()
    async with user_session(user_id) as session:
        await session.execute(sa.update(Operation).values(enabled=False))

    with pytest.raises(InvalidInput, match="Nothing is selected"):
        async with user_session(user_id) as session:
            await apply(session, user_id, dump_id)


async def test_a_double_click_applies_once(user_id: UUID, save: Any) -> None:
    dump_id = await save()

    async def click() -> str:
        try:
            async with user_session(user_id) as session:
                await apply(session, user_id, dump_id)
        except Conflict as error:
            return str(error)
        return "applied"

    results = await asyncio.gather(*(click() for _ in range(4)))

    assert sorted(results) == ["This dump was applied or discarded already."] * 3 + ["applied"]
    assert await count(Task) == 1


async def test_a_task_that_is_gone_is_named(user_id: UUID, save: Any) -> None:
    changed = validated(
        ProposedOperation(
            target=OperationTable.TASKS,
            operation=OperationKind.UPDATE,
            row_id=uuid4(),
            data={"status": "done"},
            span=(8, 20),
        )
    )
    dump_id = await save(changed)

    with pytest.raises(Conflict, match="“order timber” changes a task that is gone"):
        async with user_session(user_id) as session:
            await apply(session, user_id, dump_id)


async def test_edited_words_become_dates(user_id: UUID, save: Any) -> None:
    dump_id = await save()
    form = {"title": "Order oak", "when": "tomorrow at 16:00", "duration": "half an hour", "priority": "high"}
    async with user_session(user_id) as session:
        task = (await list_operations(session, dump_id))[1]
        await edit_operation(session, task.id, changes_from_form(form, local_now("Europe/Berlin")))

    async with user_session(user_id) as session:
        await apply(session, user_id, dump_id)
        row = (await session.execute(sa.select(Task))).scalar_one()

    assert (row.title, row.duration_minutes, row.priority) == ("Order oak", 30, "high")
    assert row.start_date is not None
    assert row.start_date.astimezone(local_now("Europe/Berlin").tzinfo).hour == 16


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"title": " "}, "title"),
        ({"when": "whenever"}, "whenever"),
        ({"duration": "ages"}, "ages"),
        ({"priority": "x"}, "priority"),
    ],
)
async def test_what_cannot_be_read_is_refused(user_id: UUID, save: Any, form: dict[str, str], words: str) -> None:
    dump_id = await save()

    with pytest.raises(InvalidInput, match=words):
        async with user_session(user_id) as session:
            task = (await list_operations(session, dump_id))[1]
            await edit_operation(session, task.id, changes_from_form(form, local_now("UTC")))


async def test_nobody_touches_the_dump_of_another_person(user_id: UUID, other_user_id: UUID, save: Any) -> None:
    dump_id = await save()
    async with user_session(user_id) as session:
        operation = (await list_operations(session, dump_id))[0]

    for attack in (
        lambda session: get_dump(session, dump_id),
        lambda session: discard_dump(session, dump_id),
        lambda session: apply(session, other_user_id, dump_id),
        lambda session: toggle_operation(session, operation.id),
        lambda session: load_dump_to_process(session, other_user_id, dump_id),
        lambda session: submit_dump(session, other_user_id, "x", Choices(project_id=uuid4())),
    ):
        with pytest.raises(NotFound):
            async with user_session(other_user_id) as session:
                await attack(session)


async def test_a_draft_is_one_row_until_it_is_sent(user_id: UUID) -> None:
    async with user_session(user_id) as session:
        draft_id = await save_draft(session, user_id, "one")
        assert await save_draft(session, user_id, "one two", draft_id=draft_id) == draft_id
        draft = await get_open_draft(session)
        assert draft is not None
        assert draft.content == "one two"

        dump_id = await submit_dump(session, user_id, "one two three", draft_id=draft_id)

        assert dump_id == draft_id
        assert await get_open_draft(session) is None
        assert [dump.id for dump in await list_dumps(session)] == [dump_id]


@pytest.mark.parametrize("content", ["", "  \n ", "\0\0"])
async def test_an_empty_dump_is_refused(user_id: UUID, content: str) -> None:
    with pytest.raises(InvalidInput, match="Write something first"):
        async with user_session(user_id) as session:
            await submit_dump(session, user_id, content)


async def test_a_dump_holds_50000_characters(user_id: UUID) -> None:
    async with user_session(user_id) as session:
        await submit_dump(session, user_id, "🙂" * 50_000)
    with pytest.raises(InvalidInput, match="50,000 characters, and this one has 50,001"):
        async with user_session(user_id) as session:
            await submit_dump(session, user_id, "🙂" * 50_001)


async def test_a_discarded_dump_keeps_its_text(user_id: UUID, save: Any) -> None:
    dump_id = await save()
    async with user_session(user_id) as session:
        await discard_dump(session, dump_id)
    async with user_session(user_id) as session:
        assert (await get_dump(session, dump_id)).content == TEXT
    with pytest.raises(Conflict):
        async with user_session(user_id) as session:
            await apply(session, user_id, dump_id)
