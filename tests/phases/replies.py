"""Recorded replies of models: a file each, with the project that was asked about and the exact plan that comes of it.

`#1` stands for the id of the task with that number, in the tasks, in the reply and in the plan. A reply is JSON, or
`text` as it came over the wire. What is expected is the plan, or `refused` with the words of the error.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from buildos_app.accounts.working_hours import WorkingHours
from buildos_app.phases.facts import ProjectFacts
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.prompts import PhasePlan, TaskToPlan
from buildos_app.phases.queries import StoredPlan
from buildos_app.ports import Busy

FOLDER = Path(__file__).parent / "replies"
NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))


@dataclass(frozen=True)
class Recorded:
    """One file."""

    name: str
    says: str
    facts: ProjectFacts
    options: PlanOptions
    busy: list[Busy]
    reply: str
    expected: dict[str, Any]


def recorded(path: Path) -> Recorded:
    """Read a file."""
    data = json.loads(_with_ids(path.read_text()))
    tasks = [TaskToPlan(**{"status": "backlog", "priority": "medium", **task}) for task in data["tasks"]]
    options = PlanOptions.model_validate({"start": "2026-11-23", "end": "2026-12-20", **data.get("options", {})})
    facts = ProjectFacts(
        id=UUID(int=99),
        name="Garden",
        description="",
        context="",
        tags=[],
        start=options.start,
        end=options.end,
        now=NOW,
        hours=WorkingHours(),
        tasks=tasks,
        phases=[],
    )
    busy = [Busy(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in data.get("busy", [])]
    reply = data["text"] if "text" in data else json.dumps(data["reply"])
    return Recorded(path.stem, data["says"], facts, options, busy, reply, data["expected"])


def as_expected(stored: StoredPlan) -> dict[str, Any]:
    """A plan in the words of the files."""
    plan: PhasePlan = stored.plan
    return {
        "phases": [[phase.name, _day(phase.start_date), _day(phase.end_date)] for phase in plan.phases],
        "tasks": {str(item.task_id): _place(item) for item in plan.assignments},
        **({"summary": plan.summary} if plan.summary else {}),
    }


def _place(item: Any) -> list[Any]:
    start = f"{item.suggested_start:%a %d %b %H:%M}" if item.suggested_start else None
    return [item.phase_order, item.reason, *filter(None, [start, "start taken away" if item.clears_start else None])]


def _day(day: date) -> str:
    return day.isoformat()


def _with_ids(text: str) -> str:
    return re.sub(r"#(\d)", lambda found: str(UUID(int=int(found[1]))), text)
