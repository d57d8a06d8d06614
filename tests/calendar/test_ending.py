"""An account that is deleted: the grant is revoked and nothing pushes any more, and Google cannot hinder it."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.calendar.ending import say_goodbye
from buildos_app.clock import now
from buildos_app.db.session import service_session
from buildos_app.models.calendar import CalendarConnection
from buildos_app.models.user import User
from buildos_app.own_data import deletion
from tests.calendar.conftest import Desk
from tests.fixtures.google import Google


@pytest.fixture
async def due(desk: Desk, google: Google, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A connected person whose week is over."""

    async def tell(user_id: UUID) -> None:
        await say_goodbye(user_id, google.provider)

    monkeypatch.setattr(deletion, "LAST_WORDS", [tell])
    async with service_session("test") as session:
        await session.execute(sa.update(User).values(deletion_due_at=now() - timedelta(minutes=1)))
    return desk


async def people() -> int:
    async with service_session("test") as session:
        counts = [sa.select(sa.func.count()).select_from(table) for table in (User, CalendarConnection)]
        return sum([int((await session.execute(count)).scalar_one()) for count in counts])


@pytest.mark.usefixtures("due")
async def test_google_is_told(google: Google) -> None:
    assert google.channels()

    await deletion.delete_due_accounts()

    assert await people() == 0
    assert google.channels() == []
    assert len(google.calls("revoke")) == 1


@pytest.mark.usefixtures("due")
@pytest.mark.parametrize("trouble", ["down", "revoked", "silent"])
async def test_a_google_that_does_not_answer_hinders_nothing(
    google: Google, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    match trouble:
        case "down":
            google.fail(status=503, times=500)
        case "revoked":
            google.turn(revoke=True)
        case "silent":
            google.fail(kind="dropped", times=500)
            monkeypatch.setattr("buildos_app.calendar.ending.LONGEST_SECONDS", 0.5)

    await deletion.delete_due_accounts()

    assert await people() == 0
