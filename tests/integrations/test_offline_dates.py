"""What the rules make of dates that were taken back, of clocks elsewhere, and of sentences that only tell something."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from buildos_app.brain_dumps.extract import extract
from buildos_app.integrations.offline.engine import OfflineEngine

MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))


async def tasks_of(text: str) -> list[tuple[str, str]]:
    found = await extract(text, MONDAY, OfflineEngine())
    data = [operation["data"] for operation in found["operations"] if operation["table"] == "tasks"]
    return [(task["title"], (task.get("due_date") or task.get("start_date") or "")[:16]) for task in data]


@pytest.mark.parametrize(
    ("text", "title", "moment"),
    [
        ("Call Tom on Tuesday. No wait, make that Wednesday at 3.", "Call Tom", "2026-11-25T15:00"),
        ("Dinner Friday at 8, actually no, Saturday at 7.", "Dinner", "2026-11-28T19:00"),
        ("Meeting with Nadia on the 2nd - correction: the 3rd.", "Meeting with Nadia", "2026-12-03T09:00"),
        ("Call with the Seattle team 9am Pacific on Thursday", "Call with the Seattle team", "2026-11-26T18:00"),
        ("Webinar Wednesday 2pm ET", "Webinar", "2026-11-25T20:00"),
        ("7:30 breakfast with Tom", "Breakfast with Tom", "2026-11-24T07:30"),
        ("Dinner with parents at 7:30", "Dinner with parents", "2026-11-23T19:30"),
        ("Order the cake two days before the 10th of December", "Order the cake", "2026-12-08T09:00"),
        ("Don't forget library books due 3 Dec", "Library books", "2026-12-03T23:59"),
        ("Water the plants every other day", "Water the plants", "2026-11-23T09:00"),
    ],
)
async def test_one_task_on_the_day_that_is_meant(text: str, title: str, moment: str) -> None:
    assert await tasks_of(text) == [(title, moment)]


async def test_each_thing_of_a_list_has_its_own_time() -> None:
    assert await tasks_of("Gym at 7am, standup at 9:30, lunch with Ola 12:30") == [
        ("Gym", "2026-11-24T07:00"),
        ("Standup", "2026-11-23T09:30"),
        ("Lunch with Ola", "2026-11-23T12:30"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Lena picks up the kids on Thursday.",
        "The last sprint ended on Friday.",
        "Office closed Dec 24-26.",
        "Summer holidays begin on July 3.",
        "Leo's team ships on the 3rd.",
        "Working from home Tuesday.",
    ],
)
async def test_what_only_tells_something_is_no_task(text: str) -> None:
    assert await tasks_of(text) == []


async def test_next_friday_is_read_and_asked() -> None:
    found = await extract("Send the contract next Friday", MONDAY, OfflineEngine())
    [task] = [operation for operation in found["operations"] if operation["table"] == "tasks"]
    assert task["data"]["start_date"].startswith("2026-12-04")
