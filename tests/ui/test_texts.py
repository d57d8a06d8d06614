"""The section of text messages, through Reflex's own event processor."""

from typing import Any
from uuid import UUID

import pytest

from buildos_app.accounts.accounts import sign_up
from buildos_app.integrations.twilio import TwilioSender
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.pages.settings.sms import state as section
from buildos_app.ui.pages.settings.sms.state import SmsState
from tests.fixtures.phone import PHONE, Twilio
from tests.sms.people import give_phone, queue, run

FORM = {
    "task_reminders": "on",
    "urgent_alerts": "",
    "kickoff_time": "07:30",
    "recap_time": "19:00",
    "has_quiet_hours": "on",
    "quiet_start": "22:00",
    "quiet_end": "06:30",
    "lead_minutes": "30",
    "daily_limit": "3",
}


@pytest.fixture
def with_twilio(sms: TwilioSender, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages ask the sandbox of this run."""
    ports = type("Ports", (), {"sms": sms})()
    monkeypatch.setattr(section, "the_ports", lambda: ports)


async def opened(open_tab: Any, user_id: UUID) -> Any:
    tab = await open_tab(user_id, "/settings/sms")
    await tab.send(SmsState.load)
    return tab


async def test_a_phone_is_verified(open_tab: Any, user_id: UUID, with_twilio: None, twilio: Twilio) -> None:
    tab = await opened(open_tab, user_id)
    await tab.send(SmsState.send_code, {"form": {"number": "nonsense"}})
    assert "no phone number" in tab.show(SmsState, "phone_error")
    await tab.send(SmsState.send_code, {"form": {"number": "0151 12345678"}})
    assert (tab.show(SmsState, "pending"), tab.show(SmsState, "is_verified")) == ("+49 1511 2345678", False)
    code = twilio.code()
    await tab.send(SmsState.check_code, {"form": {"code": "000000" if code != "000000" else "111111"}})
    assert "4 more tries" in tab.show(SmsState, "code_error")

    await tab.send(SmsState.check_code, {"form": {"code": code}})

    assert (tab.show(SmsState, "number"), tab.show(SmsState, "pending")) == ("+49 1511 2345678", "")
    assert tab.show(Inbox, "answer")["text"] == "+49 1511 2345678 is verified"
    assert code not in tab.received
    assert [row.title for row in tab.show(SmsState, "messages")] == ["Welcome"]


async def test_another_number_takes_the_password(
    open_tab: Any, database: str, with_twilio: None, twilio: Twilio
) -> None:
    kei = await sign_up(email="kei@example.org", password="correct horse battery")
    await give_phone(kei)
    wish = {"number": "+4915112345679", "password": "wrong"}
    unread = await open_tab(kei, "/settings/sms")  # a tab that never loaded knows of no proven number
    await unread.send(SmsState.change_number)
    await unread.send(SmsState.send_code, {"form": wish})
    assert "password" in unread.show(SmsState, "phone_error") and twilio.ledger()["calls"] == []
    tab = await opened(open_tab, kei)
    await tab.send(SmsState.send_code, {"form": wish})
    assert "password" in tab.show(SmsState, "phone_error") and twilio.ledger()["calls"] == []
    await tab.send(SmsState.send_code, {"form": {**wish, "password": "correct horse battery"}})
    assert (tab.show(SmsState, "number"), tab.show(SmsState, "pending")) == ("+49 1511 2345678", "+49 1511 2345679")
    await tab.send(SmsState.send_code_again)
    assert "once a minute" in tab.show(SmsState, "code_error")
    await tab.send(SmsState.use_another)
    assert (tab.show(SmsState, "number"), tab.show(SmsState, "pending")) == ("+49 1511 2345678", "")
    await tab.send(SmsState.ask_to_remove)
    await tab.send(SmsState.remove, {"form": {"password": "wrong"}})
    assert "password" in tab.show(SmsState, "remove_error") and tab.show(SmsState, "is_verified") is True
    await tab.send(SmsState.remove, {"form": {"password": "correct horse battery"}})
    assert (tab.show(SmsState, "is_verified"), tab.show(SmsState, "removing")) == (False, False)


async def test_choices_are_kept(open_tab: Any, user_id: UUID) -> None:
    tab = await opened(open_tab, user_id)
    assert tab.show(SmsState, "switches")["urgent_alerts"] is True
    await tab.send(SmsState.save, {"form": FORM})
    again = await opened(open_tab, user_id)
    assert [name for name, is_on in again.show(SmsState, "switches").items() if is_on] == ["task_reminders"]
    shown = [
        again.show(SmsState, name)
        for name in ("kickoff_time", "quiet_start", "quiet_end", "lead_minutes", "daily_limit")
    ]
    assert shown == ["07:30", "22:00", "06:30", "30", "3"]
    await tab.send(SmsState.save, {"form": {**FORM, "has_quiet_hours": ""}})
    assert tab.show(SmsState, "has_quiet_hours") is False


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("daily_limit", "101", "0 to 100"),
        ("daily_limit", "many", "how many messages"),
        ("lead_minutes", "4", "5 to 60"),
        ("quiet_start", "25:00", "21:00"),
    ],
)
async def test_what_does_not_fit_is_said(field: str, value: str, words: str, open_tab: Any, user_id: UUID) -> None:
    tab = await opened(open_tab, user_id)
    await tab.send(SmsState.save, {"form": {**FORM, field: value}})
    assert words in tab.show(SmsState, "error")


async def test_off_and_on_again(open_tab: Any, user_id: UUID) -> None:
    await give_phone(user_id, PHONE)
    await queue(user_id)
    tab = await opened(open_tab, user_id)
    await tab.send(SmsState.turn_off)
    assert tab.show(SmsState, "is_opted_out") is True
    [row] = tab.show(SmsState, "messages")
    assert (row.status, row.can_resend) == ("not sent", True) and "You turned" in row.detail
    await tab.send(SmsState.resend, {"message_id": row.id})
    assert "turned off" in tab.show(Inbox, "answer")["text"]
    await tab.send(SmsState.turn_on)
    await tab.send(SmsState.resend, {"message_id": row.id})
    assert [row.status for row in tab.show(SmsState, "messages")] == ["waiting", "not sent"]


async def test_the_log_comes_by_pages(open_tab: Any, user_id: UUID) -> None:
    await give_phone(user_id)
    await run(
        "INSERT INTO sms_messages (user_id, kind, content, scheduled_for)"
        " SELECT :id, 'brief_ready', 'Text ' || n, now() FROM generate_series(1, 60) n",
        id=user_id,
    )
    tab = await opened(open_tab, user_id)
    assert len(tab.show(SmsState, "messages")) == 25
    await tab.send(SmsState.more)
    await tab.send(SmsState.more)
    assert len({row.id for row in tab.show(SmsState, "messages")}) == 60
    assert tab.show(SmsState, "has_more") is False
