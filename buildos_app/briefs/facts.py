"""What a brief is made of: values that came out of SQL, and nothing that a model said."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A plain value that is stored as JSON; what an older version wrote is read without its unknown fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TaskFact(Value):
    """A task. `day` is the day of its due date, else of its start, in the person's zone; `is_due` tells which."""

    id: UUID
    title: str
    project_id: UUID | None = None
    project: str = ""
    status: str = "backlog"
    priority: str = "medium"
    day: date | None = None
    is_due: bool = False
    at: str = ""
    """The time of day, "14:00", where the person named one."""
    minutes: int = 0
    blocks: int = 0
    waits_for: int = 0
    done_on: date | None = None
    repeats: bool = False
    """One date of a recurring task, the one of `day`."""
    clash: str = ""
    """The title of an event at the time of the task."""


class PhaseFact(Value):
    """The phase that a project is in today."""

    name: str
    description: str = ""
    start_date: date
    end_date: date


class NoteFact(Value):
    """A note of the last week."""

    title: str
    day: date


class ProjectFact(Value):
    """An active project."""

    id: UUID
    name: str
    description: str = ""
    task_count: int = 0
    done_count: int = 0
    phase: PhaseFact | None = None
    has_phases: bool = False
    notes: list[NoteFact] = Field(default_factory=list)


class Yesterday(Value):
    """What was planned for yesterday, what was done yesterday, and what was planned and is still open."""

    planned: int = 0
    done: int = 0
    slipped: int = 0


class BriefFacts(Value):
    """Everything that a brief may say, for one person and one day of their calendar."""

    brief_date: date
    timezone: str
    name: str = ""
    projects: list[ProjectFact] = Field(default_factory=list)
    tasks: list[TaskFact] = Field(default_factory=list)
    yesterday: Yesterday = Yesterday()
    is_reengagement: bool = False
    days_away: int = 0


def is_open(task: TaskFact) -> bool:
    """Does it still wait for the person?"""
    return task.done_on is None and task.status != "done"


def is_ready(task: TaskFact) -> bool:
    """Is it in the person's hands? What is blocked, or waits for another task, does not nag (trap 20)."""
    return is_open(task) and task.status != "blocked" and not task.waits_for


def is_overdue(task: TaskFact, today: date) -> bool:
    """Late, and in the person's hands."""
    return is_ready(task) and task.day is not None and task.day < today
