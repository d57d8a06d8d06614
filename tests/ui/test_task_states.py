"""Quick add, Today and the task panel, through Reflex's own event processor."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from buildos_app.db.session import service_session, user_session
from buildos_app.models.phase import Phase, PhaseTask
from buildos_app.models.project import Project, Task
from buildos_app.projects.fields import NewTask
from buildos_app.projects.queries import TaskView, get_task
from buildos_app.projects.tasks import change_task, create_task, delete_tasks
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.project.tasks_state import ProjectTasksState
from buildos_app.ui.pages.settings.hours.state import HoursState
from buildos_app.ui.pages.today.state import TodayState
from buildos_app.ui.tasks.panel_actions import PanelActionState
from buildos_app.ui.tasks.panel_state import TaskPanelState
from buildos_app.ui.tasks.quick_add_state import QuickAddState
from buildos_app.ui.tasks.undo import UndoState
from buildos_app.ui.views import plain_words

BERLIN = ZoneInfo("Europe/Berlin")


async def make(user_id: UUID, title: str = "Water the pots", **fields: Any) -> TaskView:
    async with user_session(user_id) as session:
        return await create_task(session, user_id, NewTask(title=title, **fields))


async def read(user_id: UUID, task_id: UUID) -> TaskView:
    async with user_session(user_id) as session:
        return await get_task(session, task_id)


async def open_panel(open_tab: Any, user_id: UUID, task: TaskView, on: str = "") -> Any:
    tab = await open_tab(user_id, f"/?task={task.id}" + (f"&on={on}" if on else ""))
    await tab.send(TaskPanelState.sync)
    assert tab.show(TaskPanelState, "view") == "ready"
    return tab


def form(tab: Any, **changed: str) -> dict[str, Any]:
    """The form as the browser sends it."""
    return {"form": {**tab.show(TaskPanelState, "fields"), **changed}}


async def test_a_quick_line_shows_chips_and_becomes_a_task(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/")
    await tab.send(TodayState.load)
    assert tab.show(TodayState, "is_new")

    await tab.send(QuickAddState.read, {"line": "call Ana today 23:59 30m !high"})
    assert [chip.text for chip in tab.show(QuickAddState, "chips")] == ["today · 23:59", "30 min", "high"]
    await tab.send(QuickAddState.add, {"form": {"line": "call Ana today 23:59 30m !high"}})

    assert [row.title for row in tab.show(TodayState, "today")] == ["call Ana"]
    assert "of 8 h" in tab.show(TodayState, "load_words") or "day off" in tab.show(TodayState, "load_words")
    await tab.send(UndoState.undo)
    assert tab.show(TodayState, "today") == []


async def test_a_last_letter_that_comes_late_hides_no_answer(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/")

    await tab.send(QuickAddState.add, {"form": {"line": "call Ana today"}})
    await tab.send(QuickAddState.read, {"line": "call Ana today"})
    assert tab.show(QuickAddState, "view") == "added"
    await tab.send(QuickAddState.read, {"line": "c"})

    assert tab.show(QuickAddState, "view") == "reading"


async def test_a_date_alone_is_no_task(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/")

    await tab.send(QuickAddState.add, {"form": {"line": "tomorrow"}})

    assert (tab.show(QuickAddState, "view"), tab.show(QuickAddState, "note")) == (
        "problem",
        "Say what is to be done: a date alone is no task.",
    )
    assert tab.show(QuickAddState, "refused") == "tomorrow"
    await tab.send(QuickAddState.add, {"form": {"line": "call Ana tomorrow"}})
    assert tab.show(QuickAddState, "refused") == ""


async def test_today_lists_a_date_of_a_series_and_takes_a_tick_back(open_tab: Any, user_id: UUID) -> None:
    start = datetime(2026, 1, 1, 9, tzinfo=BERLIN)
    task = await make(user_id, start_date=start, recurrence_pattern="daily")
    tab = await open_tab(user_id, "/")
    await tab.send(TodayState.load)
    (row,), (late,) = tab.show(TodayState, "today"), tab.show(TodayState, "past_due")
    assert row.id.startswith(f"{task.id}@") and any("missed" in chip.text for chip in late.chips)

    await tab.send(TodayState.toggle, {"task_id": row.id})
    assert tab.show(TodayState, "today")[0].done
    await tab.send(TodayState.load)
    assert tab.show(TodayState, "past_due") == []  # the missed ones are left out with it
    await tab.send(UndoState.undo)

    await tab.send(TodayState.load)
    assert not tab.show(TodayState, "today")[0].done and len(tab.show(TodayState, "past_due")) == 1
    await tab.send(TodayState.skip, {"task_id": tab.show(TodayState, "today")[0].id})
    assert tab.show(TodayState, "today") == []


async def test_a_refused_tick_is_taken_back(open_tab: Any, user_id: UUID) -> None:
    task = await make(user_id)
    tab = await open_tab(user_id, "/")
    await tab.send(TodayState.load)
    async with user_session(user_id) as session:
        await delete_tasks(session, [task.id])

    await tab.send(TodayState.toggle, {"task_id": str(task.id)})
    for event in tab.events:
        if event.name.endswith("inbox.report"):
            await tab.send(Inbox.report, event.payload)

    assert tab.show(Inbox, "answer")["text"] == "That task no longer exists."
    assert tab.show(Inbox, "refusals") > 0


async def test_the_panel_saves_only_what_was_changed(open_tab: Any, user_id: UUID) -> None:
    task = await make(user_id, start_date=datetime(2030, 5, 6, 9, tzinfo=BERLIN), duration_minutes=90)
    tab = await open_panel(open_tab, user_id, task)
    assert tab.show(TaskPanelState, "fields")["start_time"] == ""

    await tab.send(TaskPanelState.save, form(tab, title="Water all pots", start_time="09:00"))

    saved = await read(user_id, task.id)
    assert (saved.title, saved.start_has_time, saved.duration_minutes) == ("Water all pots", True, 90)
    assert (tab.show(TaskPanelState, "saved"), tab.show(TaskPanelState, "newer")) == ("Saved", "")
    assert [row.what for row in tab.show(TaskPanelState, "activity")][-1] == "Made"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": " "}, "Give it a title."),
        ({"duration": "soon"}, "could not be read as a duration"),
        ({"start_day": "tomorrow"}, "is no date"),
        ({"pattern": "weekly"}, "needs a first day"),
        ({"project_id": "00000000-0000-0000-0000-000000000001"}, "does not exist"),
    ],
)
async def test_what_does_not_fit_is_said_and_kept_open(
    open_tab: Any, user_id: UUID, changed: dict[str, str], message: str
) -> None:
    task = await make(user_id)
    tab = await open_panel(open_tab, user_id, task)

    await tab.send(TaskPanelState.save, form(tab, **changed))
    assert message in tab.show(TaskPanelState, "problem")
    await tab.send(TaskPanelState.close)
    assert tab.show(TaskPanelState, "view") == "ready"
    await tab.send(TaskPanelState.close)

    assert tab.show(TaskPanelState, "view") == "closed"
    assert (await read(user_id, task.id)).version == 1


async def test_an_edit_of_the_panel_is_taken_back_with_its_details(open_tab: Any, user_id: UUID) -> None:
    task = await make(user_id, details="Twice a **week**")
    tab = await open_panel(open_tab, user_id, task)
    await tab.send(TaskPanelState.save, form(tab, title="Water them", details="Daily", priority="high"))
    assert (await read(user_id, task.id)).details == "Daily"

    await tab.send(UndoState.undo)

    there = await read(user_id, task.id)
    assert (there.title, there.details, there.priority) == ("Water the pots", "Twice a **week**", "medium")
    await tab.send(TaskPanelState.sync)
    assert "Changed in another place" in tab.show(TaskPanelState, "newer"), "the browser takes it where nobody types"
    await tab.send(TaskPanelState.take_newer)
    assert tab.show(TaskPanelState, "fields")["title"] == "Water the pots"


async def test_the_panel_names_the_phase_and_a_date_outside_of_it(
    open_tab: Any, user_id: UUID, garden: Project
) -> None:
    task = await make(user_id, project_id=garden.id, due_date=datetime(2026, 12, 30, 12, tzinfo=BERLIN))
    async with user_session(user_id) as session:
        phase = Phase(
            user_id=user_id,
            project_id=garden.id,
            name="Digging",
            start_date=date(2026, 12, 1),
            end_date=date(2026, 12, 12),
            order=1,
        )
        session.add(phase)
        await session.flush()
        session.add(PhaseTask(user_id=user_id, phase_id=phase.id, task_id=task.id))

    tab = await open_panel(open_tab, user_id, task)

    assert tab.show(TaskPanelState, "phase") == "Digging"
    assert tab.show(TaskPanelState, "phase_href") == f"/projects/{garden.id}/phases"
    assert tab.show(TaskPanelState, "phase_warning").endswith("which is Tue 1 Dec to Sat 12 Dec.")


async def test_a_newer_version_is_offered_and_never_overwritten(open_tab: Any, user_id: UUID) -> None:
    task = await make(user_id)
    tab = await open_panel(open_tab, user_id, task)
    async with user_session(user_id) as session:
        await change_task(session, task.id, {"title": "Changed elsewhere"})

    await tab.send(TaskPanelState.save, form(tab, title="Mine"))
    assert tab.show(TaskPanelState, "newer") == "Changed in another place: title."
    assert (await read(user_id, task.id)).title == "Changed elsewhere"

    await tab.send(TaskPanelState.save, form(tab, priority="high"))  # another field is no clash
    assert (await read(user_id, task.id)).title == "Changed elsewhere"
    assert (await read(user_id, task.id)).priority == "high"
    assert tab.show(TaskPanelState, "newer") == "Changed in another place: title."

    await tab.send(TaskPanelState.keep_mine)
    await tab.send(TaskPanelState.save, form(tab, title="Mine", priority="high"))
    assert (await read(user_id, task.id)).title == "Mine"


async def test_a_change_of_another_tab_is_offered_at_once(open_tab: Any, user_id: UUID) -> None:
    task = await make(user_id)
    first, second = [await open_panel(open_tab, user_id, task) for _ in range(2)]
    await second.send(TaskPanelState.save, form(second, details="From the other tab"))

    await first.send(Inbox.sync)
    assert first.show(TaskPanelState, "newer") == "Changed in another place: details."
    assert first.show(TaskPanelState, "fields")["details"] == ""
    await first.send(TaskPanelState.take_newer)

    assert first.show(TaskPanelState, "fields")["details"] == "From the other tab"
    assert first.show(TaskPanelState, "newer") == ""


async def test_one_date_of_a_series_is_changed_alone(open_tab: Any, user_id: UUID) -> None:
    start = datetime.now(BERLIN).replace(hour=9, minute=0, second=0, microsecond=0)
    task = await make(user_id, start_date=start, recurrence_pattern="weekly")
    tab = await open_panel(open_tab, user_id, task, on=f"{start:%Y-%m-%d}")
    assert len(tab.show(TaskPanelState, "dates")) == 5

    await tab.send(TaskPanelState.save, form(tab, title="Only today"))

    (address,) = tab.redirects
    own = await read(user_id, UUID(address.partition("task=")[2]))
    assert (own.title, own.recurrence_pattern) == ("Only today", None)
    assert (await read(user_id, task.id)).title == "Water the pots"


async def test_steps_and_what_a_task_waits_for(open_tab: Any, user_id: UUID) -> None:
    task, other = await make(user_id), await make(user_id, "Buy a can")
    tab = await open_panel(open_tab, user_id, task)

    await tab.send(PanelActionState.add_step, {"form": {"step": " fill  the can "}})
    await tab.send(PanelActionState.add_step, {"form": {"step": "pour"}})
    await tab.send(PanelActionState.toggle_step, {"index": 0})
    await tab.send(PanelActionState.remove_step, {"index": 1})
    assert [(step.text, step.done) for step in tab.show(TaskPanelState, "steps")] == [("fill the can", True)]

    await tab.send(PanelActionState.add_need, {"needs_id": str(other.id)})
    assert [need.name for need in tab.show(TaskPanelState, "needs")] == ["Buy a can"]
    assert tab.show(TaskPanelState, "choices") == []
    await tab.send(PanelActionState.remove_need, {"needs_id": str(other.id)})
    assert tab.show(TaskPanelState, "needs") == []


async def test_a_deleted_task_is_restored_from_its_panel(open_tab: Any, user_id: UUID) -> None:
    task = await make(user_id)
    tab = await open_panel(open_tab, user_id, task)
    await tab.send(PanelActionState.delete)
    assert tab.show(TaskPanelState, "view") == "closed"

    tab = await open_panel(open_tab, user_id, task)
    assert tab.show(TaskPanelState, "deleted")
    await tab.send(PanelActionState.restore)

    assert not tab.show(TaskPanelState, "deleted")


async def test_a_panel_that_was_closed_opens_again_at_once(open_tab: Any, user_id: UUID) -> None:
    """News of an address that has not followed yet leaves it closed; opening that address again does not wait."""
    tab = await open_panel(open_tab, user_id, await make(user_id))
    await tab.send(TaskPanelState.close)
    await tab.send(Inbox.sync)
    assert tab.show(TaskPanelState, "view") == "closed"

    await tab.send(Inbox.open)

    assert tab.show(TaskPanelState, "view") == "ready"


async def test_a_task_of_somebody_else_has_no_panel(open_tab: Any, user_id: UUID, other_user_id: UUID) -> None:
    task = await make(user_id, "A secret plan")
    tab = await open_tab(other_user_id, f"/?task={task.id}")

    await tab.send(TaskPanelState.sync)
    await tab.send(TaskPanelState.save, {"form": {"title": "Mine now"}})
    await tab.send(PanelActionState.delete)

    assert tab.show(TaskPanelState, "view") == "missing"
    assert "A secret plan" not in tab.received
    assert (await read(user_id, task.id)).title == "A secret plan"


@pytest.fixture
async def garden(user_id: UUID) -> Project:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
    return project


async def test_a_project_lists_filters_and_changes_many(open_tab: Any, user_id: UUID, garden: Project) -> None:
    late = datetime(2026, 1, 5, 9, tzinfo=BERLIN)
    mow = await make(user_id, "Mow", project_id=garden.id, due_date=late)
    await make(user_id, "Weed", project_id=garden.id)
    await make(user_id, "Water", project_id=garden.id, start_date=late, recurrence_pattern="daily")
    tab = await open_tab(user_id, f"/projects/{garden.id}/tasks")
    await tab.send(ProjectTasksState.load)
    assert [row.title for row in tab.show(ProjectTasksState, "tasks")] == ["Mow", "Water", "Weed"]
    counts = tab.show(ProjectTasksState, "counts")
    assert counts == {"active": 3, "scheduled": 2, "overdue": 1, "recurring": 1, "done": 0, "deleted": 0}

    await tab.send(ProjectTasksState.select, {"task_id": str(mow.id)})
    await tab.send(ProjectTasksState.change_date, {"form": {"date": "by Friday noon"}})
    assert (await read(user_id, mow.id)).due_has_time
    await tab.send(ProjectTasksState.select_all)
    await tab.send(ProjectTasksState.change, {"what": "priority", "value": "high"})
    await tab.send(ProjectTasksState.select_all)
    await tab.send(ProjectTasksState.change, {"what": "delete", "value": ""})
    assert tab.show(ProjectTasksState, "tasks") == []
    await tab.send(ProjectTasksState.show, {"which": "deleted"})
    assert len(tab.show(ProjectTasksState, "tasks")) == 3
    await tab.send(UndoState.undo)
    await tab.send(ProjectTasksState.show, {"which": "active"})
    assert len(tab.show(ProjectTasksState, "tasks")) == 3
    assert (await read(user_id, mow.id)).priority == "high"


async def test_a_bulk_change_that_does_not_fit_changes_nothing(open_tab: Any, user_id: UUID, garden: Project) -> None:
    tasks = [await make(user_id, title, project_id=garden.id) for title in ("Mow", "Weed")]
    tab = await open_tab(user_id, f"/projects/{garden.id}/tasks")
    await tab.send(ProjectTasksState.load)
    await tab.send(ProjectTasksState.select_all)

    await tab.send(ProjectTasksState.change_date, {"form": {"date": "the day of days"}})

    assert [(await read(user_id, task.id)).version for task in tasks] == [1, 1]
    assert len(tab.show(ProjectTasksState, "selected")) == 2


async def test_a_card_moves_across_the_board(open_tab: Any, user_id: UUID, garden: Project) -> None:
    task = await make(user_id, "Mow", project_id=garden.id)
    tab = await open_tab(user_id, f"/projects/{garden.id}/tasks")
    await tab.send(ProjectTasksState.load)
    await tab.send(ProjectTasksState.lay_out, {"layout": "board"})

    await tab.send(ProjectTasksState.move, {"task_id": str(task.id), "status": "done"})

    columns = {column.status: [row.title for row in column.tasks] for column in tab.show(ProjectTasksState, "columns")}
    assert columns == {"backlog": [], "in_progress": [], "blocked": [], "done": ["Mow"]}
    assert (await read(user_id, task.id)).completed_at is not None


async def test_pages_of_a_long_list_meet(open_tab: Any, user_id: UUID, garden: Project) -> None:
    async with service_session("test") as session:
        session.add_all(
            Task(
                user_id=user_id,
                project_id=garden.id,
                title=f"Task {number}",
                due_date=datetime(2026, 1, number % 9 + 1, tzinfo=BERLIN) if number % 3 else None,
            )
            for number in range(120)
        )
    tab = await open_tab(user_id, f"/projects/{garden.id}/tasks")
    for sort in ("date", "newest", "updated"):
        await tab.send(ProjectTasksState.order, {"sort": sort})
        await tab.send(ProjectTasksState.more)
        await tab.send(ProjectTasksState.more)

        rows = tab.show(ProjectTasksState, "tasks")
        assert len({row.id for row in rows}) == len(rows) == 120
        assert not tab.show(ProjectTasksState, "has_more")


async def test_working_hours_are_kept_and_refused_backwards(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/settings/hours")
    await tab.send(HoursState.load)
    assert tab.show(HoursState, "days") == [True] * 5 + [False] * 2

    await tab.send(HoursState.save, {"form": {"start": "17:00", "end": "09:00", "day-1": True}})
    assert tab.show(HoursState, "error").startswith("A working day ends after it begins")
    await tab.send(HoursState.save, {"form": {"start": "08:30", "end": "16:00", "day-1": "on", "day-6": "on"}})

    assert (tab.show(HoursState, "start"), tab.show(HoursState, "end")) == ("08:30", "16:00")
    assert tab.show(HoursState, "days") == [True, False, False, False, False, True, False]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Try **Safari**.\n\n- [x] guest\n- [ ] a `card`", "Try Safari. guest a card"),
        ("# Plan\n1. [Ask](https://x.example) *Ana*", "Plan Ask Ana"),
        ("2 * 3 is snake_case_6", "2 * 3 is snake_case_6"),
    ],
)
def test_the_line_below_a_title_has_no_marks(markdown: str, words: str) -> None:
    assert plain_words(markdown) == words
