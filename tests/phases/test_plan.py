"""Plans of phases: made by the offline engine, mended whoever made them, and accepted in one go."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, NotFound, ServiceUnavailable, UserError
from buildos_app.integrations.offline.planning import plan_phases
from buildos_app.models.phase import Phase
from buildos_app.models.project import Project, Task
from buildos_app.phases.accept import accept, discard
from buildos_app.phases.plan import PlanLimits, mended
from buildos_app.phases.prompts import PhasePlan, PlannedPhase, PlanPhases, TaskAssignment, TaskToPlan
from buildos_app.phases.queries import fingerprint, get_open_proposal, list_phases, load_plan_prompt, save_proposal

START = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))


def a_task(title: str = "Order timber", **more: Any) -> TaskToPlan:
    return TaskToPlan(**{"id": uuid4(), "title": title, "status": "backlog", "priority": "medium", **more})


def a_prompt(*tasks: TaskToPlan, end: date | None = None) -> PlanPhases:
    return PlanPhases(project_name="Garden", start=START, end=end, now=NOW, tasks=list(tasks))


def phase_of(plan: PhasePlan, task: TaskToPlan) -> int:
    return next(item.phase_order for item in plan.assignments if item.task_id == task.id)


def test_nothing_comes_before_what_it_waits_for() -> None:
    posts = a_task("Set the posts")
    boards = a_task("Screw the boards on", dependencies=[posts.id], priority="high")
    paint = a_task("Paint the fence", dependencies=[boards.id], due_date=datetime(2026, 11, 24, tzinfo=UTC))
    others = [a_task(f"Weed bed {number}") for number in range(17)]

    plan = plan_phases(a_prompt(paint, boards, posts, *others))

    assert phase_of(plan, posts) <= phase_of(plan, boards) <= phase_of(plan, paint)
    assert next(item.reason for item in plan.assignments if item.task_id == boards.id) == "waits for “Set the posts”"


def test_dated_tasks_are_around_their_date_in_the_persons_zone() -> None:
    late_in_berlin = a_task("Midnight post", due_date=datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    plan = plan_phases(a_prompt(late_in_berlin, *(a_task(f"Task {number}") for number in range(9))))
    reason = next(item.reason for item in plan.assignments if item.task_id == late_in_berlin.id)
    last = plan.phases[-1]

    assert reason == "due 31 December"
    assert (phase_of(plan, late_in_berlin), last.end_date) == (last.order, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("tasks", "days", "phases"), [(1, 7, 1), (3, 7, 1), (5, 7, 2), (24, 7, 3), (40, 100, 5), (200, 9, 8)]
)
def test_the_number_of_phases_fits_the_work(tasks: int, days: int, phases: int) -> None:
    plan = plan_phases(a_prompt(*(a_task(f"T{number}") for number in range(tasks)), end=START + timedelta(days=days)))

    assert len(plan.phases) == phases


def test_a_circle_of_dependencies_is_planned_all_the_same() -> None:
    first, second = uuid4(), uuid4()
    plan = plan_phases(a_prompt(a_task(id=first, dependencies=[second]), a_task(id=second, dependencies=[first])))

    assert {item.task_id for item in plan.assignments} == {first, second}


tasks_strategy = st.lists(
    st.builds(a_task, priority=st.sampled_from(["low", "medium", "high"])), min_size=1, max_size=12
)
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@given(tasks_strategy, st.data())
def test_every_plan_can_be_mended(tasks: list[TaskToPlan], data: st.DataObject) -> None:
    phases = data.draw(
        st.lists(
            st.builds(PlannedPhase, order=st.integers(-3, 9), name=st.just("x"), start_date=days, end_date=days),
            min_size=1,
            max_size=6,
            unique_by=lambda phase: phase.order,
        )
    )
    known = st.sampled_from([*(task.id for task in tasks), uuid4()])
    assignments = data.draw(
        st.lists(
            st.builds(TaskAssignment, task_id=known, phase_order=st.integers(-3, 9), reason=st.just("")), max_size=20
        )
    )
    limits = PlanLimits(START, data.draw(st.none() | st.dates(START, date(2030, 1, 1))))

    plan = mended(PhasePlan(phases=phases, assignments=assignments), tasks, limits)

    assert [phase.order for phase in plan.phases] == list(range(1, len(phases) + 1))
    assert sorted(item.task_id for item in plan.assignments) == sorted(task.id for task in tasks)
    assert all(1 <= item.phase_order <= len(phases) for item in plan.assignments)
    assert all(limits.start <= phase.start_date <= phase.end_date for phase in plan.phases)
    assert limits.end is None or all(phase.end_date <= limits.end for phase in plan.phases)


def test_a_plan_without_phases_is_asked_for_again() -> None:
    with pytest.raises(ServiceUnavailable, match="without phases"):
        mended(PhasePlan(phases=[], assignments=[]), [a_task()], PlanLimits(START, None))


@pytest.fixture
async def project(user_id: UUID) -> UUID:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        titles = ("Order timber", "Set posts", "Paint", "Weed", "Mow")
        session.add_all(Task(user_id=user_id, project_id=project.id, title=title) for title in titles)
    return project.id


async def propose(user_id: UUID, project_id: UUID) -> UUID:
    async with user_session(user_id) as session:
        prompt = await load_plan_prompt(session, user_id, project_id)
        plan = mended(plan_phases(prompt), prompt.tasks, PlanLimits(prompt.start, prompt.end))
        await save_proposal(session, user_id, project_id, uuid4(), plan, fingerprint(prompt.tasks), "offline")
    async with user_session(user_id) as session:
        view = await get_open_proposal(session, project_id)
    assert view is not None
    return view.id


async def test_accepting_makes_the_phases(user_id: UUID, project: UUID) -> None:
    proposal = await propose(user_id, project)

    async with user_session(user_id) as session:
        assert await accept(session, user_id, proposal) == 2
    async with user_session(user_id) as session:
        phases = await list_phases(session, project)
        assert await get_open_proposal(session, project) is None

    assert [phase.name for phase in phases] == ["First steps", "To the finish"]
    assert sum(len(phase.tasks) for phase in phases) == 5


async def test_accepting_again_replaces(user_id: UUID, project: UUID) -> None:
    for _ in range(2):
        proposal = await propose(user_id, project)
        async with user_session(user_id) as session:
            await accept(session, user_id, proposal)

    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(sa.func.count()).select_from(Phase))).scalar_one() == 2


async def test_a_plan_of_other_tasks_is_refused(user_id: UUID, project: UUID) -> None:
    proposal = await propose(user_id, project)
    async with user_session(user_id) as session:
        session.add(Task(user_id=user_id, project_id=project, title="New since"))

    with pytest.raises(Conflict, match="Tasks changed"):
        async with user_session(user_id) as session:
            await accept(session, user_id, proposal)


async def test_two_clicks_accept_once(user_id: UUID, project: UUID) -> None:
    proposal = await propose(user_id, project)

    async def click() -> bool:
        try:
            async with user_session(user_id) as session:
                await accept(session, user_id, proposal)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(click(), click())) == [False, True]


async def test_a_discarded_plan_changes_nothing(user_id: UUID, project: UUID) -> None:
    proposal = await propose(user_id, project)
    async with user_session(user_id) as session:
        await discard(session, proposal)

    async with user_session(user_id) as session:
        assert await list_phases(session, project) == []
    with pytest.raises(Conflict):
        async with user_session(user_id) as session:
            await accept(session, user_id, proposal)


async def test_another_persons_plan_does_not_exist(user_id: UUID, other_user_id: UUID, project: UUID) -> None:
    proposal = await propose(user_id, project)

    with pytest.raises(NotFound):
        async with user_session(other_user_id) as session:
            await accept(session, other_user_id, proposal)
    with pytest.raises(NotFound):
        async with user_session(other_user_id) as session:
            await load_plan_prompt(session, other_user_id, project)


async def test_a_project_without_open_tasks_is_not_planned(user_id: UUID, project: UUID) -> None:
    async with user_session(user_id) as session:
        await session.execute(sa.delete(Task))

    with pytest.raises(UserError, match="no open task"):
        async with user_session(user_id) as session:
            await load_plan_prompt(session, user_id, project)


def test_two_phases_of_the_same_number_are_both_kept() -> None:
    phases = [PlannedPhase(order=1, name=name, start_date=START, end_date=START) for name in ("Dig", "Plant")]

    plan = mended(PhasePlan(phases=phases, assignments=[]), [a_task()], PlanLimits(START, None))

    assert [(phase.order, phase.name) for phase in plan.phases] == [(1, "Dig"), (2, "Plant")]
