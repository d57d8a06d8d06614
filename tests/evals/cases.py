"""The dumps that the readers are measured on.

A case is a text file of three parts between lines of `---`: settings, the dump, what it should lead to. A line of the
last part is one task: its title, other titles that are as good after ` | `, `@` and the moment (a day alone says that
the time does not matter), `?` at the end where both answers are right, `~` in front for an update of a known task.
A `*` alone says that more may be found. `seen/` was looked at while the rules were written, `held_out/` never.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from buildos_app.brain_dumps.merge import DumpToProcess
from buildos_app.brain_dumps.prompts import KnownNote, KnownProject, KnownTask

FOLDER = Path(__file__).parent
HALVES = ("seen", "held_out")
_SPACE = UUID(int=0)
_MOMENT = re.compile(r"@(\S+)")


@dataclass(frozen=True)
class Expected:
    """One task that should be found."""

    titles: tuple[str, ...]
    moments: tuple[str, ...]
    is_optional: bool
    is_update: bool


@dataclass(frozen=True)
class Case:
    """One dump, when and where it was written, and what should come of it."""

    name: str
    half: str
    content: str
    now: datetime
    expected: list[Expected]
    may_find_more: bool
    project: KnownProject | None = None
    tasks: list[KnownTask] = field(default_factory=list)
    notes: list[KnownNote] = field(default_factory=list)
    additions: list[str] = field(default_factory=list)

    def dump(self) -> DumpToProcess:
        """The case as the pipeline takes it."""
        projects = [self.project] if self.project else []
        return DumpToProcess(
            id=uuid5(_SPACE, self.name),
            content=self.content,
            project=self.project,
            projects=projects,
            tasks=self.tasks,
            notes=self.notes,
            now=self.now,
        )


def load_cases(half: str) -> list[Case]:
    """The cases of one half, by name."""
    return [_case(path, half) for path in sorted((FOLDER / half).glob("*.txt"))]


def _case(path: Path, half: str) -> Case:
    head, content, expected = re.split(r"^---\n", path.read_text(), flags=re.MULTILINE)
    settings = [tuple(line.split(": ", 1)) for line in head.splitlines()]
    single = dict(settings)
    project = single.get("project")
    tasks = [value for name, value in settings if name == "task"]
    notes = [value.split(" = ", 1) for name, value in settings if name == "note"]
    lines = [line for line in expected.splitlines() if line and line != "*"]
    return Case(
        name=path.stem,
        half=half,
        content=content,
        now=datetime.fromisoformat(single["now"]).replace(tzinfo=ZoneInfo(single["timezone"])),
        expected=[_expected(line) for line in lines if not line.startswith("+")],
        may_find_more="*" in expected.splitlines(),
        project=KnownProject(id=uuid5(_SPACE, project), name=project) if project else None,
        tasks=[KnownTask(id=uuid5(_SPACE, title), title=title, status="backlog") for title in tasks],
        notes=[KnownNote(id=uuid5(_SPACE, title), title=title, content=content) for title, content in notes],
        additions=[line.removeprefix("+") for line in lines if line.startswith("+")],
    )


def _expected(line: str) -> Expected:
    words = line.removesuffix("?").removeprefix("~")
    parts = [part.strip() for part in _MOMENT.sub("", words).replace(" ? ", " ").split("|")]
    return Expected(
        titles=tuple(part.removesuffix("?").strip() for part in parts if part),
        moments=tuple(_MOMENT.findall(words)),
        is_optional=line.endswith("?") or " ? @" in line,
        is_update=line.startswith("~"),
    )
