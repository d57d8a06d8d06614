"""Phases without dates on tasks."""

from typing import ClassVar

from buildos_app.phases.prompts import RULES, PlanPhases


class OrganisePhases(PlanPhases):
    """Which phases does the project have, and which task belongs where?"""

    instructions: ClassVar[str] = (
        "Organise a project into phases that follow each other. Only the phases have dates: leave `suggested_start` "
        f"empty. {RULES}"
    )
