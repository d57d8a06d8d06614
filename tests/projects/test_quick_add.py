"""The quick line: every line of quick_lines.txt in four zones, as `line => title | chip | chip`.

"Now" is Monday 23 November 2026, 10:00 on the person's wall, as in the tests of the phrases.
"""

from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildos_app.projects.quick_add import QuickTask, read_line
from buildos_app.projects.recurrence import check_rule
from buildos_app.ui.task_views import quick_chips

LINES = [tuple(line.split(" => ", 1)) for line in (Path(__file__).parent / "quick_lines.txt").read_text().splitlines()]
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]
PROJECTS = {UUID(int=1): "Garden before winter", UUID(int=2): "Website relaunch", UUID(int=3): "Thesis, chapter 3"}


def now_in(zone: str) -> datetime:
    return datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo(zone))


def said(quick: QuickTask, now: datetime) -> str:
    return " | ".join([quick.title, *(chip.text for chip in quick_chips(quick, now))]).strip()


def test_there_are_lines_enough() -> None:
    assert len({line for line, _ in LINES}) >= 150


@pytest.mark.parametrize("zone", ZONES)
def test_every_line_shows_its_chips(zone: str) -> None:
    now = now_in(zone)

    found = [(line, said(read_line(line, now, PROJECTS), now)) for line, _ in LINES]

    assert found == LINES


@pytest.mark.parametrize("zone", ZONES)
def test_moments_are_of_the_persons_zone(zone: str) -> None:
    quick = read_line("call Ana tomorrow 15:00", now_in(zone), PROJECTS)

    assert quick.start == datetime(2026, 11, 24, 15, 0, tzinfo=ZoneInfo(zone))


def test_without_a_tag_a_task_goes_to_the_project_that_is_open() -> None:
    here = UUID(int=3)

    assert read_line("tidy desk", now_in(ZONES[0]), PROJECTS, here=here).project_id == here
    assert read_line("tidy desk #garden", now_in(ZONES[0]), PROJECTS, here=here).project_id == UUID(int=1)
    assert read_line("tidy desk", now_in(ZONES[0]), PROJECTS, here=UUID(int=9)).project_id is None


WORDS = st.sampled_from(
    'tomorrow Monday every 15:00 at by 3 until Friday and 30m 2h !high #garden "x" !! , - month the 31st : é'.split()
)


@given(line=st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join)))
def test_any_line_is_read_and_none_of_its_words_is_made_up(line: str) -> None:
    quick = read_line(line, now_in("Europe/Berlin"), PROJECTS)

    assert all(letter in line for letter in quick.title.replace(" ", ""))
    assert quick.recurrence_rule is None or check_rule(quick.recurrence_rule)
    assert quick.recurrence_pattern is None or quick.start is not None
    quick_chips(quick, now_in("Europe/Berlin"))
