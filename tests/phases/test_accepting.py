"""A plan is accepted in one transaction, refused when it is not the plan of these tasks any more, or put away."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.phase import Phase, PhaseProposal, PhaseTask
from buildos_app.models.project import Project, Task
from buildos_app.models.task import TaskChange
from buildos_app.phases.accept import accept, discard
from buildos_app.phases.backlog import place
from buildos_app.phases.options import usual_options
from buildos_app.phases.planning import question
from buildos_app.phases.queries import get_open_proposal, list_phases, load_facts
from tests.phases.conftest import Propose, starts


async def test_accepting_makes_the_phases(user_id: UUID, project: UUID, propose: Propose) -> None:
    proposal = await propose()

    async with user_session(user_id) as session:
        assert await accept(session, user_id, proposal) == 2
    async with user_session(user_id) as session:
        phases = await list_phases(session, project)
        assert await get_open_proposal(session, user_id, project) is None

    assert [phase.name for phase in phases] == ["First steps", "To the finish"]
    assert sum(len(phase.tasks) for phase in phases) == 5


async def test_accepting_again_replaces(user_id: UUID, project: UUID, propose: Propose) -> None:
    for _ in range(2):
        proposal = await propose()
        async with user_session(user_id) as session:
            await accept(session, user_id, proposal)

    async with user_session(user_id) as session:
        assert (await session.execute(sa.select(sa.func.count()).select_from(Phase))).scalar_one() == 2


async def test_finished_phases_stay_and_take_the_done_tasks(user_id: UUID, project: UUID, propose: Propose) -> None:
    today = datetime.now(UTC).date()
    async with service_session("test") as session:
        tasks = {key: value for key, value in await session.execute(sa.select(col(Task.title), col(Task.id)))}  # noqa: C416
        await session.execute(sa.update(Task).where(col(Task.title).in_(["Weed", "Mow"])).values(status="done"))
        for order, (name, first, last) in enumerate([("Over", -30, -20), ("Runs", -10, 5), ("Later", 6, 9)], 1):
            days = {"start_date": today + timedelta(days=first), "end_date": today + timedelta(days=last)}
            session.add(Phase(user_id=user_id, project_id=project, name=name, order=order, **days))
        await session.flush()
        phases = {key: value for key, value in await session.execute(sa.select(col(Phase.name), col(Phase.id)))}  # noqa: C416
        for title, phase in (("Weed", "Over"), ("Mow", "Later"), ("Paint", "Runs")):
            session.add(PhaseTask(user_id=user_id, phase_id=phases[phase], task_id=tasks[title]))

    async with user_session(user_id) as session:
        await accept(session, user_id, await propose())
        found = await list_phases(session, project)

    titles = {task_id: title for title, task_id in tasks.items()}
    assert [(phase.name, sorted(titles[task] for task in phase.tasks)) for phase in found] == [
        ("Over", ["Weed"]),
        ("Runs", ["Mow"]),
        ("All of it", ["Order timber", "Paint", "Set posts"]),
    ]
    assert found[1].end_date < found[2].start_date


async def test_starting_fresh_keeps_nothing(user_id: UUID, project: UUID, propose: Propose) -> None:
    day = datetime.now(UTC).date() - timedelta(days=9)
    async with service_session("test") as session:
        session.add(Phase(user_id=user_id, project_id=project, name="Over", order=1, start_date=day, end_date=day))

    async with user_session(user_id) as session:
        await accept(session, user_id, await propose(keep_finished=False))
        found = await list_phases(session, project)

    assert [phase.name for phase in found] == ["First steps", "To the finish"]


async def test_scheduling_gives_starts_and_the_project_its_dates(
    user_id: UUID, project: UUID, propose: Propose
) -> None:
    end = datetime.now(UTC).date() + timedelta(days=30)

    async with user_session(user_id) as session:
        await accept(session, user_id, await propose(method="schedule_in_phases", end=end))
    async with user_session(user_id) as session:
        there = await session.get(Project, project)
        causes = set((await session.execute(sa.select(col(TaskChange.cause)))).scalars())
        places = (await session.execute(sa.select(PhaseTask))).scalars().all()

    found = await starts(user_id)
    assert all(found.values())
    assert len(set(found.values())) == 5
    assert {place.suggested_start_date for place in places} == set(found.values())
    assert there is not None
    assert there.end_date == end
    assert {cause.partition(":")[0] for cause in causes} == {"phases"}


@pytest.mark.parametrize("change", ["new", "edited", "done", "dependency", "dates"])
async def test_a_plan_of_other_tasks_is_refused(user_id: UUID, project: UUID, propose: Propose, change: str) -> None:
    proposal = await propose()
    statements: dict[str, Any] = {
        "new": sa.insert(Task).values(user_id=user_id, project_id=project, title="New since"),
        "edited": sa.update(Task).where(col(Task.title) == "Paint").values(priority="high"),
        "done": sa.update(Task).where(col(Task.title) == "Paint").values(status="done"),
        "dates": sa.update(Project).values(end_date=datetime.now(UTC).date()),
        "dependency": sa.text(
            "INSERT INTO task_dependencies (user_id, task_id, needs_id) SELECT a.user_id, a.id, b.id"
            " FROM tasks a, tasks b WHERE a.title = 'Paint' AND b.title = 'Set posts'"
        ),
    }
    async with user_session(user_id) as session:
        await session.execute(statements[change])

    with pytest.raises(Conflict, match="Tasks changed"):
        async with user_session(user_id) as session:
            await accept(session, user_id, proposal)
    async with user_session(user_id) as session:
        view = await get_open_proposal(session, user_id, project)
        assert await list_phases(session, project) == []
    assert view is not None
    words = {
        "new": "“New since” is new",
        "done": "“Paint” is done, gone or left out",
        "dates": "the project's dates or phases changed",
    }
    assert view.changes == [words.get(change, "“Paint” changed")]


async def test_a_plan_without_tasks_makes_its_phases(user_id: UUID, project: UUID, propose: Propose) -> None:
    proposal = await propose()
    async with user_session(user_id) as session:
        row = await session.get(PhaseProposal, proposal)
        assert row is not None
        row.plan = {**row.plan, "assignments": [], "marks": {"": row.plan["marks"][""]}}
        await session.execute(sa.update(Task).values(deleted_at=datetime.now(UTC)))

    async with user_session(user_id) as session:
        assert await accept(session, user_id, proposal) == 2
        await place(session, user_id, {})
        assert [len(phase.tasks) for phase in await list_phases(session, project)] == [0, 0]


async def test_two_clicks_accept_once(user_id: UUID, project: UUID, propose: Propose) -> None:
    proposal = await propose()

    async def click() -> bool:
        try:
            async with user_session(user_id) as session:
                await accept(session, user_id, proposal)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(click(), click())) == [False, True]


async def test_a_discarded_plan_changes_nothing(user_id: UUID, project: UUID, propose: Propose) -> None:
    proposal = await propose()
    async with user_session(user_id) as session:
        await discard(session, proposal)

    async with user_session(user_id) as session:
        assert await list_phases(session, project) == []
    with pytest.raises(Conflict):
        async with user_session(user_id) as session:
            await accept(session, user_id, proposal)


async def test_another_persons_plan_does_not_exist(
    user_id: UUID, other_user_id: UUID, project: UUID, propose: Propose
) -> None:
    proposal = await propose()

    with pytest.raises(NotFound):
        async with user_session(other_user_id) as session:
            await accept(session, other_user_id, proposal)
    with pytest.raises(NotFound):
        async with user_session(other_user_id) as session:
            await load_facts(session, other_user_id, project)


async def test_a_project_without_open_tasks_is_not_planned(user_id: UUID, project: UUID) -> None:
    async with user_session(user_id) as session:
        await session.execute(sa.delete(Task))
        facts = await load_facts(session, user_id, project)

    with pytest.raises(InvalidInput, match="no open task"):
        question(facts, usual_options(None, None, facts.today))
