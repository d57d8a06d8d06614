"""An export for reading without BuildOS: Markdown by project and dump, and a calendar."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
_FREQUENCIES = {
    "daily": "FREQ=DAILY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekly": "FREQ=WEEKLY",
    "biweekly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
    "quarterly": "FREQ=MONTHLY;INTERVAL=3",
    "yearly": "FREQ=YEARLY",
}
_PRIORITIES = {"high": 1, "medium": 5, "low": 9}
_UNSAFE = re.compile(r"[^a-z0-9-]+")


def markdown_files(tables: dict[str, list[Row]]) -> dict[str, str]:
    """Path and text: a file for each project with its tasks and notes, one for what has none, one for each dump."""
    tasks, notes = _by_project(tables.get("tasks", [])), _by_project(tables.get("notes", []))
    files = {
        f"markdown/projects/{_file_name(project['slug'], project['id'])}.md": _project(
            project, tasks[project["id"]], notes[project["id"]]
        )
        for project in tables.get("projects", [])
    }
    files["markdown/no-project.md"] = _page("Without a project", "", tasks[None], notes[None])
    for dump in tables.get("brain_dumps", []):
        name = _file_name(dump.get("title") or "", dump["id"])
        files[f"markdown/dumps/{dump['created_at'][:10]}-{name}.md"] = (
            f"# {dump.get('title') or 'Brain dump'}\n\n{dump['created_at']}\n\n{dump['content']}\n"
        )
    for brief in tables.get("daily_briefs", []):
        files[f"markdown/briefs/{brief['brief_date']}.md"] = f"{brief.get('markdown') or ''}\n"
    return files


def calendar(tasks: list[Row]) -> str:
    """Tasks with a moment as iCalendar (RFC 5545): a VTODO each, and a VEVENT for what is planned for a time."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//BuildOS//Export//EN"]
    for task in tasks:
        if task.get("deleted_at") is None and (task.get("start_date") or task.get("due_date")):
            lines += _todo(task)
            lines += _event(task) if task.get("start_date") else []
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _project(project: Row, tasks: list[Row], notes: list[Row]) -> str:
    parts = [project.get("description"), project.get("executive_summary"), project.get("context")]
    return _page(project["name"], "\n\n".join(part for part in parts if part), tasks, notes)


def _page(title: str, text: str, tasks: list[Row], notes: list[Row]) -> str:
    parts = [f"# {title}", text]
    if tasks:
        parts += ["## Tasks", "\n".join(_line(task) for task in tasks if task.get("deleted_at") is None)]
    if notes:
        parts += ["## Notes", *(f"### {note.get('title') or 'Note'}\n\n{note.get('content', '')}" for note in notes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(task: Row) -> str:
    box = "x" if task["status"] == "done" else " "
    due = f" (due {task['due_date']})" if task.get("due_date") else ""
    return f"- [{box}] {' '.join(task['title'].split())}{due}"


def _by_project(rows: list[Row]) -> dict[str | None, list[Row]]:
    found: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.get("project_id")].append(row)
    return found


def _file_name(words: str, row_id: str) -> str:
    """A name that every system takes, and that no other row has."""
    return f"{_UNSAFE.sub('-', words.lower()).strip('-')[:60] or 'untitled'}-{row_id[-6:]}"


def _todo(task: Row) -> list[str]:
    done = ["STATUS:COMPLETED"] if task["status"] == "done" else ["STATUS:NEEDS-ACTION"]
    due = [f"DUE:{_moment(task['due_date'])}"] if task.get("due_date") else []
    return ["BEGIN:VTODO", *_shared(task, "task"), *due, *done, "END:VTODO"]


def _event(task: Row) -> list[str]:
    start = datetime.fromisoformat(task["start_date"])
    end = start + timedelta(minutes=task.get("duration_minutes") or 30)
    times = [f"DTSTART:{_moment(start.isoformat())}", f"DTEND:{_moment(end.isoformat())}"]
    rule = _FREQUENCIES.get(task.get("recurrence_pattern") or "")
    return ["BEGIN:VEVENT", *_shared(task, "event"), *times, *([f"RRULE:{rule}"] if rule else []), "END:VEVENT"]


def _shared(task: Row, kind: str) -> list[str]:
    return [
        f"UID:{task['id']}-{kind}@buildos",
        f"DTSTAMP:{_moment(task['updated_at'])}",
        f"SUMMARY:{_text(task['title'])}",
        *([f"DESCRIPTION:{_text(task['description'])}"] if task.get("description") else []),
        f"PRIORITY:{_PRIORITIES.get(task.get('priority') or '', 0)}",
    ]


def _moment(value: str) -> str:
    return f"{datetime.fromisoformat(value).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A text as a value (RFC 5545, 3.3.11); other control characters have no place there."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\\n").replace("\n", "\\n")
    return "".join(character for character in escaped if character.isprintable())


def _folded(line: str) -> str:
    """A line of at most 75 octets, continued by a space (RFC 5545, 3.1), never inside a character."""
    folded, length = [], 0
    for character in line:
        size = len(character.encode())
        if length + size > 74:
            folded.append("\r\n ")
            length = 1
        folded.append(character)
        length += size
    return "".join(folded) + "\r\n"
