"""What a person chooses before phases are planned (behaviour.md 6.1), and what must hold between the choices."""

from datetime import date
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from buildos_app.errors import InvalidInput
from buildos_app.models.phase import SchedulingMethod
from buildos_app.models.project import TaskStatus

LONGEST_INSTRUCTIONS = 2000
OPEN_STATUSES = (TaskStatus.BACKLOG, TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED)


class CalendarHandling(StrEnum):
    """What becomes of starts of tasks, and with them of their events in the calendar.

    Update: those that do not fit are moved. Clear: every start is found anew. Preserve: a task that has an event keeps
    its start.
    """

    UPDATE = "update"
    CLEAR = "clear_and_reschedule"
    PRESERVE = "preserve"


class PlanOptions(BaseModel):
    """The choices. Days are calendar days of the person and both included.

    `keep_finished`: phases that are over stay, the one that runs ends yesterday. `preserve_dates`: no start of a task
    is moved or taken away. `allow_recurring_reschedule`: a repetition that is planned too begins in its phase, but with
    `preserve_recurring_events` not one that is in the calendar.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: SchedulingMethod = SchedulingMethod.PHASES_ONLY
    start: date
    end: date | None = None
    statuses: tuple[TaskStatus, ...] = OPEN_STATUSES
    include_recurring: bool = False
    allow_recurring_reschedule: bool = False
    preserve_recurring_events: bool = True
    calendar_handling: CalendarHandling = CalendarHandling.UPDATE
    preserve_dates: bool = False
    keep_finished: bool = True
    instructions: str = Field("", max_length=LONGEST_INSTRUCTIONS)

    @property
    def gives_dates(self) -> bool:
        """Does each task get a start of its own?"""
        return self.method != SchedulingMethod.PHASES_ONLY

    def check(self, today: date, *, has_calendar: bool) -> None:
        """Raises InvalidInput for choices that cannot be planned by, and says what to change."""
        if self.end is not None and self.end < self.start:
            raise InvalidInput("The project ends before it starts. Move one of the two days.")
        if self.end is not None and self.end < today:
            raise InvalidInput("The end of the project is past. Choose a later day, or leave it empty.")
        if self.end is None and self.gives_dates:
            raise InvalidInput("Tasks can only be scheduled up to an end. Choose the day on which the project ends.")
        if self.method == SchedulingMethod.CALENDAR_OPTIMIZED and not has_calendar:
            raise InvalidInput(NO_CALENDAR)
        if not self.statuses:
            raise InvalidInput("Tick at least one status, so that there are tasks to plan.")


FLAGS: Final[dict[str, bool]] = {
    name: field.default for name, field in PlanOptions.model_fields.items() if field.annotation is bool
}
"""The choices that are on or off, as they usually are."""
NO_CALENDAR = "No calendar is connected, so there is nothing to plan around. Connect one, or choose another method."


def usual_options(start: date | None, end: date | None, today: date) -> PlanOptions:
    """What is chosen where the person chooses nothing: the project's own dates, phases only."""
    return PlanOptions(start=start or today, end=end if end is not None and end >= today else None)
