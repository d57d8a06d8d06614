"""Operations as values: what each may hold, whether it is valid, and which words of the dump it comes from. Pure."""

import re
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from buildos_app.brain_dumps.prompts import Answer, ProposedQuestion
from buildos_app.models.brain_dump import OperationKind, OperationTable
from buildos_app.models.project import Priority, RecurrencePattern, TaskStatus, TaskType
from buildos_app.projects.recurrence import check_rule

TITLE_LENGTH = 255
MOST_OPERATIONS = 500


def _cut(value: object) -> object:
    return " ".join(value.split())[:TITLE_LENGTH] if isinstance(value, str) else value


def _storable(value: object) -> object:
    """Without what PostgreSQL cannot hold: NUL, and halves of a surrogate pair."""
    return value.replace("\0", "").encode(errors="replace").decode() if isinstance(value, str) else value


Title = Annotated[str, BeforeValidator(_cut), BeforeValidator(_storable), StringConstraints(min_length=1)]
LongText = Annotated[str, BeforeValidator(_storable), StringConstraints(strip_whitespace=True, max_length=50_000)]


RecurrenceRule = Annotated[str, AfterValidator(check_rule)]


class _Data(BaseModel):
    """Fields that are not named here are dropped: nothing else of a reply or a form reaches a row."""

    model_config = ConfigDict(extra="ignore")


class _InProject(_Data):
    project_id: UUID | None = None
    project_ref: str | None = Field(default=None, pattern=r"^new-[a-z0-9-]{1,60}$")

    @model_validator(mode="after")
    def _one_project(self) -> "_InProject":
        if (self.project_id is None) == (self.project_ref is None):
            raise ValueError("it needs exactly one project")
        return self


class NewProject(_Data):
    """The fields of a project that a dump starts."""

    name: Title
    description: LongText = ""
    executive_summary: LongText = ""
    context: LongText = ""
    tags: list[Title] = Field(default_factory=list, max_length=20)
    start_date: date | None = None
    end_date: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "NewProject":
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValueError("it ends before it starts")
        return self


class ProjectUpdate(_Data):
    """What a dump adds to an existing project."""

    description: LongText = ""
    executive_summary: LongText = ""
    context_addition: LongText = ""


class NewTask(_InProject):
    """The fields of a task that a dump holds."""

    title: Title
    details: LongText = ""
    status: TaskStatus = TaskStatus.BACKLOG
    priority: Priority = Priority.MEDIUM
    start_date: datetime | None = None
    start_has_time: bool = False
    due_date: datetime | None = None
    due_has_time: bool = False
    duration_minutes: int | None = Field(default=None, ge=0, le=60 * 24 * 31)
    recurrence_pattern: RecurrencePattern | None = None
    recurrence_rule: RecurrenceRule | None = None

    @property
    def task_type(self) -> TaskType:
        """Recurring when a pattern was found."""
        return TaskType.RECURRING if self.recurrence_pattern else TaskType.ONE_OFF

    @model_validator(mode="after")
    def _recurring_has_a_start(self) -> "NewTask":
        if self.recurrence_pattern and self.start_date is None:
            raise ValueError("a repeating task needs a start")
        return self


class TaskUpdate(_Data):
    """What a dump says of an existing task; a `title` is its new one."""

    title: Title | None = None
    status: TaskStatus | None = None
    details_addition: LongText = ""
    priority: Priority | None = None
    start_date: datetime | None = None
    start_has_time: bool = False
    due_date: datetime | None = None
    due_has_time: bool = False
    duration_minutes: int | None = Field(default=None, ge=0, le=60 * 24 * 31)

    @model_validator(mode="after")
    def _changes_something(self) -> "TaskUpdate":
        if not self.model_dump(exclude_defaults=True):
            raise ValueError("it changes nothing")
        return self


class NewNote(_InProject):
    """The fields of a note that a dump holds."""

    title: Annotated[str, BeforeValidator(_cut), BeforeValidator(_storable)] = ""
    content: LongText = ""

    @model_validator(mode="after")
    def _says_something(self) -> "NewNote":
        if not self.title and not self.content:
            raise ValueError("it is empty")
        return self


class NoteUpdate(_Data):
    """What a dump adds to an existing note; a `title` is its new one."""

    title: Title | None = None
    content_addition: LongText = ""

    @model_validator(mode="after")
    def _changes_something(self) -> "NoteUpdate":
        if not self.title and not self.content_addition:
            raise ValueError("it changes nothing")
        return self


SHAPES: dict[tuple[str, str], type[_Data]] = {
    (OperationTable.PROJECTS, OperationKind.CREATE): NewProject,
    (OperationTable.PROJECTS, OperationKind.UPDATE): ProjectUpdate,
    (OperationTable.TASKS, OperationKind.CREATE): NewTask,
    (OperationTable.TASKS, OperationKind.UPDATE): TaskUpdate,
    (OperationTable.NOTES, OperationKind.CREATE): NewNote,
    (OperationTable.NOTES, OperationKind.UPDATE): NoteUpdate,
}


class ProposedOperation(BaseModel):
    """One operation before it is stored. `span` counts Python characters of the dump; None when it was inferred."""

    model_config = ConfigDict(frozen=True)

    target: OperationTable
    operation: OperationKind = OperationKind.CREATE
    data: dict[str, Any]
    ref: str = ""
    row_id: UUID | None = None
    span: tuple[int, int] | None = None
    enabled: bool = True
    error: str = ""
    reasoning: str = ""


class Proposal(BaseModel):
    """What was understood of a dump."""

    model_config = ConfigDict(frozen=True)

    title: str
    summary: str
    operations: list[ProposedOperation]
    warnings: list[str] = Field(default_factory=list)
    seconds: float = 0.0
    answers: list[Answer] = Field(default_factory=list)
    questions: list[ProposedQuestion] = Field(default_factory=list)


def read_data(target: str, operation: str, data: dict[str, Any]) -> _Data:
    """The data of an operation in its shape. Raises ValueError with a reason that a person can read."""
    shape = SHAPES.get((target, operation))
    if shape is None:
        raise ValueError(f"{operation} on {target} is not possible")
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = str(problem["loc"][0]).replace("_", " ") if problem["loc"] else ""
        reason = _reason(problem)
        raise ValueError(f"{place}: {reason}" if place else reason) from None


def _reason(problem: ErrorDetails) -> str:
    if problem["type"] in ("too_short", "string_too_short"):
        return "it is empty"
    if problem["type"] in ("too_long", "string_too_long"):
        return f"it is too long, at most {problem['ctx']['max_length']:,}"
    return problem["msg"].removeprefix("Value error, ")


def validated(operation: ProposedOperation) -> ProposedOperation:
    """The operation with clean data, or kept as it is, switched off, with the reason (behaviour.md 2.9)."""
    try:
        if operation.operation == OperationKind.UPDATE and operation.row_id is None:
            raise ValueError("it does not say which row it changes")
        clean = read_data(operation.target, operation.operation, operation.data)
    except ValueError as error:
        return operation.model_copy(update={"enabled": False, "error": str(error)[:300]})
    return operation.model_copy(update={"data": clean.model_dump(mode="json", exclude_defaults=True), "error": ""})


def locate(content: str, quote: str) -> tuple[int, int] | None:
    """Where a quote stands in the dump: verbatim first, then whatever the spaces and the case; None when nowhere."""
    quote = quote.strip().strip("\"'“”‘’")
    if not quote:
        return None
    if (at := content.find(quote)) >= 0:
        return at, at + len(quote)
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    found = re.search(pattern, content, re.IGNORECASE)
    return found.span() if found else None
