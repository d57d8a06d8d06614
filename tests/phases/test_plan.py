"""Plans of phases without a database: the offline engine's, any reply mended, starts found, and what a preview says."""

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from buildos_app.accounts.working_hours import WorkingHours
from buildos_app.errors import InvalidInput, ServiceUnavailable
from buildos_app.integrations.offline.planning import plan_phases
from buildos_app.models.phase import SchedulingMethod
from buildos_app.models.project import RecurrencePattern
from buildos_app.phases.facts import PhaseView, ProjectFacts, kept_phases, select
from buildos_app.phases.options import CalendarHandling, PlanOptions
from buildos_app.phases.plan import PlanLimits, repaired
from buildos_app.phases.planning import finished_plan, limits_of, question
from buildos_app.phases.preview import estimated_phases, preview
from buildos_app.phases.prompts import PhasePlan, PlanReply, ReplyAssignment, ReplyPhase, TaskToPlan
from buildos_app.ports import Busy
from tests.phases.conftest import a_task

START = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))
LONG = int(os.environ.get("RANDOM_PLANS", "0"))
"""How many random plans the long form looks at: `RANDOM_PLANS=5000 pytest tests/phases/test_plan.py`."""
many = settings(max_examples=LONG or 50)


def facts_of(*tasks: TaskToPlan, **more: Any) -> ProjectFacts:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "name": "Garden",
        "description": "",
        "context": "",
        "tags": [],
        "start": None,
        "end": None,
        "now": NOW,
        "hours": WorkingHours(),
        "phases": [],
    }
    return ProjectFacts(**{**fields, **more}, tasks=list(tasks))


def planned(*tasks: TaskToPlan, options: PlanOptions | None = None, **more: Any) -> PhasePlan:
    """What the offline engine makes of the tasks."""
    facts = facts_of(*tasks, **more)
    options = options or PlanOptions(start=START)
    return finished_plan(plan_phases(question(facts, options)), facts, options).plan


def phase_of(plan: PhasePlan, task: TaskToPlan) -> int:
    return next(item.phase_order for item in plan.assignments if item.task_id == task.id)


def reason_of(plan: PhasePlan, task: TaskToPlan) -> str:
    return next(item.reason for item in plan.assignments if item.task_id == task.id)


def test_nothing_comes_before_what_it_waits_for() -> None:
    posts = a_task("Set the posts")
    boards = a_task("Screw the boards on", dependencies=[posts.id], priority="high")
    others = [a_task(f"Weed bed {number}") for number in range(17)]

    plan = planned(boards, posts, *others)

    assert phase_of(plan, posts) <= phase_of(plan, boards)
    assert reason_of(plan, boards) == "waits for “Set the posts”"


def test_what_others_need_by_a_date_comes_before_it() -> None:
    posts = a_task("Set the posts", priority="low")
    boards = a_task("Screw the boards on", dependencies=[posts.id])
    paint = a_task("Paint", dependencies=[boards.id], due_date=datetime(2026, 11, 24, tzinfo=UTC))

    plan = planned(*(a_task(f"Weed bed {number}", priority="high") for number in range(17)), paint, boards, posts)

    assert {phase_of(plan, task) for task in (posts, boards, paint)} == {1}
    assert reason_of(plan, posts) == "something that waits for it is due 24 November"


