"""The dialog in which a plan is asked for: its choices, and what they would mean, before any model is asked."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from pydantic import ValidationError

from buildos_app.errors import InvalidInput, UserError
from buildos_app.models.phase import SchedulingMethod
from buildos_app.models.project import TaskStatus
from buildos_app.phases.facts import ProjectFacts, select
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.phases.options import (
    FLAGS,
    LONGEST_INSTRUCTIONS,
    OPEN_STATUSES,
    CalendarHandling,
    PlanOptions,
    usual_options,
)
from buildos_app.phases.preview import Move, check_selection, preview
from buildos_app.phases.prompts import TaskToPlan
from buildos_app.phases.queries import load_facts
from buildos_app.phrases.text import counted
from buildos_app.projects.recurrence import rule_of, rule_words
from buildos_app.queue.client import add_job
from buildos_app.ui.inbox import say
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.pages.project.state import project_of
from buildos_app.ui.ports import the_ports
from buildos_app.ui.session import SessionState, parse_day
from buildos_app.ui.views import day_words

MOST_SHOWN = 12
STARTS = "Choose the day on which the project starts."


@dataclass(frozen=True)
class PreviewView:
    """What the choices would mean, in words; the lists are cut and say how many more there are."""

    summary: str = ""
    left_out: str = ""
    conflicts: list[str] = field(default_factory=list)
    conflict_count: int = 0
    moves: list[str] = field(default_factory=list)
    move_count: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    series: list[str] = field(default_factory=list)
    series_count: int = 0
    fate: str = ""


class PlanState(SessionState):
    """`problem` says why the choices cannot be planned by; then the button is off."""

    is_open: bool = False
    has_phases: bool = False
    has_calendar: bool = False
    method: str = SchedulingMethod.PHASES_ONLY
    start: str = ""
    end: str = ""
    statuses: list[str] = []
    calendar_handling: str = CalendarHandling.UPDATE
    flags: dict[str, bool] = FLAGS
    dates_change: bool = False
    preview: PreviewView = PreviewView()
    problem: str = ""
    error: str = ""

    @rx.event
    async def open(self):
        """Show the dialog with the usual choices; while a plan is being made, say so instead."""
        if (await self.get_state(PhasesState)).is_planning:
            await say(self, "A plan is being made already; it is shown when it is ready.", "info")
            return
        facts = await self._facts()
        options = usual_options(facts.start, facts.end, facts.today)
        self.method, self.statuses = options.method, [str(status) for status in OPEN_STATUSES]
        self.start, self.end = str(options.start), str(options.end or "")
        self.calendar_handling, self.flags = CalendarHandling.UPDATE, FLAGS
        self.has_phases = bool(facts.phases)
        self.has_calendar = await the_ports().free_busy.is_connected(self._user_id)
        self.error = ""
        self._look(facts)
        self.is_open = True

    @rx.event
    async def close(self):
        """Ask for no plan."""
        self.is_open = False

    @rx.event
    async def choose(self, name: str, value: str):
        """A method, what becomes of events in the calendar, or one of the two days."""
        if name == "method" and value in set(SchedulingMethod):
            self.method = value
            if value == SchedulingMethod.PHASES_ONLY and self.calendar_handling == CalendarHandling.CLEAR:
                self.calendar_handling = CalendarHandling.UPDATE  # this method finds no times
        elif name == "calendar_handling" and value in set(CalendarHandling):
            self.calendar_handling = value
        elif name in ("start", "end"):
            setattr(self, name, value[:10])
        self._look(await self._facts())

    @rx.event
    async def turn(self, name: str):
        """Turn a choice, or a status, on or off."""
        if name in FLAGS:
            self.flags = {**self.flags, name: not self.flags[name]}
        elif name in self.statuses:
            self.statuses = [status for status in self.statuses if status != name]
        elif name in set(TaskStatus):
            self.statuses = [*self.statuses, name]
        self._look(await self._facts())

    @rx.event
    async def generate(self, form: dict[str, Any]):
        """Add the job; one that runs already is joined."""
        try:
            facts = await self._facts()
            options = self._options(str(form.get("instructions", "")))
            options.check(facts.today, has_calendar=self.has_calendar)
            check_selection(select(facts, options))
        except UserError as error:
            self.error = str(error)
            return None
        job = GeneratePhases(project_id=facts.id, project_name=facts.name, options=options)
        async with self._db() as session:
            await add_job(session, self._user_id, job)
        self.is_open, self.error = False, ""
        return PhasesState.load

    async def _facts(self) -> ProjectFacts:
        async with self._db() as session:
            return await load_facts(session, self._user_id, project_of(self))

    def _options(self, instructions: str = "") -> PlanOptions:
        """The choices. Raises InvalidInput."""
        try:
            start, end = parse_day(self.start, STARTS), parse_day(self.end) if self.end else None
            return PlanOptions(
                method=self.method,
                start=start,
                end=end,
                statuses=tuple(status for status in TaskStatus if status in self.statuses),
                calendar_handling=CalendarHandling(self.calendar_handling),
                **self.flags,
                instructions=instructions.replace("\0", "").strip(),
            )
        except ValidationError:
            raise InvalidInput(f"Shorten the instructions to {LONGEST_INSTRUCTIONS:,} characters.") from None

    def _look(self, facts: ProjectFacts) -> None:
        """Show what the choices mean."""
        self.problem = ""
        try:
            options = self._options()
            self.preview = _preview_view(facts, options)
            options.check(facts.today, has_calendar=self.has_calendar)
            check_selection(select(facts, options))
        except InvalidInput as error:
            self.problem = str(error)
        self.dates_change = (self.start, self.end) != (str(facts.start or ""), str(facts.end or ""))


def _preview_view(facts: ProjectFacts, options: PlanOptions) -> PreviewView:
    found = preview(facts, options)
    conflicts = [f"{title}: its day is past" for title in found.past]
    conflicts += [f"{title}: outside of the project's days" for title in found.outside if title not in found.past]
    left_out = []
    if found.waiting:
        left_out.append(f"{counted(found.waiting, 'task')} left out, waiting for one that is not ticked")
    if found.recurring:
        left_out.append(f"{counted(found.recurring, 'repeating task')} left out")
    if found.events:
        is_kept = options.calendar_handling == CalendarHandling.PRESERVE or options.preserve_dates
        stays = "stay where they are" if is_kept else "move with their tasks"
        left_out.append(f"{counted(found.events, 'event')} in your calendar {stays}")
    if found.unsure:
        goes, lies = ("is", "it lies") if found.unsure == 1 else ("are", "they lie")
        left_out.append(f"{counted(found.unsure, 'start')} {goes} taken away if {lies} outside of the phase")
    fate = ""
    if facts.phases:
        goes = f"{found.replaced} of {counted(len(facts.phases), 'phase')} replaced"
        fate = f"{goes}, {found.kept} kept" if found.kept else goes
    return PreviewView(
        summary=f"{counted(found.tasks, 'task')}, about {counted(found.phases, 'phase')}",
        left_out="; ".join(left_out),
        conflicts=conflicts[:MOST_SHOWN],
        conflict_count=len(conflicts),
        moves=[_move_words(move, facts) for move in found.moves[:MOST_SHOWN]],
        move_count=len(found.moves),
        statuses=found.by_status,
        series=[_series_words(task, facts) for task in found.series[:MOST_SHOWN]],
        series_count=len(found.series),
        fate=fate,
    )


def _move_words(move: Move, facts: ProjectFacts) -> str:
    old = day_words(facts.day(move.old), facts.today)
    new = "a new time" if move.is_anew else "no start"
    if move.new is not None:
        new = day_words(facts.day(move.new), facts.today)
    return f"{move.title}: {old} → {new}"


def _series_words(task: TaskToPlan, facts: ProjectFacts) -> str:
    """A repetition with how often it comes."""
    if task.start_date is None:
        return task.title
    start = facts.day(task.start_date)
    rule = task.recurrence_rule or rule_of(str(task.recurrence_pattern), start)
    return f"{task.title}: {rule_words(rule, start)}"
