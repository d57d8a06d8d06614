"""`buildos extract`, and which words led to nothing."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from buildos_app.brain_dumps.coverage import coverage, unused_spans
from buildos_app.brain_dumps.extract import extract
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.settings import ROOT
from tests.evals.cases import HALVES, load_cases

TEXT = "I really need to buy milk. Weird day.\nCall Anna tomorrow at 3pm about the 🎂.\nMilch kaufen\n"


def test_the_command_prints_the_shape_that_scripts_read(tmp_path: Path) -> None:
    file = tmp_path / "dump.txt"
    file.write_text(TEXT)

    command = [sys.executable, "-m", "buildos_app.cli", "extract", str(file), "--now", "2026-11-23T09:00"]
    command += ["--timezone", "Europe/Berlin", "--json"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    found = json.loads(result.stdout)
    assert set(found) == {"engine", "operations", "unused"}
    assert found["engine"] == "offline"
    assert all(set(each) == {"table", "operation", "data", "quote", "start", "end"} for each in found["operations"])
    assert all(set(each) == {"quote", "start", "end"} for each in found["unused"])
    tasks = {each["data"]["title"]: each for each in found["operations"] if each["table"] == "tasks"}
    assert tasks["Call Anna about the 🎂"]["data"]["start_date"] == "2026-11-24T15:00:00+01:00"
    assert [each["quote"] for each in found["unused"]] == ["Weird day.", "Milch kaufen"]


async def test_moments_end_in_an_offset_in_utc_too() -> None:
    found = await extract("Call Anna at 3pm", datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("UTC")), OfflineEngine())

    assert [each["data"]["start_date"] for each in found["operations"] if each["table"] == "tasks"] == [
        "2026-11-23T15:00:00+00:00"
    ]


async def test_nothing_is_lost_in_any_dump() -> None:
    """Every place says its words, and each line is either used or listed as unused."""
    for case in [case for half in HALVES for case in load_cases(half)]:
        found = await extract(case.content, case.now, OfflineEngine())
        places = [each for each in [*found["operations"], *found["unused"]] if each["quote"]]

        assert all(case.content[each["start"] : each["end"]] == each["quote"] for each in places)
        at = 0
        for line in case.content.splitlines(keepends=True):
            if any(letter.isalnum() for letter in line):
                assert any(each["start"] < at + len(line) and each["end"] > at for each in places), line
            at += len(line)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.data())
def test_the_stretches_of_a_dump_are_the_dump(content: str, data: st.DataObject) -> None:
    spot = st.integers(0, len(content))
    spans = [(min(pair), max(pair)) for pair in data.draw(st.lists(st.tuples(spot, spot), max_size=5))]

    segments = coverage(content, spans)

    assert "".join(segment.text for segment in segments) == content
    assert all(content[s.start : s.start + len(s.text)] == s.text for s in segments)
    gaps = [(s.start, s.start + len(s.text)) for s in segments if s.kind == "gap"]
    assert gaps == unused_spans(content, spans)
