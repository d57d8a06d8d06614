"""All that the page of a dump shows, in one session and a query per list."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.accounts.accounts import get_profile
from buildos_app.brain_dumps.drafts import DumpView
from buildos_app.brain_dumps.history import Became, what_it_became
from buildos_app.brain_dumps.review import current_values, list_operations
from buildos_app.brain_dumps.undo import is_within_reach
from buildos_app.clock import now, zone
from buildos_app.models.brain_dump import BrainDumpStatus, OperationTable
from buildos_app.phrases.text import counted
from buildos_app.projects.queries import list_projects
from buildos_app.ui import routes
from buildos_app.ui.operation_views import (
    OperationRow,
    Surroundings,
    TextSegment,
    operation_rows,
    text_segments,
    used_percent,
)

PAGE = 100
PHASES = {
    BrainDumpStatus.PENDING: "draft",
    BrainDumpStatus.PARSED: "review",
    BrainDumpStatus.SAVED: "saved",
    BrainDumpStatus.PARSED_AND_DELETED: "discarded",
    BrainDumpStatus.UNDONE: "undone",
}


@dataclass(frozen=True)
class BecameRow:
    """A row that a dump made or changed, with the page that shows it."""

    name: str
    kind: str
    href: str


@dataclass(frozen=True)
class Review:
    """The page's data."""

    rows: list[OperationRow]
    off: list[str]
    segments: list[TextSegment]
    used: int
    facts: str
    warnings: list[str]
    kept: list[str]
    became: list[BecameRow]
    can_undo: bool


async def load_review(session: AsyncSession, user_id: UUID, dump: DumpView) -> Review:
    """What the page of this dump shows."""
    operations = await list_operations(session, dump.id)
    profile = await get_profile(session, user_id)
    projects = await list_projects(session, limit=100)
    current = await current_values(session, operations) if dump.status == BrainDumpStatus.PARSED else {}
    became = await what_it_became(session, dump.id) if dump.status in _APPLIED else []
    names = {str(item.id): item.name for item in projects}
    names |= {view.ref: str(view.data.get("name", "")) for view in operations if view.ref}
    rows = operation_rows(operations, Surroundings(names, current, zone(profile.timezone), now()))
    segments = text_segments(dump.content, operations)
    return Review(
        rows=rows,
        off=[str(view.id) for view in operations if not view.enabled],
        segments=segments,
        used=used_percent(segments),
        facts=_facts(dump, len(rows)),
        warnings=_warnings(dump),
        kept=list(dump.parsed_results.get("kept", [])),
        became=[_became(item) for item in became],
        can_undo=is_within_reach(dump.status, dump.applied_at),
    )


_APPLIED = (BrainDumpStatus.SAVED, BrainDumpStatus.UNDONE)


def _facts(dump: DumpView, count: int) -> str:
    engine = "offline engine" if dump.engine == "offline" else dump.engine
    seconds = dump.parsed_results.get("seconds", 0)
    words = counted(len(dump.content.split()), "word")
    return f"{counted(count, 'proposal')} from {words} · {seconds} s · {engine}"


def _warnings(dump: DumpView) -> list[str]:
    not_accepted = dump.parsed_results.get("not_accepted", "")
    answered = dump.parsed_results.get("answered", 0)
    return [
        *dump.parsed_results.get("warnings", []),
        *([f"Not applied by itself. {not_accepted}"] if not_accepted else []),
        *([f"This answers {counted(answered, 'question')} that you had been asked."] if answered else []),
    ]


def _became(item: Became) -> BecameRow:
    if item.table == OperationTable.NOTES:
        return BecameRow(item.name, "note", routes.note(item.id))
    href = routes.project(item.project_id) if item.project_id else ""
    if item.table == OperationTable.TASKS:
        href = f"{href}?task={item.id}" if href else f"{routes.TODAY}?task={item.id}"
    return BecameRow(item.name, item.table.removesuffix("s"), href)
