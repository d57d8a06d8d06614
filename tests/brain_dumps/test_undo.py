"""Apply, edit, undo, in any order: the database is what a plain model of it says."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from buildos_app.brain_dumps.apply import apply
from buildos_app.brain_dumps.drafts import submit_dump
from buildos_app.brain_dumps.operations import Proposal, ProposedOperation, validated
from buildos_app.brain_dumps.review import save_proposal
from buildos_app.brain_dumps.steps import Proposed
from buildos_app.brain_dumps.undo import undo
from buildos_app.db.session import user_session
from buildos_app.errors import Conflict
from buildos_app.models.brain_dump import BrainDump, OperationKind, OperationTable
from buildos_app.models.project import Note, Project, Task

TEXT = "Garden: order timber. The fence is 24 m."
TASK = {"title": "Order timber", "project_ref": "new-p1"}
NEW = [
    ProposedOperation(target=OperationTable.PROJECTS, data={"name": "Garden"}, ref="new-p1", span=(0, 6)),
    ProposedOperation(target=OperationTable.TASKS, data=TASK, span=(8, 20)),
    ProposedOperation(target=OperationTable.NOTES, data={"content": "24 m", "project_ref": "new-p1"}, span=(22, 39)),
]


async def applied(user_id: UUID, *operations: ProposedOperation) -> UUID:
    """A dump with these operations, applied."""
    async with user_session(user_id) as session:
        await session.execute(sa.update(BrainDump).values(submitted_at=None))  # so that no limit is met
        dump_id = await submit_dump(session, user_id, TEXT)
    proposal = Proposal(title="", summary="", operations=[validated(operation) for operation in operations])
    async with user_session(user_id) as session:
        await save_proposal(session, user_id, dump_id, Proposed(proposal, "offline"))
        await apply(session, user_id, dump_id)
    return dump_id


def change(task_id: UUID, **data: Any) -> ProposedOperation:
    return ProposedOperation(
        target=OperationTable.TASKS, operation=OperationKind.UPDATE, data=data, row_id=task_id, span=(8, 20)
    )


async def rows(user_id: UUID, table: Any) -> list[Any]:
    async with user_session(user_id) as session:
        return list((await session.execute(sa.select(table).order_by(table.id))).scalars())


async def test_what_a_dump_made_is_gone(user_id: UUID) -> None:
    dump_id = await applied(user_id, *NEW)

    async with user_session(user_id) as session:
        undone = await undo(session, user_id, dump_id)

    assert (undone.taken_back, undone.kept) == (3, [])
    assert [await rows(user_id, table) for table in (Project, Note)] == [[], []]


async def test_what_was_changed_since_is_shown_and_left_alone(user_id: UUID) -> None:
    dump_id = await applied(user_id, *NEW)
    async with user_session(user_id) as session:
        await session.execute(sa.update(Task).values(title="Order oak"))

    async with user_session(user_id) as session:
        undone = await undo(session, user_id, dump_id)

    assert undone.kept == ["Order oak", "Garden"]
    assert [task.deleted_at for task in await rows(user_id, Task)] == [None]
    assert await rows(user_id, Note) == []


async def test_an_update_goes_back_field_by_field(user_id: UUID) -> None:
    await applied(user_id, *NEW)
    task = (await rows(user_id, Task))[0]
    dump_id = await applied(user_id, change(task.id, status="done", priority="high", details_addition="oak"))
    async with user_session(user_id) as session:
        await session.execute(sa.update(Task).values(priority="low"))

    async with user_session(user_id) as session:
        undone = await undo(session, user_id, dump_id)

    task = (await rows(user_id, Task))[0]
    assert (task.status, task.completed_at, task.details, task.priority) == ("backlog", None, "", "low")
    assert undone.kept == ["Order timber"]


async def test_a_second_undo_changes_nothing(user_id: UUID) -> None:
    dump_id = await applied(user_id, *NEW)
    async with user_session(user_id) as session:
        await undo(session, user_id, dump_id)

    with pytest.raises(Conflict):
        async with user_session(user_id) as session:
            await undo(session, user_id, dump_id)


async def test_after_thirty_days_it_stays(user_id: UUID) -> None:
    dump_id = await applied(user_id, *NEW)
    async with user_session(user_id) as session:
        await session.execute(sa.update(BrainDump).values(applied_at=sa.func.now() - sa.text("interval '31 days'")))

    with pytest.raises(Conflict):
        async with user_session(user_id) as session:
            await undo(session, user_id, dump_id)


@dataclass
class Known:
    """What the model says of one task: its fields, and the fields that each dump gave it."""

    fields: dict[str, Any]
    alive: bool = True
    made_by: UUID | None = None
    made_as: dict[str, Any] = field(default_factory=dict)


FIELDS = ("status", "priority", "title")


NOTE_FIELDS = ("title", "content")


class ApplyEditUndo(RuleBasedStateMachine):
    """Dumps make and change tasks of one project and add to a note, a person edits them, dumps are undone; all in any
    order."""

    loop: asyncio.AbstractEventLoop
    user_id: UUID
    project_id: UUID
    note_id: UUID

    def __init__(self) -> None:
        super().__init__()
        self.note = {"title": "Larch", "content": ""}
        self.tasks: dict[UUID, Known] = {}
        self.dumps: dict[UUID, tuple[UUID, dict[str, Any], dict[str, Any]] | None] = {}

    def do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def alive(self) -> list[UUID]:
        return [task_id for task_id, known in self.tasks.items() if known.alive]

    @rule()
    def a_dump_makes_a_task(self) -> None:
        data = {"title": f"Task {len(self.tasks)}", "project_id": str(self.project_id)}
        dump_id = self.do(applied(self.user_id, ProposedOperation(target=OperationTable.TASKS, data=data, span=(0, 6))))
        task_id = next(t.id for t in self.do(rows(self.user_id, Task)) if t.brain_dump_id == dump_id)
        fields = {"title": data["title"], "status": "backlog", "priority": "medium"}
        self.tasks[task_id] = Known(dict(fields), made_by=dump_id, made_as=fields)
        self.dumps[dump_id] = None

    @rule(data=st.data(), status=st.sampled_from(["done", "blocked"]), priority=st.sampled_from(["low", "high"]))
    def a_dump_changes_a_task(self, data: st.DataObject, status: str, priority: str) -> None:
        if not self.alive():
            return
        task_id = data.draw(st.sampled_from(self.alive()))
        known = self.tasks[task_id]
        before = dict(known.fields)
        dump_id = self.do(applied(self.user_id, change(task_id, status=status, priority=priority)))
        known.fields |= {"status": status, "priority": priority}
        changed = {name: known.fields[name] for name in FIELDS if known.fields[name] != before[name]}
        self.dumps[dump_id] = (task_id, {name: before[name] for name in changed}, changed)

    @rule(data=st.data(), name=st.sampled_from(["title", "priority"]), value=st.sampled_from(["low", "high", "medium"]))
    def a_person_edits_a_task(self, data: st.DataObject, name: str, value: str) -> None:
        if not self.alive():
            return
        task_id = data.draw(st.sampled_from(self.alive()))

        async def edit() -> None:
            async with user_session(self.user_id) as session:
                await session.execute(sa.update(Task).where(Task.id == task_id).values({name: value}))  # type: ignore[arg-type]

        self.do(edit())
        self.tasks[task_id].fields[name] = value

    @rule(words=st.sampled_from(["3.90 a metre", "delivered"]), title=st.sampled_from([None, "Timber"]))
    def a_dump_adds_to_the_note(self, words: str, title: str | None) -> None:
        before = dict(self.note)
        data = {"content_addition": words, "title": title}
        dump_id = self.do(
            applied(
                self.user_id,
                ProposedOperation(
                    target=OperationTable.NOTES,
                    operation=OperationKind.UPDATE,
                    data=data,
                    row_id=self.note_id,
                    span=(8, 20),
                ),
            )
        )
        self.note["content"] = "\n\n".join(part for part in (before["content"], words) if part)
        self.note["title"] = title or before["title"]
        changed = {name: self.note[name] for name in NOTE_FIELDS if self.note[name] != before[name]}
        self.dumps[dump_id] = (self.note_id, {name: before[name] for name in changed}, changed)

    @rule(name=st.sampled_from(NOTE_FIELDS), value=st.sampled_from(["", "Ask again"]))
    def a_person_edits_the_note(self, name: str, value: str) -> None:
        if not any((self.note | {name: value}).values()):
            return

        async def edit() -> None:
            async with user_session(self.user_id) as session:
                await session.execute(sa.update(Note).values({name: value}))

        self.do(edit())
        self.note[name] = value

    @rule(data=st.data())
    def a_dump_is_undone(self, data: st.DataObject) -> None:
        if not self.dumps:
            return
        dump_id = data.draw(st.sampled_from(list(self.dumps)))
        changed = self.dumps.pop(dump_id)

        async def take_back() -> None:
            async with user_session(self.user_id) as session:
                await undo(session, self.user_id, dump_id)

        self.do(take_back())
        if changed is None:
            made = next(known for known in self.tasks.values() if known.made_by == dump_id)
            made.alive = made.fields != made.made_as
            return
        task_id, before, after = changed
        if task_id == self.note_id:
            mine = {name: value for name, value in before.items() if self.note[name] == after[name]}
            self.note |= mine if any((self.note | mine).values()) else {}
            return
        known = self.tasks[task_id]
        if known.alive:
            known.fields |= {name: value for name, value in before.items() if known.fields[name] == after[name]}

    @invariant()
    def the_database_says_the_same(self) -> None:
        found = {task.id: task for task in self.do(rows(self.user_id, Task))}
        assert {task_id for task_id, task in found.items() if task.deleted_at is None} == set(self.alive())
        (note,) = self.do(rows(self.user_id, Note))
        assert {name: getattr(note, name) for name in NOTE_FIELDS} == self.note
        for task_id in self.alive():
            assert {name: getattr(found[task_id], name) for name in FIELDS} == self.tasks[task_id].fields


async def test_apply_edit_and_undo_in_any_order(user_id: UUID) -> None:
    """The machine runs in a thread with a loop of its own, on the pool of that loop."""
    async with user_session(user_id) as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        note = Note(user_id=user_id, project_id=project.id, title="Larch")
        session.add(note)
        await session.flush()
        project_id, note_id = project.id, note.id

    def run() -> None:
        from buildos_app.db.engine import dispose

        loop = asyncio.new_event_loop()

        async def clear() -> None:
            async with user_session(user_id) as session:
                await session.execute(sa.delete(Task))
                await session.execute(sa.update(Note).values(title="Larch", content=""))
                await session.execute(sa.delete(BrainDump))

        class Machine(ApplyEditUndo):
            def __init__(self) -> None:
                self.loop, self.user_id, self.project_id, self.note_id = loop, user_id, project_id, note_id
                self.do(clear())
                super().__init__()

        checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
        few = settings(
            max_examples=12,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=checks,
            phases=[Phase.explicit, Phase.generate],
        )
        try:
            run_state_machine_as_test(Machine, settings=few)
        finally:
            loop.run_until_complete(dispose())
            loop.close()

    from buildos_app.db.engine import dispose

    await dispose()
    await asyncio.to_thread(run)
