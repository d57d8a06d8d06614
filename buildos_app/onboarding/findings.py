"""What was understood of the answers: stored, and accepted or put away one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.working_hours import WorkingHours, set_working_hours
from buildos_app.briefs.choosing import save_preferences
from buildos_app.briefs.due import Frequency
from buildos_app.briefs.preferences import get_preferences
from buildos_app.errors import Conflict, NotFound
from buildos_app.models.brain_dump import Question
from buildos_app.models.onboarding import (
    BriefValue,
    FindingKind,
    FindingStatus,
    HoursValue,
    OnboardingFinding,
    SettingValue,
    read_setting,
)
from buildos_app.onboarding.reading import NewFinding
from buildos_app.projects.changes import ProjectFields, create_project

MOST_SHOWN = 40


@dataclass(frozen=True)
class FindingView:
    """A finding that waits for a yes."""

    id: UUID
    kind: str
    name: str
    details: str
    quote: str


async def list_findings(session: AsyncSession) -> list[FindingView]:
    """The findings that wait, in the order of their reading."""
    columns = [getattr(OnboardingFinding, name) for name in FindingView.__dataclass_fields__]
    query = sa.select(*columns).where(col(OnboardingFinding.status) == FindingStatus.OPEN)
    rows = await session.execute(query.order_by(col(OnboardingFinding.id)).limit(MOST_SHOWN))
    return [FindingView(*row) for row in rows]


async def list_settled(session: AsyncSession) -> set[tuple[str, str]]:
    """Kinds and lower names of what was accepted or put away: it is not proposed again."""
    settled = (FindingStatus.ACCEPTED, FindingStatus.PUT_AWAY)
    columns = (col(OnboardingFinding.kind), col(OnboardingFinding.name))
    rows = await session.execute(sa.select(*columns).where(col(OnboardingFinding.status).in_(settled)))
    return {(kind, name.casefold()) for kind, name in rows}


async def save_findings(session: AsyncSession, user_id: UUID, findings: Sequence[NewFinding]) -> None:
    """Store what a reading found, in place of what waits from the one before."""
    await session.execute(
        sa.update(OnboardingFinding)
        .where(col(OnboardingFinding.status) == FindingStatus.OPEN)
        .values(status=FindingStatus.REPLACED)
    )
    session.add_all(
        OnboardingFinding(
            user_id=user_id, kind=item.kind, name=item.name, details=item.details, quote=item.quote, value=item.value
        )
        for item in findings
    )


async def accept_finding(session: AsyncSession, user_id: UUID, finding_id: UUID) -> str:
    """Make it true, and say what was done. Raises NotFound, and Conflict when it had its answer before."""
    finding = await _open_finding(session, finding_id)
    finding.status = FindingStatus.ACCEPTED
    if finding.kind == FindingKind.PROJECT:
        await create_project(session, user_id, ProjectFields(name=finding.name, description=finding.details))
        return f"“{finding.name}” is a project now"
    if finding.kind == FindingKind.QUESTION:
        category = str(finding.value.get("category", ""))
        session.add(Question(user_id=user_id, question=finding.name, category=category))
        return "It is asked with your next dump"
    return await _set(session, user_id, read_setting(finding.value))


async def _set(session: AsyncSession, user_id: UUID, value: SettingValue) -> str:
    """Bring a setting into force; what it does not name stays as it is."""
    if isinstance(value, HoursValue):
        await set_working_hours(session, user_id, WorkingHours(value.start, value.end, value.days))
        return "Working hours saved"
    wanted = await get_preferences(session, user_id)
    if isinstance(value, BriefValue):
        frequency = Frequency.DAILY if value.day_of_week is None else Frequency.WEEKLY
        wanted = replace(
            wanted, frequency=frequency, day_of_week=value.day_of_week, time_of_day=value.at, is_active=True
        )
    else:
        wanted = replace(wanted, email_daily_brief=True)
    await save_preferences(
        session,
        user_id,
        frequency=wanted.frequency,
        day_of_week=wanted.day_of_week,
        time_of_day=f"{wanted.time_of_day:%H:%M}",
        is_active=wanted.is_active,
        email_daily_brief=wanted.email_daily_brief,
        track_opens=wanted.track_opens,
    )
    return "Your briefs come as you said"


async def put_away(session: AsyncSession, finding_id: UUID) -> None:
    """Say no; it is not proposed again. Raises NotFound, Conflict."""
    (await _open_finding(session, finding_id)).status = FindingStatus.PUT_AWAY


async def _open_finding(session: AsyncSession, finding_id: UUID) -> OnboardingFinding:
    finding = await session.get(OnboardingFinding, finding_id, with_for_update=True)
    if finding is None:
        raise NotFound("That suggestion no longer exists.")
    if finding.status != FindingStatus.OPEN:
        raise Conflict("This suggestion has had its answer already.")
    return finding
