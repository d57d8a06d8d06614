"""The offline engine reads as well as promised, on dumps that its rules were never made for too."""

import pytest

from buildos_app.integrations.offline.engine import OfflineEngine
from tests.evals.__main__ import measure, total
from tests.evals.cases import HALVES, load_cases


def test_there_are_enough_dumps() -> None:
    cases = [case for half in HALVES for case in load_cases(half)]

    assert len(cases) >= 40
    assert len({str(case.now.tzinfo) for case in cases}) >= 6


@pytest.mark.parametrize("half", HALVES)
async def test_tasks_dates_and_additions_to_notes_are_found(half: str) -> None:
    titles, dates, additions = total(await measure(half, OfflineEngine()))

    assert titles.f1 >= 0.85
    assert dates.f1 >= 0.9
    assert additions.f1 >= 0.9
