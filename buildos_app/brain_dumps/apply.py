"""Applying a reviewed dump: every chosen operation in the caller's one transaction, or none."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.brain_dumps.drafts import find_dump
from buildos_app.brain_dumps.operations import (
    NewNote,
    NewProject,
    NewTask,
    NoteUpdate,
    ProjectUpdate,
    TaskUpdate,
    read_data,
)
from buildos_app.brain_dumps.snapshots import Row, changed_fields, snapshot
from buildos_app.clock import local_now, now
from buildos_app.errors import Conflict, InvalidInput
from buildos_app.models.brain_dump import BrainDump, BrainDumpStatus, Operation, OperationTable
from buildos_app.models.project import Note, Project, Source, Task, TaskStatus
from buildos_app.models.user import User
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.history import CAUSE, because
from buildos_app.projects.notes import LONGEST_CONTENT
from buildos_app.projects.placing import place_by_date
from buildos_app.projects.slugs import slugify, unique_slug
from buildos_app.projects.tasks import set_task_status

ORDER = (OperationTable.PROJECTS, OperationTable.TASKS, OperationTable.NOTES)


@dataclass
class Applied:
    """What a dump became: the project to go to, and how many rows of each kind were made or changed."""

    project_id: UUID | None = None
    counts: dict[str, int] = field(default_factory=dict)


async def apply(session: AsyncSession, user_id: UUID, dump_id: UUID) -> Applied:
    """Apply the operations that are switched on. Raises Conflict when the dump was applied before or a row that an
    operation changes is gone, InvalidInput when nothing is chosen or something does not fit."""
    dump = await find_dump(session, dump_id, lock=True)
    if dump.status != BrainDumpStatus.PARSED:
        raise Conflict("This dump was applied or discarded already.")
    query = sa.select(Operation).where(col(Operation.brain_dump_id) == dump_id, col(Operation.enabled))
    operations = list((await session.execute(query.order_by(col(Operation.position)))).scalars())
    if not operations:
        raise InvalidInput("Nothing is selected. Tick at least one proposal.")
    await because(session, f"{CAUSE}{dump_id}")
    run = _Apply(session, user_id, dump)
    for table in ORDER:
        for operation in operations:
            if operation.target == table:
                await run.one(operation)
    await place_by_date(session, run.new_tasks)
    dump.status, dump.applied_at = BrainDumpStatus.SAVED, now()
    dump.project_id = dump.project_id or run.applied.project_id
    return run.applied


class _Apply:
    def __init__(self, session: AsyncSession, user_id: UUID, dump: BrainDump) -> None:
        self.session = session
        self.user_id = user_id
        self.dump = dump
        self.refs: dict[str, UUID] = {}
        self.new_tasks: list[UUID] = []
        self.applied = Applied(project_id=dump.project_id)

    async def one(self, operation: Operation) -> None:
        try:
            data = read_data(operation.target, operation.operation, operation.data)
        except ValueError as error:
            raise InvalidInput(f"“{_name(operation)}” cannot be applied: {error}.") from error
        match data:
            case NewProject():
                row, before = await self._new_project(data, operation.ref), None
            case NewTask():
                row, before = await self._new_task(data), None
            case NewNote():
                row, before = await self._new_note(data), None
            case ProjectUpdate():
                row, before = await self._update_project(operation, data)
            case TaskUpdate():
                row, before = await self._update_task(operation, data)
            case NoteUpdate():
                row, before = await self._update_note(operation, data)
            case _:
                raise InvalidInput(f"“{_name(operation)}” cannot be applied.")
        await self.session.flush()
        await self.session.refresh(row)
        after = snapshot(row)
        operation.result = {"id": str(row.id), "after": after}
        if before is not None:
            changed = changed_fields(before, after)
            operation.result |= {"before": {name: before[name] for name in changed}, "after": changed}
        self.applied.counts[operation.target] = self.applied.counts.get(operation.target, 0) + 1

    async def _new_project(self, data: NewProject, ref: str) -> Row:
        slug = slugify(data.name)
        like = sa.select(col(Project.slug)).where(col(Project.slug).startswith(slug, autoescape=True))
        taken = set((await self.session.execute(like)).scalars())
        project = Project(
            user_id=self.user_id,
            slug=unique_slug(data.name, taken),
            source=Source.BRAIN_DUMP,
            source_metadata={"brain_dump_id": str(self.dump.id)},
            **data.model_dump(),
        )
        await self._add(project)
        self.refs[ref] = project.id
        self.applied.project_id = self.applied.project_id or project.id
        return project

    async def _new_task(self, data: NewTask) -> Row:
        project = await self._project_of(data)
        fields = data.model_dump(exclude={"project_id", "project_ref"})
        local = await self._local_now() if project.start_date or project.end_date else now()
        fields |= {name: _inside(fields[name], project, local) for name in ("start_date", "due_date")}
        task = Task(
            user_id=self.user_id,
            project_id=project.id,
            task_type=data.task_type,
            source=Source.BRAIN_DUMP,
            brain_dump_id=self.dump.id,
            **fields,
        )
        await self._add(task)
        self.new_tasks.append(task.id)
        return task

    async def _new_note(self, data: NewNote) -> Row:
        project = await self._project_of(data)
        fields = data.model_dump(include={"title", "content"})
        extra: dict[str, Any] = {"project_id": project.id, "source": Source.BRAIN_DUMP, "brain_dump_id": self.dump.id}
        return await self._add(Note(user_id=self.user_id, **extra, **fields))

    async def _update_project(self, operation: Operation, data: ProjectUpdate) -> tuple[Row, dict[str, Any]]:
        project = await self.session.get(Project, operation.row_id, with_for_update=True)
        if project is None:
            raise Conflict("The project of this dump is gone. Discard the dump, or read it again.")
        before = snapshot(project)
        project.description = data.description or project.description
        project.executive_summary = data.executive_summary or project.executive_summary
        if data.context_addition:
            project.context = f"{project.context}\n\n{data.context_addition}".strip()
        return project, before

    async def _update_task(self, operation: Operation, data: TaskUpdate) -> tuple[Row, dict[str, Any]]:
        task = await self.session.get(Task, operation.row_id, with_for_update=True)
        if task is None or task.deleted_at is not None:
            raise Conflict(f"“{operation.quote[:60]}” changes a task that is gone. Leave it out, then apply again.")
        before = snapshot(task)
        for name in ("title", "priority", "start_date", "due_date", "duration_minutes"):
            if (value := getattr(data, name)) is not None:
                setattr(task, name, value)
        task.start_has_time = data.start_has_time if data.start_date else task.start_has_time
        task.due_has_time = data.due_has_time if data.due_date else task.due_has_time
        if data.details_addition:
            task.details = f"{task.details}\n\n{data.details_addition}".strip()
        await self.session.flush()
        if data.status is not None:
            await set_task_status(self.session, task.id, TaskStatus(data.status))
        self.applied.project_id = self.applied.project_id or task.project_id
        return task, before

    async def _update_note(self, operation: Operation, data: NoteUpdate) -> tuple[Row, dict[str, Any]]:
        note = await self.session.get(Note, operation.row_id, with_for_update=True)
        if note is None:
            raise Conflict(f"“{operation.quote[:60]}” changes a note that is gone. Leave it out, then apply again.")
        before = snapshot(note)
        note.title = data.title or note.title
        if data.content_addition:
            note.content = f"{note.content}\n\n{data.content_addition}".strip()
        if len(note.content) > LONGEST_CONTENT:
            raise InvalidInput(f"“{operation.quote[:60]}” makes its note too long. Leave it out, then apply again.")
        self.applied.project_id = self.applied.project_id or note.project_id
        return note, before

    async def _local_now(self) -> datetime:
        query = sa.select(col(User.timezone)).where(col(User.id) == self.user_id)
        return local_now((await self.session.execute(query)).scalar_one())

    async def _project_of(self, data: NewTask | NewNote) -> Project:
        project_id = self.refs.get(data.project_ref) if data.project_ref else data.project_id
        project = await self.session.get(Project, project_id) if project_id else None
        if project is None:
            raise InvalidInput("A task or note belongs to a project that is left out. Tick the project, or move it.")
        self.applied.project_id = self.applied.project_id or project.id
        return project

    async def _add(self, row: Row) -> Row:
        self.session.add(row)
        await self.session.flush()
        return row


def _inside(moment: datetime | None, project: Project, local: datetime) -> datetime | None:
    """A date outside the project's dates moves to the later of today and the project's start (behaviour.md 2.11)."""
    if moment is None or not (project.start_date or project.end_date):
        return moment
    there = moment.astimezone(local.tzinfo)
    too_early = project.start_date is not None and there.date() < project.start_date
    too_late = project.end_date is not None and there.date() > project.end_date
    if not too_early and not too_late:
        return moment
    return at_local(max(local.date(), project.start_date or date.min), there.time(), local)


def _name(operation: Operation) -> Any:
    return operation.data.get("title") or operation.data.get("name") or operation.quote[:60]
