"""The three ways of planning, and what each needs."""

from dataclasses import dataclass
from typing import Final

from buildos_app.models.phase import SchedulingMethod
from buildos_app.phases.prompts import PlanPhases
from buildos_app.phases.strategies.calendar_optimized import PlanAroundCalendar
from buildos_app.phases.strategies.phases_only import OrganisePhases
from buildos_app.phases.strategies.schedule_in_phases import SchedulePhases


@dataclass(frozen=True)
class Strategy:
    """A way of planning: its prompt, how it sizes phases before anybody is asked (behaviour.md 6.7), what it says while
    tasks are placed."""

    prompt: type[PlanPhases]
    tasks_per_phase: int
    most_phases: int
    placing: str


STRATEGIES: Final = {
    SchedulingMethod.PHASES_ONLY: Strategy(OrganisePhases, 10, 8, "Putting tasks into their phases"),
    SchedulingMethod.SCHEDULE_IN_PHASES: Strategy(SchedulePhases, 8, 8, "Finding a time for each task"),
    SchedulingMethod.CALENDAR_OPTIMIZED: Strategy(PlanAroundCalendar, 6, 10, "Finding time around your calendar"),
}