def test_dated_tasks_are_around_their_date_in_the_persons_zone() -> None:
    late_in_berlin = a_task("Midnight post", due_date=datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    late = a_task("Rake leaves", due_date=datetime(2026, 11, 9, tzinfo=UTC))
    plan = planned(late_in_berlin, late, *(a_task(f"Task {number}") for number in range(9)))

    assert reason_of(plan, late_in_berlin) == "due 31 December"
    assert reason_of(plan, late) == "late: due 9 November"
    assert phase_of(plan, late) == 1
    assert (phase_of(plan, late_in_berlin), plan.phases[-1].end_date) == (plan.phases[-1].order, date(2026, 12, 31))


def test_long_tasks_fill_a_phase_sooner_than_short_ones() -> None:
    long = [a_task(f"Dig pond {number}", duration_minutes=480) for number in range(2)]
    short = [a_task(f"Weed bed {number}", duration_minutes=30) for number in range(8)]

    plan = planned(*long, *short)

    assert [phase_of(plan, task) for task in long] == [1, 1]
    assert {phase_of(plan, task) for task in short} == {2}


@pytest.mark.parametrize(
    ("tasks", "days", "phases"), [(1, 7, 1), (3, 7, 1), (5, 7, 2), (24, 7, 3), (40, 100, 6), (200, 9, 8)]
)
def test_the_number_of_phases_fits_the_work(tasks: int, days: int, phases: int) -> None:
    plan = planned(
        *(a_task(f"T{number}") for number in range(tasks)),
        options=PlanOptions(start=START, end=START + timedelta(days=days)),
    )

    assert len(plan.phases) == phases


def test_a_circle_of_dependencies_is_planned_all_the_same() -> None:
    first, second = uuid4(), uuid4()
    plan = planned(a_task(id=first, dependencies=[second]), a_task(id=second, dependencies=[first]))

    assert {item.task_id for item in plan.assignments} == {first, second}


def test_a_plan_has_at_least_one_phase() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        PhasePlan(phases=[], assignments=[])


def test_a_plan_without_phases_is_asked_for_again() -> None:
    with pytest.raises(ServiceUnavailable, match="without phases"):
        repaired(PlanReply(phases=[ReplyPhase(name=" ")], assignments=[]), [a_task()], PlanLimits(START, None))


def test_what_waits_for_a_task_that_is_left_out_is_left_out_too() -> None:
    blocked = a_task("Wait for Sam", status="blocked")
    boards = a_task("Screw the boards on", dependencies=[blocked.id])
    paint = a_task("Paint", dependencies=[boards.id])
    dug = a_task("Dig", status="done")
    plant = a_task("Plant", dependencies=[dug.id])
    facts = facts_of(blocked, boards, paint, dug, plant)

    selection = select(facts, PlanOptions(start=START, statuses=("backlog",)))

    assert ([task.title for task in selection.tasks], selection.waiting) == (["Plant"], 2)


def test_a_task_in_a_phase_is_planned_again_whatever_its_status() -> None:
    blocked = a_task("Wait for Sam", status="blocked")
    phase = PhaseView(uuid4(), "Old", "", START, START, {blocked.id: ""})

    selection = select(facts_of(blocked, phases=[phase]), PlanOptions(start=START, statuses=("backlog",)))

    assert selection.tasks == [blocked]


def test_finished_phases_stay_and_the_one_that_runs_ends_yesterday() -> None:
    spans = {"over": (-20, -11), "runs": (-10, 5), "today": (0, 4), "to come": (5, 9)}
    phases = [
        PhaseView(uuid4(), name, "", START + timedelta(days=first), START + timedelta(days=last))
        for name, (first, last) in spans.items()
    ]

    kept = kept_phases(phases, START)

    assert [(phase.name, phase.end_date) for phase in kept.values()] == [
        ("over", date(2026, 11, 12)),
        ("runs", date(2026, 11, 22)),
    ]


@pytest.mark.parametrize(
    ("tasks", "days", "method", "phases"),
    [
        (0, 10, "phases_only", 0),
        (5, 10, "phases_only", 2),
        (41, 10, "phases_only", 5),
        (41, 10, "schedule_in_phases", 6),
        (41, 10, "calendar_optimized", 7),
        (5, 15, "phases_only", 3),
        (5, 31, "phases_only", 4),
        (5, 61, "phases_only", 5),
        (5, 91, "phases_only", 6),
        (300, 10, "phases_only", 8),
        (300, 10, "calendar_optimized", 10),
    ],
)
def test_the_estimate(tasks: int, days: int, method: str, phases: int) -> None:
    options = PlanOptions(start=START, end=START + timedelta(days=days), method=SchedulingMethod(method))

    assert estimated_phases(tasks, options) == phases


def test_a_preview_shows_every_start_that_is_found_anew() -> None:
    fits, event = a_task("Fits", start_date=NOW + timedelta(days=2)), a_task("Call", start_date=NOW, has_event=True)
    days: Any = {"start": START, "end": START + timedelta(days=30)}
    anew = PlanOptions(method="schedule_in_phases", calendar_handling="clear_and_reschedule", **days)

    def moves(options: PlanOptions) -> list[tuple[str, bool]]:
        return [(move.title, move.is_anew) for move in preview(facts_of(fits, event, a_task("None")), options).moves]

    assert moves(anew) == [("Fits", True), ("Call", True)]
    assert moves(anew.model_copy(update={"method": "phases_only"})) == []
    assert moves(anew.model_copy(update={"preserve_dates": True})) == []


def test_a_preview_counts_the_starts_that_only_the_plan_can_judge() -> None:
    tasks = [a_task("Fits", start_date=NOW + timedelta(days=2)), a_task("Past", start_date=NOW - timedelta(days=9))]
    options = PlanOptions(start=START, end=START + timedelta(days=30))

    def unsure(**changes: Any) -> int:
        return preview(facts_of(*tasks, a_task("None")), options.model_copy(update=changes)).unsure

    assert [unsure(), unsure(preserve_dates=True), unsure(method="schedule_in_phases")] == [1, 0, 0]


def test_a_preview_counts_and_names_what_would_move() -> None:
    facts = facts_of(
        a_task("Past", start_date=datetime(2026, 11, 2, 9, tzinfo=UTC)),
        a_task("Beyond", start_date=datetime(2027, 5, 1, 9, tzinfo=UTC)),
        a_task("Fine", start_date=datetime(2026, 11, 30, 9, tzinfo=UTC), status="in_progress"),
        a_task("Done", status="done"),
        a_task("Weekly", recurrence_pattern="weekly", start_date=datetime(2026, 1, 1, tzinfo=UTC)),
    )
    options = PlanOptions(start=START, end=START + timedelta(days=10))

    cleared = preview(facts, options)
    moved = preview(facts, options.model_copy(update={"method": SchedulingMethod.SCHEDULE_IN_PHASES}))
    kept = preview(facts, options.model_copy(update={"preserve_dates": True}))

    assert (cleared.tasks, cleared.recurring, cleared.phases) == (3, 1, 2)
    assert cleared.by_status == {"backlog": 2, "in_progress": 1, "done": 1, "blocked": 0}
    assert (cleared.past, cleared.outside) == (["Past"], ["Past", "Beyond"])
    assert [(move.title, move.new) for move in cleared.moves] == [("Past", None), ("Beyond", None)]
    assert [f"{move.new:%d %b %H:%M}" for move in moved.moves] == ["23 Nov 09:00", "29 Nov 09:00"]
    assert kept.moves == []


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"end": date(2026, 11, 1)}, "ends before it starts"),
        ({"start": date(2026, 1, 1), "end": date(2026, 11, 1)}, "end of the project is past"),
        ({"method": "schedule_in_phases"}, "up to an end"),
        ({"method": "calendar_optimized", "end": date(2026, 12, 1)}, "No calendar is connected"),
        ({"statuses": ()}, "at least one status"),
    ],
)
def test_choices_that_do_not_fit_are_refused(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        PlanOptions(**{"start": START, **choices}).check(START, has_calendar=False)


@pytest.mark.parametrize(
    ("choices", "starts"),
    [
        ({}, {"Fits": "26 Nov 11:00", "Past": "23 Nov 10:00"}),
        ({"calendar_handling": "preserve"}, {"Fits": "26 Nov 11:00", "Past": "02 Nov 09:00"}),
        ({"calendar_handling": "clear_and_reschedule"}, {"Fits": "23 Nov 10:00", "Past": "23 Nov 11:00"}),
        ({"preserve_dates": True}, {"Fits": "26 Nov 11:00", "Past": "02 Nov 09:00"}),
    ],
)
def test_what_becomes_of_tasks_in_the_calendar(choices: dict[str, Any], starts: dict[str, str]) -> None:
    facts = facts_of(
        a_task("Fits", start_date=datetime(2026, 11, 26, 10, tzinfo=UTC), has_event=True),
        a_task("Past", start_date=datetime(2026, 11, 2, 8, tzinfo=UTC), has_event=True),
    )
    options = PlanOptions(start=START, end=START + timedelta(days=9), method="schedule_in_phases", **choices)
    reply = PlanReply(phases=[ReplyPhase(name="All", start_date="2026-11-23", end_date="2026-12-02")], assignments=[])

    plan = finished_plan(reply, facts, options).plan

    own = {task.id: task for task in facts.tasks}
    found = {own[item.task_id].title: item.suggested_start or own[item.task_id].start_date for item in plan.assignments}
    assert {title: f"{start.astimezone(NOW.tzinfo):%d %b %H:%M}" for title, start in found.items() if start} == starts
    assert preview(facts, options).events == 2


@pytest.mark.parametrize(
    ("choices", "start"),
    [
        ({}, None),
        ({"allow_recurring_reschedule": True}, None),  # it is in the calendar, and stays there
        ({"allow_recurring_reschedule": True, "preserve_recurring_events": False}, "Tue 01 Dec 18:30"),
    ],
)
def test_a_repetition_begins_in_its_phase_only_if_it_may(choices: dict[str, Any], start: str | None) -> None:
    course = a_task(
        "Course",
        recurrence_pattern="weekly",
        start_date=datetime(2026, 9, 1, 16, 30, tzinfo=UTC),  # a Tuesday, summer time
        has_event=True,
    )
    options = PlanOptions(
        start=START, end=START + timedelta(days=30), method="schedule_in_phases", include_recurring=True, **choices
    )
    reply = PlanReply(phases=[ReplyPhase(name="Learn", start_date="2026-11-28", end_date="2026-12-20")], assignments=[])

    (item,) = finished_plan(reply, facts_of(course), options).plan.assignments

    assert (f"{item.suggested_start:%a %d %b %H:%M}" if item.suggested_start else None) == start


AUTUMN = NOW.replace(month=10, tzinfo=None)
YEAR = AUTUMN.replace(year=2020)
WORDS = st.text(max_size=12)
DAYS = st.dates(date(2020, 1, 1), date(9999, 12, 31)).map(str) | WORDS
MOMENTS = st.datetimes(YEAR, YEAR.replace(year=2030)).map(str) | DAYS


@st.composite
def projects(draw: st.DrawFn) -> tuple[ProjectFacts, PlanOptions]:
    """A random project, also with circles, and options that fit it."""
    ids = [UUID(int=number) for number in range(1, draw(st.integers(1, 9)) + 1)]
    moments = st.none() | st.datetimes(AUTUMN, AUTUMN.replace(year=2027), timezones=st.just(UTC))
    tasks = [
        a_task(
            f"Task {task_id.int}",
            id=task_id,
            status=draw(st.sampled_from(["backlog", "in_progress", "blocked"])),
            start_date=draw(moments),
            due_date=draw(moments),
            duration_minutes=draw(st.none() | st.integers(1, 3000)),
            dependencies=draw(st.lists(st.sampled_from(ids), max_size=2, unique=True)),
            has_event=draw(st.booleans()),
            recurrence_pattern=draw(st.none() | st.none() | st.sampled_from(RecurrencePattern)),
        )
        for task_id in ids
    ]
    end = START + timedelta(days=draw(st.integers(0, 120)))
    method = draw(st.sampled_from(SchedulingMethod))
    options = PlanOptions(
        start=START - timedelta(days=draw(st.integers(-5, 20))),
        end=max(end, START + timedelta(days=5)),
        method=method,
        preserve_dates=draw(st.booleans()),
        calendar_handling=draw(st.sampled_from(CalendarHandling)),
        include_recurring=True,
        allow_recurring_reschedule=draw(st.booleans()),
        preserve_recurring_events=draw(st.booleans()),
    )
    return facts_of(*tasks, now=NOW.replace(hour=draw(st.integers(0, 23)), minute=draw(st.integers(0, 59)))), options


@st.composite
def replies(draw: st.DrawFn) -> PlanReply:
    """Anything that a model might write about such a project."""
    phases = st.builds(
        ReplyPhase, order=st.none() | st.integers(-3, 9), name=WORDS, description=WORDS, start_date=DAYS, end_date=DAYS
    )
    ids = st.integers(1, 11).map(lambda number: str(UUID(int=number))) | WORDS
    assignments = st.builds(
        ReplyAssignment,
        task_id=ids,
        phase_order=st.none() | st.integers(-3, 9),
        suggested_start=MOMENTS,
        reason=WORDS,
    )
    named = ReplyPhase(name="Something")
    return PlanReply(
        phases=[named, *draw(st.lists(phases, max_size=6))], assignments=draw(st.lists(assignments, max_size=14))
    )


def check_rules(facts: ProjectFacts, options: PlanOptions, plan: PhasePlan) -> None:
    """The rules of behaviour.md 6.6."""
    limits = limits_of(facts, options)
    days = (limits.last - limits.start).days + 1
    assert [phase.order for phase in plan.phases] == list(range(1, len(plan.phases) + 1))
    assert all(phase.name.strip() and len(phase.name) <= 255 for phase in plan.phases)
    assert all(limits.start <= phase.start_date <= phase.end_date <= limits.last for phase in plan.phases)
    for one, following in zip(plan.phases, plan.phases[1:], strict=False):
        assert following.start_date >= one.end_date
        assert following.start_date > one.end_date or days < len(plan.phases)
    assert sorted(item.task_id for item in plan.assignments) == sorted(task.id for task in facts.tasks)
    assert all(item.reason for item in plan.assignments)
    places = {item.task_id: item for item in plan.assignments}
    phases = {phase.order: phase for phase in plan.phases}
    assert {item.phase_order for item in plan.assignments} <= phases.keys()
    for task in facts.tasks:
        for other in task.dependencies:
            assert places[other].phase_order <= places[task.id].phase_order
        start = places[task.id].suggested_start
        if start is not None:
            phase = phases[places[task.id].phase_order]
            assert options.gives_dates
            assert not (options.calendar_handling == CalendarHandling.PRESERVE and task.has_event and task.start_date)
            assert task.recurrence_pattern is None or options.allow_recurring_reschedule
            assert phase.start_date <= facts.day(start) <= phase.end_date
            assert start >= NOW.replace(hour=0, minute=0)


@many
@given(projects(), replies())
def test_every_reply_becomes_a_plan_that_keeps_the_rules(
    project: tuple[ProjectFacts, PlanOptions], reply: PlanReply
) -> None:
    facts, options = project
    busy = [Busy(NOW + timedelta(hours=2), NOW + timedelta(hours=5))]

    check_rules(facts, options, finished_plan(reply, facts, options, busy).plan)


@many
@given(projects())
def test_the_offline_engine_keeps_the_rules_without_help(project: tuple[ProjectFacts, PlanOptions]) -> None:
    facts, options = project
    reply = plan_phases(question(facts, options))
    plan = finished_plan(reply, facts, options).plan

    check_rules(facts, options, plan)
    written = {(phase.name, phase.start_date, phase.end_date) for phase in reply.phases}
    assert {(phase.name, str(phase.start_date), str(phase.end_date)) for phase in plan.phases} == written
    if not any(has_circle(facts, task) for task in facts.tasks):
        assert {(item.task_id, item.phase_order) for item in reply.assignments} == {
            (str(item.task_id), item.phase_order) for item in plan.assignments
        }


def has_circle(facts: ProjectFacts, task: TaskToPlan) -> bool:
    """Does a task wait for itself in the end?"""
    known = {each.id: each for each in facts.tasks}
    seen: set[UUID] = set()
    todo = list(task.dependencies)
    while todo:
        other = todo.pop()
        if other == task.id:
            return True
        if other not in seen:
            seen.add(other)
            todo += known[other].dependencies
    return False
