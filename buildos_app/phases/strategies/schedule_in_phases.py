"""Phases, and a start for each task in them."""

from typing import ClassVar

from buildos_app.phases.prompts import RULES, PlanPhases


class SchedulePhases(PlanPhases):
    """Which phases does the project have, and when does each task begin?"""

    instructions: ClassVar[str] = (
        "Split a project into phases that follow each other and schedule its tasks. Give every task that does not "
        "repeat a `suggested_start`, an ISO date and time within its phase: what blocks others first, demanding work "
        f"in the morning, small things together, no day fuller than a working day. {RULES}"
    )
