"""Phases, and a start for each task around what the calendar holds already."""

from typing import ClassVar

from buildos_app.phases.prompts import RULES, PlanPhases


class PlanAroundCalendar(PlanPhases):
    """Which phases does the project have, and when is there time for each task?"""

    instructions: ClassVar[str] = (
        "Split a project into phases that follow each other and schedule its tasks around a calendar. `busy` lists the "
        "times that are taken. Give every task that does not repeat a `suggested_start`, an ISO date and time within "
        "its phase where no busy time touches it: long tasks into long gaps, small ones between meetings, heavier "
        f"phases into emptier weeks. {RULES}"
    )
