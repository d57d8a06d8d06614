"""The tabs of a project, from left to right. A feature adds its tab with one line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.ui.pages.briefs.project_state import ProjectBriefsState
from buildos_app.ui.pages.briefs.project_tab import briefs_tab
from buildos_app.ui.pages.notes.page import project_notes
from buildos_app.ui.pages.notes.state import NotesState
from buildos_app.ui.pages.phases.edit_state import PhaseEditState
from buildos_app.ui.pages.phases.overdue_state import OverdueState
from buildos_app.ui.pages.phases.page import phases_tab
from buildos_app.ui.pages.phases.plan_state import PlanState
from buildos_app.ui.pages.phases.proposal_state import ProposalState
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.pages.project.activity import activity_tab
from buildos_app.ui.pages.project.activity_state import ActivityState
from buildos_app.ui.pages.project.overview import overview_tab
from buildos_app.ui.pages.project.overview_state import OverviewState
from buildos_app.ui.pages.project.tasks import tasks_tab
from buildos_app.ui.pages.project.tasks_state import ProjectTasksState


@dataclass(frozen=True)
class Tab:
    """A tab: what it draws, and what its own state reads when it opens, after the head.

    `address` is the last part of its address, empty for the first tab. `counted` tabs show `ProjectState.counts[name]`.
    """

    name: str
    label: str
    draw: Callable[[], rx.Component]
    on_load: Sequence[Any]
    counted: bool = False

    @property
    def address(self) -> str:
        """What stands behind the project's address."""
        return "" if self.name == "overview" else self.name


TABS = (
    Tab("overview", "Overview", overview_tab, [OverviewState.load]),
    Tab("tasks", "Tasks", tasks_tab, [ProjectTasksState.load], counted=True),
    Tab(
        "phases",
        "Phases",
        phases_tab,
        [PhasesState.load, ProposalState.load, PlanState.close, PhaseEditState.close, OverdueState.close],
        counted=True,
    ),
    Tab("notes", "Notes", project_notes, [NotesState.load], counted=True),
    Tab("briefs", "Briefs", briefs_tab, [ProjectBriefsState.load]),
    Tab("activity", "Activity", activity_tab, [ActivityState.load]),
)
