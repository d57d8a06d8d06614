"""Starts for the phases that are there, and phases for the backlog, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from buildos_app.errors import InvalidInput
from buildos_app.phases.backlog import find_places
from buildos_app.phases.facts import PhaseView
from buildos_app.phases.prompts import TaskToPlan
from buildos_app.phases.schedule import conflicts, propose_starts
from buildos_app.ports import Busy
from tests.phases.conftest import a_task
from tests.phases.test_plan import NOW, START, facts_of


def a_phase(name: str, first: int, last: int, *tasks: TaskToPlan) -> PhaseView:
    days = (START + timedelta(days=first), START + timedelta(days=last))
    return PhaseView(uuid4(), name, "", *days, {task.id: "" for task in tasks})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NOW.tzinfo)


def test_starts_are_found_around_what_has_its_time_already() -> None:
    posts = a_task("Posts", duration_minutes=120)
    boards = a_task("Boards", dependencies=[posts.id], start_date=at(24, 9))  # before its posts
    call = a_task("Call", start_date=at(23, 10), duration_minutes=60)
    weekly = a_task("Weekly", recurrence_pattern="weekly", start_date=at(1, 9))
    phase = a_phase("Build", 0, 4, boards, posts, weekly, a_task("Done", status="done"))
    facts = facts_of(call, boards, posts, weekly, phases=[phase, a_phase("Over", -9, -2)])

    found = propose_starts(facts, {phase.id}, [Busy(at(23, 11), at(23, 16))])

    assert [(each.task.title, f"{each.start:%d %H:%M}") for each in found] == [
        ("Posts", "24 09:00"),
        ("Boards", "24 11:00"),
    ]


def test_a_start_that_fits_is_not_proposed_again() -> None:
    task = a_task(start_date=at(24, 10))
    phase = a_phase("Build", 0, 4, task)

    assert propose_starts(facts_of(task, phases=[phase]), {phase.id}) == []


def test_without_an_open_task_there_is_nothing_to_schedule() -> None:
    task = a_task()
    over = a_phase("Over", -9, -2, task)

    with pytest.raises(InvalidInput, match="no open task to schedule"):
        propose_starts(facts_of(task, phases=[over]), {over.id})


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (at(24, 10), []),
        (at(23, 9), ["is past", "before “Posts” is done"]),
        (at(24, 16, 30), ["outside of your working hours"]),
        (at(28, 10), ["outside of Build", "outside of your working hours"]),
        (at(30, 10), ["moves to Next"]),
        (at(24, 13), ["at the time of “Call”"]),
        (at(25, 9), ["something is in your calendar then"]),
        (at(23, 12), ["before “Posts” is done"]),
    ],
)
def test_what_speaks_against_a_start(start: datetime, words: list[str]) -> None:
    posts = a_task("Posts", start_date=at(23, 14), duration_minutes=120)
    call = a_task("Call", start_date=at(24, 13, 30))
    task = a_task("Boards", dependencies=[posts.id])
    phases = [a_phase("Build", 0, 4, task, posts), a_phase("Next", 6, 9)]
    facts = facts_of(posts, call, task, phases=phases)

    assert conflicts(facts, task, start, {task.id: start}, [Busy(at(25, 9, 30), at(25, 12))]) == words


def places_of(*phases: PhaseView, tasks: list[TaskToPlan]) -> dict[str, tuple[str, str]]:
    titles = {task.id: task.title for task in tasks}
    names = {phase.id: phase.name for phase in phases}
    found = find_places(facts_of(*tasks, phases=list(phases)))
    return {titles[key]: (names[place.phase_id], place.reason) for key, place in found.items()}


def test_the_backlog_goes_by_date_by_what_it_waits_for_and_where_there_is_room() -> None:
    dig = a_task("Dig", duration_minutes=600)
    dated = a_task("Dated", due_date=at(30, 12))
    waits = a_task("Waits", dependencies=[dated.id])
    too_early = a_task("Too early", dependencies=[waits.id], start_date=at(24, 9))
    small = a_task("Small")
    phases = a_phase("Now", -3, 4, dig), a_phase("Next", 5, 11)

    assert places_of(*phases, tasks=[too_early, waits, small, dated, dig, a_task("Done", status="done")]) == {
        "Dated": ("Next", "its date lies here"),
        "Waits": ("Next", "waits for “Dated”"),
        "Too early": ("Next", "waits for “Waits”"),
        "Small": ("Next", "there is room for it here"),
    }


def test_what_repeats_waits_in_no_backlog_and_a_long_task_goes_where_it_begins() -> None:
    weekly = a_task("Weekly", recurrence_pattern="weekly", start_date=at(24, 9))
    long = a_task("Long", start_date=at(24, 9), due_date=at(30, 12))
    phases = a_phase("Now", 0, 4), a_phase("Next", 5, 11)

    assert places_of(*phases, tasks=[weekly, long]) == {"Long": ("Now", "its date lies here")}
    with pytest.raises(InvalidInput, match="no open task"):
        places_of(*phases, tasks=[weekly])


def test_starts_are_found_for_some_around_the_others_of_their_phase() -> None:
    posts = a_task("Posts", start_date=at(23, 10), duration_minutes=120)
    rake = a_task("Rake")
    phase = a_phase("Build", 0, 4, posts, rake, a_task("Seed"))
    facts = facts_of(posts, rake, a_task("Seed"), phases=[phase])

    found = propose_starts(facts, {phase.id}, only={rake.id})

    assert [(each.task.title, f"{each.start:%d %H:%M}") for each in found] == [("Rake", "23 12:00")]


def test_a_circle_and_a_phase_that_is_over_do_no_harm() -> None:
    first, second = uuid4(), uuid4()
    circle: list[Any] = [a_task("A", id=first, dependencies=[second]), a_task("B", id=second, dependencies=[first])]
    old = a_task("Old")
    late = a_task("Late", dependencies=[old.id], due_date=datetime(2026, 11, 2, tzinfo=UTC))

    found = places_of(a_phase("Over", -30, -9, old), a_phase("Now", 0, 5), tasks=[*circle, late, old])

    assert {place for place, _ in found.values()} == {"Now"}


def test_nothing_is_assigned_where_every_phase_is_over() -> None:
    with pytest.raises(InvalidInput, match="Every phase is over"):
        find_places(facts_of(a_task(), phases=[a_phase("Over", -9, -2)]))
    with pytest.raises(InvalidInput, match="no open task"):
        find_places(facts_of(phases=[a_phase("Now", 0, 2)], start=date(2026, 11, 1)))


def test_a_chosen_task_begins_after_what_it_waits_for_even_if_that_is_not_chosen() -> None:
    posts = a_task("Posts", start_date=at(24, 14), duration_minutes=120)
    boards = a_task("Boards", dependencies=[posts.id])
    early = a_task("Early", dependencies=[posts.id], start_date=at(24, 9))
    phase = a_phase("Build", 0, 4, posts, boards, early)

    found = propose_starts(facts_of(posts, boards, early, phases=[phase]), {phase.id}, only={boards.id, early.id})

    assert {each.task.title for each in found} == {"Boards", "Early"}
    assert all(each.start >= at(24, 16) for each in found)
