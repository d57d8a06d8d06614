"""The phases tab through Reflex's own event processor: planning, the plan that waits, phases and tasks by hand."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import col

from buildos_app.clock import local_now
from buildos_app.db.engine import async_engine
from buildos_app.db.session import service_session, user_session
from buildos_app.models.phase import Phase, PhaseTask
from buildos_app.models.project import Project, Task
from buildos_app.models.queue import QueueJob
from buildos_app.phases.editing import move_task
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.phases.queries import list_phases
from buildos_app.projects.fields import NewTask
from buildos_app.projects.tasks import create_task
from buildos_app.projects.undo import Undo, remembered
from buildos_app.queue.job import Job
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.phases.backlog_state import BacklogState
from buildos_app.ui.pages.phases.edit_state import PhaseEditState
from buildos_app.ui.pages.phases.overdue_state import OverdueState
from buildos_app.ui.pages.phases.plan_state import PlanState
from buildos_app.ui.pages.phases.proposal_state import ProposalState
from buildos_app.ui.pages.phases.schedule_state import ScheduleState
from buildos_app.ui.pages.phases.state import PhasesState
from buildos_app.ui.tasks.undo import UndoState
from tests.fixtures.database import until_blocked
from tests.fixtures.jobs import Perform

TODAY = datetime.now(UTC).date()
ID = "0199f9a0-0000-7000-8000-000000000000"


@pytest.fixture
async def project(user_id: UUID) -> UUID:
    """A project with a finished, a running and a coming phase, a task in each, and one in the backlog."""
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        for order, (name, first, last) in enumerate([("Dig", -9, -5), ("Build", -2, 4), ("Paint", 6, 9)], 1):
            start, end = TODAY + timedelta(days=first), TODAY + timedelta(days=last)
            phase = Phase(
                user_id=user_id, project_id=project.id, name=name, order=order, start_date=start, end_date=end
            )
            task = Task(user_id=user_id, project_id=project.id, title=f"{name} it")
            session.add_all([phase, task])
            await session.flush()
            session.add(PhaseTask(user_id=user_id, phase_id=phase.id, task_id=task.id))
        session.add(Task(user_id=user_id, project_id=project.id, title="Weed", start_date=datetime.now(UTC)))
    return project.id


async def tab_of(open_tab: Any, user_id: UUID, project: UUID) -> Any:
    tab = await open_tab(user_id, f"/projects/{project}/phases")
    await tab.send(PhasesState.load)
    return tab


def shown(tab: Any) -> list[tuple[str, list[str]]]:
    return [(card.name, [task.title for task in card.tasks]) for card in tab.show(PhasesState, "phases")]


def phase_id(tab: Any, name: str) -> str:
    return next(card.id for card in tab.show(PhasesState, "phases") if card.name == name)


async def task_id(title: str) -> str:
    async with service_session("test") as session:
        query = sa.select(col(Task.id)).where(col(Task.title) == title)
        return str((await session.execute(query)).scalar_one())


async def only_job() -> QueueJob:
    async with service_session("test") as session:
        return (await session.execute(sa.select(QueueJob))).scalars().one()


async def test_a_plan_is_asked_for_made_and_accepted(
    open_tab: Any, user_id: UUID, project: UUID, perform: Perform
) -> None:
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(PlanState.open)
    assert tab.show(PlanState, "preview").summary == "4 tasks, about 2 phases"
    assert tab.show(PlanState, "preview").fate == "1 of 3 phases replaced, 2 kept"
    assert tab.show(PlanState, "preview").left_out == "1 start is taken away if it lies outside of the phase"
    await tab.send(PlanState.choose, {"name": "method", "value": "schedule_in_phases"})
    await tab.send(PlanState.choose, {"name": "calendar_handling", "value": "clear_and_reschedule"})
    assert [words.split(" → ")[1] for words in tab.show(PlanState, "preview").moves] == ["a new time"]
    for method in ("phases_only", "schedule_in_phases"):
        await tab.send(PlanState.choose, {"name": "method", "value": method})
    assert tab.show(PlanState, "calendar_handling") == "update"
    assert "up to an end" in tab.show(PlanState, "problem")
    await tab.send(PlanState.choose, {"name": "end", "value": str(TODAY + timedelta(days=40))})
    assert tab.show(PlanState, "problem") == ""

    await tab.send(PlanState.generate, {"form": {"instructions": "keep Fridays free"}})
    assert (tab.show(PhasesState, "is_planning"), tab.show(PlanState, "is_open")) == (True, False)
    await tab.send(PlanState.open)
    await tab.send(PlanState.generate, {"form": {}})  # a second click joins the first
    job = await only_job()
    assert job.payload["options"]["instructions"] == "keep Fridays free"
    planned = Job.load(job.job_type, job.payload)
    assert isinstance(planned, GeneratePhases)
    await perform(planned)

    await tab.send(PhasesState.load)
    await tab.send(ProposalState.load)
    assert tab.show(ProposalState, "has_plan")
    assert [(phase.name, phase.fate.text[:4]) for phase in tab.show(ProposalState, "today")] == [
        ("Dig", "stay"),
        ("Build", "ends"),
        ("Paint", "goes"),
    ]
    assert "The rules cannot read your instructions" in tab.show(ProposalState, "note")
    await tab.send(ProposalState.accept)
    assert [name for name, _ in shown(tab)][:2] == ["Dig", "Build"]
    assert not tab.show(ProposalState, "has_plan")


@pytest.mark.parametrize("day", ["", "soon", "0001-01-01", "9999-12-31"])
async def test_a_day_that_cannot_be_is_refused_in_words(day: str, open_tab: Any, user_id: UUID, project: UUID) -> None:
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(PhaseEditState.set_date, {"form": {"day": day}})
    assert tab.show(PhaseEditState, "error").startswith("Choose a day")
    await tab.send(PlanState.open)
    await tab.send(PlanState.choose, {"name": "start", "value": day})
    assert tab.show(PlanState, "problem").startswith("Choose ")
    await tab.send(OverdueState.save, {"form": {"day": day}})
    assert tab.show(OverdueState, "error").startswith("Choose ")


async def test_what_changed_since_is_named_and_refused(
    open_tab: Any, user_id: UUID, project: UUID, perform: Perform
) -> None:
    await perform(GeneratePhases(project_id=project))
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(ProposalState.load)
    async with user_session(user_id) as session:
        await session.execute(sa.update(Task).where(col(Task.title) == "Weed").values(title="Weed the beds"))

    await tab.send(ProposalState.accept)
    await tab.send(ProposalState.load)

    assert tab.show(ProposalState, "changes") == ["“Weed the beds” changed"]
    assert "Tasks changed since" in tab.show(Inbox, "answer")["text"]
    await tab.send(ProposalState.discard)
    assert (tab.show(ProposalState, "has_plan"), len(shown(tab))) == (False, 3)


async def test_a_task_moves_and_is_asked_for_a_day_that_fits(open_tab: Any, user_id: UUID, project: UUID) -> None:
    tab = await tab_of(open_tab, user_id, project)
    weed = await task_id("Weed")

    await tab.send(PhaseEditState.move, {"task_id": weed, "phase_id": phase_id(tab, "Paint")})
    assert shown(tab)[2] == ("Paint", ["Weed", "Paint it"])  # by date
    assert "which is outside of Paint" in tab.show(PhaseEditState, "question")
    await tab.send(PhaseEditState.set_date, {"form": {"day": str(TODAY + timedelta(days=7))}})
    async with user_session(user_id) as session:
        task = await session.get(Task, UUID(weed))
    assert task is not None
    assert task.start_date is not None
    assert abs((task.start_date.date() - TODAY).days) in (7, 8)

    await tab.send(PhaseEditState.move, {"task_id": weed, "phase_id": ""})
    assert [row.title for row in tab.show(PhasesState, "backlog")] == ["Weed"]


async def test_phases_are_made_edited_put_in_order_and_deleted(open_tab: Any, user_id: UUID, project: UUID) -> None:
    tab = await tab_of(open_tab, user_id, project)
    days = {"start_date": str(TODAY + timedelta(days=11)), "end_date": str(TODAY + timedelta(days=12))}
    await tab.send(PhaseEditState.new)
    await tab.send(PhaseEditState.save, {"form": {"name": "Rest", **days, "start_date": days["end_date"] + "x"}})
    assert "first and the last day" in tab.show(PhaseEditState, "error")
    await tab.send(PhaseEditState.save, {"form": {"name": "Rest", "description": "", **days}})
    assert [name for name, _ in shown(tab)] == ["Dig", "Build", "Paint", "Rest"]

    await tab.send(PhaseEditState.shift, {"phase_id": phase_id(tab, "Paint"), "step": 1})
    assert [name for name, _ in shown(tab)] == ["Dig", "Build", "Rest", "Paint"]
    await tab.send(PhaseEditState.shift, {"phase_id": phase_id(tab, "Build"), "step": -1})
    assert "stays where it is" in tab.show(Inbox, "answer")["text"]

    await tab.send(PhaseEditState.edit, {"phase_id": phase_id(tab, "Rest")})
    early = {"start_date": str(TODAY - timedelta(days=20)), "end_date": str(TODAY - timedelta(days=19))}
    await tab.send(PhaseEditState.save, {"form": {"name": "Rest first", "description": "x", **early}})
    assert [name for name, _ in shown(tab)] == ["Rest first", "Dig", "Build", "Paint"]

    await tab.send(PhaseEditState.ask_delete, {"phase_id": phase_id(tab, "Paint")})
    assert tab.show(PhaseEditState, "question") == "1 task in it will be in the backlog."
    await tab.send(PhaseEditState.delete, {"form": {}})
    assert {row.title for row in tab.show(PhasesState, "backlog")} == {"Weed", "Paint it"}


async def test_changing_places_keeps_lengths_and_the_outer_days(open_tab: Any, user_id: UUID, project: UUID) -> None:
    tab = await tab_of(open_tab, user_id, project)

    await tab.send(PhaseEditState.shift, {"phase_id": phase_id(tab, "Paint"), "step": -1})

    async with user_session(user_id) as session:
        rows = (await session.execute(sa.select(Phase).order_by(col(Phase.order)))).scalars().all()
    spans = [(row.name, (row.start_date - TODAY).days, (row.end_date - TODAY).days) for row in rows]
    assert spans == [("Dig", -9, -5), ("Paint", -2, 1), ("Build", 3, 9)]


async def test_overdue_tasks_get_new_days_and_that_can_be_undone(open_tab: Any, user_id: UUID, project: UUID) -> None:
    late = {"Dig it": 2, "Build it": 5, "Paint it": 30}
    async with user_session(user_id) as session:
        for title, days in late.items():
            due = datetime.now(UTC) - timedelta(days=days)
            await session.execute(sa.update(Task).where(col(Task.title) == title).values(due_date=due))
    tab = await tab_of(open_tab, user_id, project)
    assert tab.show(PhasesState, "late") == 3
    await tab.send(OverdueState.open)
    assert [len(group.titles) for group in tab.show(OverdueState, "groups")] == [1, 1, 1]
    await tab.send(OverdueState.turn, {"number": 2})

    await tab.send(OverdueState.save, {"form": {"day": str(TODAY - timedelta(days=2))}})
    assert "today or a later day" in tab.show(OverdueState, "error")
    await tab.send(OverdueState.save, {"form": {"day": str(TODAY + timedelta(days=6))}})

    assert tab.show(PhasesState, "late") == 1
    assert sorted(dict(shown(tab))["Paint"]) == ["Build it", "Dig it", "Paint it"]  # they follow their days
    await tab.send(UndoState.undo)
    await tab.send(PhasesState.load)
    assert tab.show(PhasesState, "late") == 3


async def test_a_move_is_taken_back(open_tab: Any, user_id: UUID, project: UUID) -> None:
    tab = await tab_of(open_tab, user_id, project)
    before = shown(tab)

    await tab.send(PhaseEditState.move, {"task_id": await task_id("Dig it"), "phase_id": phase_id(tab, "Paint")})
    assert shown(tab) != before
    await tab.send(UndoState.undo)
    await tab.send(PhasesState.load)
    assert shown(tab) == before

    await tab.send(PhaseEditState.move, {"task_id": await task_id("Dig it"), "phase_id": "backlog"})
    async with user_session(user_id) as session:
        await move_task(session, user_id, UUID(await task_id("Dig it")), UUID(phase_id(tab, "Paint")))
    await tab.send(UndoState.undo)
    assert "changed once more" in tab.show(Inbox, "answer")["text"]


async def test_what_is_remembered_is_of_when_the_task_was_free(
    open_tab: Any, user_id: UUID, project: UUID, database: str
) -> None:
    """A move that waits for another one of the same task is taken back to where that one put it."""
    tab = await tab_of(open_tab, user_id, project)
    dig, home = UUID(await task_id("Dig it")), UUID(phase_id(tab, "Dig"))
    build, paint = UUID(phase_id(tab, "Build")), UUID(phase_id(tab, "Paint"))

    async def move_later() -> Undo:
        async with user_session(user_id) as session, remembered(session, [dig], places=True) as undo:
            await move_task(session, user_id, dig, paint)
        return undo

    async with user_session(user_id) as session:
        await move_task(session, user_id, dig, build)
        later = asyncio.create_task(move_later())
        await until_blocked(database)
    undo = await later

    assert undo.places is not None and undo.moved is not None
    assert (undo.places[dig][0], undo.moved[dig][0]) == (build, paint) != (home, paint)


async def test_phases_are_scheduled_after_a_look_and_unscheduled(open_tab: Any, user_id: UUID, project: UUID) -> None:
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(ScheduleState.open, {"phase_id": ""})
    rows = {row.title: row for row in tab.show(ScheduleState, "rows")}
    assert rows.keys() == {"Build it", "Paint it"}
    assert tab.show(ScheduleState, "title") == "Schedule all phases"

    build, paint = rows["Build it"].id, rows["Paint it"].id
    late = f"{TODAY + timedelta(days=7)}T23:30"
    await tab.send(ScheduleState.set_start, {"task_id": build, "at": late})
    warning = next(row.warning for row in tab.show(ScheduleState, "rows") if row.id == build)
    assert warning == "Moves to Paint; outside of your working hours"
    await tab.send(ScheduleState.turn, {"task_id": paint})
    assert tab.show(ScheduleState, "count") == 1
    await tab.send(ScheduleState.set_start, {"task_id": build, "at": "soon"})
    await tab.send(ScheduleState.save, {"form": {}})
    assert "Choose a day and a time for “Build it”" in tab.show(ScheduleState, "error")
    await tab.send(ScheduleState.set_start, {"task_id": build, "at": late})
    await tab.send(ScheduleState.save, {"form": {}})
    assert (tab.show(ScheduleState, "mode"), tab.show(ScheduleState, "rows")) == ("", [])
    assert dict(shown(tab))["Paint"] == ["Build it", "Paint it"]  # it follows its day
    starts = await all_starts(user_id)
    assert (starts["Build it"] is not None, starts["Paint it"]) == (True, None)

    await tab.send(ScheduleState.unschedule, {"form": {}})
    assert "Tick what" in tab.show(ScheduleState, "error")
    await tab.send(ScheduleState.unschedule, {"form": {"dates": "on", "phases": "on"}})
    assert [tasks for _, tasks in shown(tab)] == [[], [], []]
    assert set((await all_starts(user_id)).values()) == {None}
    await tab.send(UndoState.undo)
    await tab.send(PhasesState.load)
    assert dict(shown(tab))["Paint"] == ["Build it", "Paint it"]
    assert (await all_starts(user_id))["Build it"] == starts["Build it"]


async def test_the_backlog_is_put_into_phases(open_tab: Any, user_id: UUID, project: UUID) -> None:
    tab = await tab_of(open_tab, user_id, project)

    await tab.send(BacklogState.open)
    (row,) = tab.show(BacklogState, "rows")
    assert (row.title, row.why, row.phase_id) == ("Weed", "its date lies here", phase_id(tab, "Build"))
    assert [place.name for place in tab.show(BacklogState, "places")] == ["Build", "Paint"]
    await tab.send(BacklogState.save, {"form": {}})
    assert (dict(shown(tab))["Build"], tab.show(PhasesState, "backlog")) == (["Weed", "Build it"], [])

    await tab.send(BacklogState.open)
    assert "no open task" in tab.show(Inbox, "answer")["text"]
    await tab.send(UndoState.undo)
    await tab.send(PhasesState.load)
    assert [task.title for task in tab.show(PhasesState, "backlog")] == ["Weed"]


async def test_the_backlog_goes_where_one_says_and_gets_starts(open_tab: Any, user_id: UUID, project: UUID) -> None:
    async with service_session("test") as session:
        session.add_all(Task(user_id=user_id, project_id=project, title=title) for title in ("Seed", "Rake"))
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(BacklogState.open)
    weed, seed = await task_id("Weed"), await task_id("Seed")
    for task, phase in ((weed, ""), (seed, phase_id(tab, "Paint")), (seed, phase_id(tab, "Dig")), (ID, "")):
        await tab.send(BacklogState.choose, {"task_id": task, "phase_id": phase})  # what is over cannot be chosen
    assert tab.show(BacklogState, "count") == 2

    await tab.send(BacklogState.save, {"form": {"starts": "on"}})

    assert "Seed" in dict(shown(tab))["Paint"]
    assert [task.title for task in tab.show(PhasesState, "backlog")] == ["Weed"]
    assert tab.show(ScheduleState, "title") == "Schedule what came from the backlog"
    assert {row.title for row in tab.show(ScheduleState, "rows")} == {"Seed", "Rake"}
    await tab.send(ScheduleState.save, {"form": {}})
    starts = await all_starts(user_id)
    assert (starts["Seed"] is not None, starts["Rake"] is not None, starts["Build it"]) == (True, True, None)


async def test_what_came_into_the_backlog_since_is_not_moved_and_no_start_is_no_loss(
    open_tab: Any, user_id: UUID, project: UUID
) -> None:
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(BacklogState.open)
    async with service_session("test") as session:
        session.add(Task(user_id=user_id, project_id=project, title="Came later"))
    await tab.send(BacklogState.choose, {"task_id": await task_id("Weed"), "phase_id": ""})

    await tab.send(BacklogState.save, {"form": {"starts": "on"}})  # of no task at all

    assert {task.title for task in tab.show(PhasesState, "backlog")} == {"Weed", "Came later"}
    assert (tab.show(BacklogState, "is_open"), tab.show(ScheduleState, "mode")) == (False, "")
    assert tab.show(Inbox, "answer")["text"].startswith("0 tasks put into phases. There is no open task")

    await tab.send(BacklogState.open)
    async with service_session("test") as session:
        session.add(Task(user_id=user_id, project_id=project, title="Even later"))
    await tab.send(BacklogState.save, {"form": {}})
    assert [task.title for task in tab.show(PhasesState, "backlog")] == ["Even later"]


async def test_a_look_at_a_start_is_one_transaction(open_tab: Any, user_id: UUID, project: UUID) -> None:
    """What the calendar holds was read when the dialog opened."""
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(ScheduleState.open, {"phase_id": ""})
    row = tab.show(ScheduleState, "rows")[0]
    with begun() as transactions:
        await tab.send(ScheduleState.turn, {"task_id": row.id})
        of_one = len(transactions)
        await tab.send(ScheduleState.set_start, {"task_id": row.id, "at": row.at})
    with begun() as others:
        await tab.send(ScheduleState.ask_unschedule)  # which reads nothing: the rest is the gate's
    assert of_one - len(others) == 1
    assert len(transactions) - 2 * len(others) == 2


@contextmanager
def begun() -> Iterator[list[Any]]:
    """The transactions that begin within."""
    engine, found = async_engine().sync_engine, list[Any]()

    def begins(connection: Any) -> None:
        found.append(connection)

    event.listen(engine, "begin", begins)
    yield found
    event.remove(engine, "begin", begins)


async def test_a_phase_that_went_meanwhile_takes_nothing(open_tab: Any, user_id: UUID, project: UUID) -> None:
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(BacklogState.open)
    async with user_session(user_id) as session:
        await session.execute(sa.delete(Phase).where(col(Phase.name) == "Build"))
    await tab.send(BacklogState.save, {"form": {}})
    assert "changed meanwhile" in tab.show(BacklogState, "error")
    assert dict(shown(tab))["Build"] == ["Build it"]


async def test_a_start_lies_in_the_project_and_in_a_phase(open_tab: Any, user_id: UUID, project: UUID) -> None:
    """By the calendar of the person, who is half a day ahead of UTC here."""
    async with service_session("test") as session:
        await session.execute(sa.text("UPDATE users SET timezone = 'Pacific/Auckland'"))
    today = local_now("Pacific/Auckland").date()
    async with user_session(user_id) as session:
        ends = {"end_date": today + timedelta(days=7)}
        await session.execute(sa.update(Project).where(col(Project.id) == project).values(ends))
        days = {"start_date": today + timedelta(days=6), "end_date": today + timedelta(days=9)}
        await session.execute(sa.update(Phase).where(col(Phase.name) == "Paint").values(days))
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(ScheduleState.open, {"phase_id": phase_id(tab, "Paint")})
    (row,) = tab.show(ScheduleState, "rows")

    for at, words in (
        (f"{today + timedelta(days=8)}T00:15", "The project ends on"),
        (f"{today + timedelta(days=5)}T23:45", "would begin outside of every phase"),
        ("2101-01-01T09:00", "between 2000 and 2100"),
        ("0001-01-01T09:00", "between 2000 and 2100"),
    ):
        await tab.send(ScheduleState.set_start, {"task_id": row.id, "at": at})
        await tab.send(ScheduleState.save, {"form": {}})
        assert words in tab.show(ScheduleState, "error"), at
    assert (await all_starts(user_id))["Paint it"] is None
    await tab.send(ScheduleState.set_start, {"task_id": row.id, "at": f"{today + timedelta(days=7)}T23:45"})
    await tab.send(ScheduleState.save, {"form": {}})
    assert tab.show(ScheduleState, "error") == ""
    assert (await all_starts(user_id))["Paint it"] is not None


async def test_deleting_and_reordering_phases_is_taken_back(open_tab: Any, user_id: UUID, project: UUID) -> None:
    async def phases() -> list[tuple[Any, ...]]:
        async with user_session(user_id) as session:
            columns = (Phase.id, Phase.name, Phase.order, Phase.start_date, Phase.end_date)
            return [tuple(row) for row in await session.execute(sa.select(*columns).order_by(Phase.order))]

    tab = await tab_of(open_tab, user_id, project)
    before = (await phases(), shown(tab))

    await tab.send(PhaseEditState.shift, {"phase_id": phase_id(tab, "Paint"), "step": -1})
    assert (await phases(), shown(tab)) != before
    await tab.send(UndoState.undo)
    await tab.send(PhasesState.load)
    assert (await phases(), shown(tab)) == before

    await tab.send(PhaseEditState.ask_delete, {"phase_id": phase_id(tab, "Build")})
    await tab.send(PhaseEditState.delete, {"form": {}})
    assert [name for name, _ in shown(tab)] == ["Dig", "Paint"]
    await tab.send(UndoState.undo)
    await tab.send(PhasesState.load)
    assert (await phases(), shown(tab)) == before

    await tab.send(PhaseEditState.ask_delete, {"phase_id": phase_id(tab, "Build")})
    await tab.send(PhaseEditState.delete, {"form": {}})
    async with user_session(user_id) as session:
        await session.execute(sa.update(Task).where(col(Task.title) == "Build it").values(project_id=None))
    await tab.send(UndoState.undo)
    await tab.send(PhasesState.load)
    assert (await phases(), shown(tab)[1]) == (before[0], ("Build", []))  # it went elsewhere, and stays there

    async with user_session(user_id) as session:
        await session.execute(sa.update(Task).where(col(Task.title) == "Build it").values(project_id=project))
    await tab.send(PhaseEditState.ask_delete, {"phase_id": phase_id(tab, "Build")})
    await tab.send(PhaseEditState.delete, {"form": {}})
    await tab.send(PhaseEditState.move, {"task_id": await task_id("Build it"), "phase_id": phase_id(tab, "Paint")})
    await tab.send(PhaseEditState.edit, {"phase_id": phase_id(tab, "Paint")})
    days = tab.show(PhaseEditState, "form")
    changed = {"name": "Varnish", "description": "", "start_date": days.start, "end_date": days.end}
    await tab.send(PhaseEditState.shift, {"phase_id": phase_id(tab, "Paint"), "step": -1})  # refused: Dig is over
    await tab.send(PhaseEditState.ask_delete, {"phase_id": phase_id(tab, "Dig")})
    await tab.send(PhaseEditState.delete, {"form": {}})
    await tab.send(PhaseEditState.edit, {"phase_id": phase_id(tab, "Paint")})
    await tab.send(PhaseEditState.save, {"form": changed})
    await tab.send(UndoState.undo)
    assert "changed once more" in tab.show(Inbox, "answer")["text"]


async def test_each_phase_has_a_filter_of_its_own(open_tab: Any, user_id: UUID, project: UUID) -> None:
    async with user_session(user_id) as session:
        await session.execute(sa.update(Task).where(col(Task.title) == "Dig it").values(status="done"))
    tab = await tab_of(open_tab, user_id, project)

    await tab.send(PhasesState.show_in, {"column": phase_id(tab, "Dig"), "which": "active"})
    assert shown(tab) == [("Dig", []), ("Build", ["Build it"]), ("Paint", ["Paint it"])]
    assert [card.which for card in tab.show(PhasesState, "phases")] == ["active", "", ""]
    await tab.send(PhasesState.show_in, {"column": phase_id(tab, "Build"), "which": "done"})
    assert shown(tab) == [("Dig", []), ("Build", []), ("Paint", ["Paint it"])]
    await tab.send(PhasesState.show_in, {"column": phase_id(tab, "Dig"), "which": "no filter"})
    assert shown(tab)[0] == ("Dig", ["Dig it"])
    await tab.send(PhasesState.show, {"which": "active"})
    assert shown(tab) == [("Dig", []), ("Build", ["Build it"]), ("Paint", ["Paint it"])]
    await tab.send(PhasesState.show_in, {"column": "no such phase", "which": "done"})
    assert tab.show(PhasesState, "filters") == {}


async def test_what_is_too_much_is_said(open_tab: Any, user_id: UUID, project: UUID) -> None:
    """No task is left out in silence: of long lists the rest is counted, and of too long ones nothing is planned."""
    await fill(user_id, project, "Build", 260)
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(ScheduleState.open, {"phase_id": ""})
    assert (len(tab.show(ScheduleState, "rows")), tab.show(ScheduleState, "more")) == (100, 32)
    due = datetime.now(UTC) - timedelta(days=3)
    async with service_session("test") as session:
        await session.execute(sa.update(Task).values(due_date=due))
    await tab.send(OverdueState.open)
    assert (tab.show(OverdueState, "count"), tab.show(OverdueState, "more")) == (100, 34)

    async with service_session("test") as session:
        more = sa.text(
            "INSERT INTO tasks (user_id, project_id, title)"
            " SELECT user_id, id, 'More ' || n FROM projects, generate_series(1, 1866) n"
        )
        await session.execute(more)
    await tab.send(BacklogState.open)
    assert (len(tab.show(BacklogState, "rows")), tab.show(BacklogState, "more")) == (100, 1767)
    async with service_session("test") as session:
        await session.execute(
            sa.text("INSERT INTO tasks (user_id, project_id, title) SELECT user_id, id, 'Last' FROM projects")
        )
    await tab.send(PlanState.open)
    assert "more than 2,000 open tasks" in tab.show(Inbox, "answer")["text"]
    assert not tab.show(PlanState, "is_open")


async def test_a_new_task_with_a_date_is_in_the_phase_that_has_it(open_tab: Any, user_id: UUID, project: UUID) -> None:
    day = datetime.now(UTC) + timedelta(days=8)
    async with user_session(user_id) as session:
        for new in (
            NewTask(title="Varnish", project_id=project, start_date=day),
            NewTask(title="Some day", project_id=project),
            NewTask(title="Next year", project_id=project, due_date=day + timedelta(days=300)),
            NewTask(title="Weekly", project_id=project, start_date=day, recurrence_pattern="weekly"),
        ):
            await create_task(session, user_id, new)
        phases = await list_phases(session, project)

    placed = {phase.name: len(phase.tasks) for phase in phases}
    assert placed == {"Dig": 1, "Build": 1, "Paint": 2}
    tab = await tab_of(open_tab, user_id, project)
    assert [row.title for row in tab.show(PhasesState, "repeating")] == ["Weekly"]
    await tab.send(PhasesState.open_column, {"column": "repeating"})
    assert [row.title for row in tab.show(PhasesState, "opened_tasks")] == ["Weekly"]


async def all_starts(user_id: UUID) -> dict[str, datetime | None]:
    async with user_session(user_id) as session:
        rows = await session.execute(sa.select(col(Task.title), col(Task.start_date)).where(col(Task.title) != "Weed"))
        return {row[0]: row[1] for row in rows}


async def fill(user_id: UUID, project: UUID, phase: str, count: int) -> None:
    """That many more tasks in a phase, every second one done."""
    async with service_session("test") as session:
        home = (await session.execute(sa.select(col(Phase.id)).where(col(Phase.name) == phase))).scalar_one()
        tasks = [
            Task(
                user_id=user_id,
                project_id=project,
                title=f"{phase} {number:03}",
                status=("backlog", "done")[number % 2],
            )
            for number in range(count)
        ]
        session.add_all(tasks)
        await session.flush()
        session.add_all(PhaseTask(user_id=user_id, phase_id=home, task_id=task.id) for task in tasks)


async def test_counts_are_true_and_rows_few_in_a_large_project(open_tab: Any, user_id: UUID, project: UUID) -> None:
    await fill(user_id, project, "Build", 250)
    await fill(user_id, project, "Paint", 60)
    tab = await tab_of(open_tab, user_id, project)

    cards = {card.name: card for card in tab.show(PhasesState, "phases")}
    rows = {name: len(card.tasks) for name, card in cards.items()}
    assert (cards["Build"].progress, cards["Paint"].progress) == ("125 of 251 done", "30 of 61 done")
    assert {name: card.more + rows[name] for name, card in cards.items()} == {"Dig": 1, "Build": 251, "Paint": 61}
    assert 80 < sum(rows.values()) + len(tab.show(PhasesState, "backlog")) <= 100

    await tab.send(PhasesState.show, {"which": "done"})
    cards = {card.name: card for card in tab.show(PhasesState, "phases")}
    assert (cards["Build"].progress, cards["Build"].more + len(cards["Build"].tasks)) == ("125 of 251 done", 125)

    await tab.send(PhasesState.show, {"which": ""})
    await tab.send(PhasesState.open_column, {"column": phase_id(tab, "Build")})
    seen = [row.title for row in tab.show(PhasesState, "opened_tasks")]
    for first in (101, 201):
        await tab.send(PhasesState.turn_page, {"step": 1})
        assert tab.show(PhasesState, "opened_first") == first
        seen += [row.title for row in tab.show(PhasesState, "opened_tasks")]
    assert (len(seen), len(set(seen)), tab.show(PhasesState, "has_next")) == (251, 251, False)
    assert sum(len(card.tasks) for card in tab.show(PhasesState, "phases")) == 0
    await tab.send(PhasesState.turn_page, {"step": -1})
    assert [row.title for row in tab.show(PhasesState, "opened_tasks")] == seen[100:200]
    await tab.send(PhasesState.open_column, {"column": "no such phase"})
    assert tab.show(PhasesState, "opened") == ""


async def test_a_long_plan_is_shown_a_page_at_a_time(
    open_tab: Any, user_id: UUID, project: UUID, perform: Perform
) -> None:
    await fill(user_id, project, "Build", 260)
    await perform(GeneratePhases(project_id=project))
    tab = await tab_of(open_tab, user_id, project)
    await tab.send(ProposalState.load)
    phases = tab.show(ProposalState, "phases")
    assert sum(phase.count for phase in phases) == 134
    assert sum(len(phase.tasks) for phase in phases) <= 100

    await tab.send(ProposalState.look_at, {"order": 1, "page": 0})
    first, *others = tab.show(ProposalState, "phases")
    assert (len(first.tasks), first.has_more) == (first.count, False)
    assert [len(phase.tasks) for phase in others] == [0] * len(others)


async def test_somebody_elses_phase_cannot_be_reached(
    open_tab: Any, user_id: UUID, other_user_id: UUID, project: UUID
) -> None:
    mine = await tab_of(open_tab, user_id, project)
    theirs = await open_tab(other_user_id, f"/projects/{project}/phases")

    for handler, payload in (
        (PhaseEditState.edit, {"phase_id": phase_id(mine, "Build")}),
        (PhaseEditState.shift, {"phase_id": phase_id(mine, "Build"), "step": 1}),
        (PhaseEditState.move, {"task_id": await task_id("Weed"), "phase_id": phase_id(mine, "Build")}),
        (PlanState.open, {}),
        (OverdueState.open, {}),
    ):
        await theirs.send(handler, payload)

    assert (theirs.show(PhaseEditState, "mode"), theirs.show(PlanState, "is_open")) == ("", False)
    assert "Build" not in theirs.received
    before = shown(mine)
    await mine.send(PhasesState.load)
    assert shown(mine) == before
