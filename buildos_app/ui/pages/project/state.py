"""The head of a project on each of its tabs: its name, how far it is, where it is in time."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.clock import local_now
from buildos_app.errors import NotFound, UserError
from buildos_app.phases.facts import PhaseView
from buildos_app.phases.queries import list_phases
from buildos_app.phrases.text import counted
from buildos_app.projects.queries import ProjectHead, get_project_head
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import Chip, day_words


@dataclass(frozen=True)
class Stretch:
    """A part of the strip below the head: a phase, as wide as it is long."""

    name: str
    width: str
    tone: str


class ProjectState(SessionState):
    """`view` is loading, ready or missing. What a tab shows is in a state of the tab's own."""

    view: str = "loading"
    error: str = ""
    name: str = ""
    description: str = ""
    status: Chip = Chip("")
    progress: str = ""
    percent: int = 0
    left: str = ""
    strip: list[Stretch] = []
    strip_start: str = ""
    strip_end: str = ""
    today_at: str = ""
    hrefs: dict[str, str] = {}
    counts: dict[str, int] = {}

    @rx.event
    async def load(self):
        """Read the project of this address again."""
        try:
            project_id = project_of(self)
            async with self._db() as session:
                timezone = (await get_profile(session, self._user_id)).timezone
                project = await get_project_head(session, project_id)
                phases = await list_phases(session, project_id)
        except UserError as error:
            self.view, self.error = "missing", str(error)
            return
        self._show(project, phases, local_now(timezone).date())
        self.view, self.error = "ready", ""

    def _show(self, project: ProjectHead, phases: list[PhaseView], today: date) -> None:
        self.name, self.description = project.name, project.description
        self.status = STATUSES.get(project.status, Chip(""))
        self.progress = f"{project.done_count} of {project.task_count} done"
        self.percent = round(100 * project.done_count / project.task_count) if project.task_count else 0
        self.hrefs = {tab: routes.project(project.id, tab) for tab in TAB_ADDRESSES}
        self.counts = {"tasks": project.task_count, "phases": len(phases), "notes": project.note_count}
        start, end = _span(project, phases)
        self.left = days_left(end, today) if end and project.status in ("active", "paused") else ""
        self.strip = _strip(phases, today) if phases else []
        self.strip_start = f"{start.day} {start:%b}" if start else ""
        self.strip_end = f"{end.day} {end:%b}" if end else ""
        inside = start is not None and end is not None and start < today < end
        self.today_at = f"{100 * (today - start).days / (end - start).days:.1f}%" if inside else ""


read_again("/projects/", ProjectState.load)

TAB_ADDRESSES = ("", "tasks", "phases", "notes", "briefs", "activity")
STATUSES = {
    "paused": Chip("paused", "warn"),
    "completed": Chip("completed", "good"),
    "archived": Chip("archived"),
}


def project_of(state: SessionState) -> UUID:
    """The project of a tab's address. Raises InvalidInput where there is none, NotFound on another page."""
    parts = state.router.url.path.strip("/").split("/")
    if len(parts) < 2:
        raise NotFound("Open a project first.")
    return parse_id(parts[1])


def dates_words(start: date, end: date) -> str:
    """A stretch of days: "2 Nov – 13 Nov"."""
    return f"{start.day} {start:%b} – {end.day} {end:%b}"


def phase_state(start: date, end: date, today: date) -> Chip:
    """Where a phase is in time; it follows from its dates."""
    if end < today:
        return Chip("finished", "good")
    return Chip("now", "accent") if start <= today else Chip(f"from {day_words(start, today)}")


def _span(project: ProjectHead, phases: list[PhaseView]) -> tuple[date | None, date | None]:
    starts = [day for day in (project.start_date, *(phase.start_date for phase in phases)) if day]
    ends = [day for day in (project.end_date, *(phase.end_date for phase in phases)) if day]
    return min(starts, default=None), max(ends, default=None)


def days_left(end: date, today: date) -> str:
    """How far an end is: "24 days left", "ends today", "2 days late"."""
    days = (end - today).days
    if days < 0:
        return f"{counted(-days, 'day')} late"
    return f"{counted(days, 'day')} left" if days else "ends today"


def _strip(phases: list[PhaseView], today: date) -> list[Stretch]:
    days = [(phase.end_date - phase.start_date).days + 1 for phase in phases]
    tones = [phase_state(phase.start_date, phase.end_date, today).tone for phase in phases]
    return [
        Stretch(phase.name, f"{100 * length / sum(days):.2f}%", tone)
        for phase, length, tone in zip(phases, days, tones, strict=True)
    ]
