"""The docs name what there is."""

import re

import pytest

from buildos_app.db.schema import SQL_FOLDER
from buildos_app.notifications.events import Event
from buildos_app.queue.job import load_job_types
from buildos_app.queue.words import WORDS
from buildos_app.settings import ROOT, Settings
from worker.__main__ import KNOWN_JOB_TYPES

OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("setting", [name.upper() for name in Settings.model_fields])
def test_every_setting_is_told(setting: str) -> None:
    assert re.search(rf"\b{setting}\b", OPERATIONS)


@pytest.mark.parametrize("job_type", sorted({*KNOWN_JOB_TYPES, *load_job_types()}))
def test_every_job_type_is_told(job_type: str) -> None:
    assert f"`{job_type}`" in OPERATIONS


@pytest.mark.parametrize("job_type", sorted({*KNOWN_JOB_TYPES, *load_job_types()}))
def test_every_job_type_has_words_for_people(job_type: str) -> None:
    assert job_type in WORDS, f"add {job_type} to buildos_app/queue/words.py"


@pytest.mark.parametrize("event", sorted(set(Event.kinds) - {"unknown"}))
def test_every_event_is_told(event: str) -> None:
    assert f"`{event}`" in OPERATIONS


def test_every_function_of_the_queue_is_told() -> None:
    names = {path.stem for path in (SQL_FOLDER / "queue").glob("*_job*.sql")} | {"get_queue_stats"}

    assert {name for name in names - {"known_job_types"} if f"`{name}" not in OPERATIONS} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page) -> None:  # type: ignore[no-untyped-def]
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target
