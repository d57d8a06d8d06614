"""The phone of a person, what they want texted, and what became of each message."""

from datetime import datetime, time, timedelta
from typing import Any

import reflex as rx

from buildos_app.accounts.accounts import get_profile
from buildos_app.accounts.security import confirm_password
from buildos_app.clock import now, zone
from buildos_app.errors import InvalidInput, UserError
from buildos_app.sms.log import MessageView, list_messages
from buildos_app.sms.numbers import shown
from buildos_app.sms.phones import STOP_WORD, PhoneView, get_phone, opt_in, opt_out
from buildos_app.sms.preferences import SWITCHES, Chosen, choose, get_chosen
from buildos_app.sms.queueing import resend
from buildos_app.sms.verification import RESEND_SECONDS, check_code, forget_phone, send_code, stop_waiting
from buildos_app.ui import routes
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.pages.settings.sms.views import MessageRow, message_row
from buildos_app.ui.ports import the_ports
from buildos_app.ui.session import SessionState, parse_id

PAGE = 25


class SmsState(SessionState):
    """`number` is in use, `pending` waits for its code. No code is ever kept here."""

    loaded: bool = False
    number: str = ""
    is_verified: bool = False
    is_opted_out: bool = False
    by_stop: bool = False
    pending: str = ""
    resend_at: str = ""
    changing: bool = False
    removing: bool = False
    remove_error: str = ""
    phone_error: str = ""
    code_error: str = ""
    switches: dict[str, bool] = dict.fromkeys(SWITCHES, False)
    kickoff_time: str = "08:00"
    recap_time: str = "20:00"
    has_quiet_hours: bool = True
    quiet_start: str = "21:00"
    quiet_end: str = "08:00"
    lead_minutes: str = "15"
    daily_limit: str = "10"
    sent_today: int = 0
    timezone: str = ""
    error: str = ""
    saved: int = 0
    messages: list[MessageRow] = []
    has_more: bool = False
    _cursor: str = ""

    @rx.event
    async def load(self):
        """Read everything, for a page that opens."""
        self.phone_error = self.code_error = self.error = ""
        self.changing = self.removing = False
        async with self._db() as session:
            self._show_choices(await get_chosen(session, self._user_id))
        await self._read()

    @rx.event
    async def sync(self):
        """Read what others change: the phone and the log. What is being typed stays."""
        await self._read()

    @rx.event
    async def send_code(self, form: dict[str, Any]):
        """Text a code to a number; another number than the proven one takes the password."""
        try:
            async with self._db() as session:
                is_verified = (await get_phone(session, self._user_id)).is_verified
            if is_verified:
                await confirm_password(self._user_id, str(form.get("password", "")))
            await send_code(the_ports().sms, self._user_id, str(form.get("number", "")))
        except UserError as error:
            self.phone_error = str(error)
            return
        self.phone_error = self.code_error = ""
        self.changing = False
        await self._read()

    @rx.event
    async def send_code_again(self):
        """Text the code once more."""
        async with self._db() as session:
            pending = (await get_phone(session, self._user_id)).pending_number
        try:
            await send_code(the_ports().sms, self._user_id, pending)
        except UserError as error:
            self.code_error = str(error)
        else:
            self.code_error = ""
            await say(self, "The code is on its way again")
        await self._read()

    @rx.event
    async def check_code(self, form: dict[str, Any]):
        """Prove the number by its code."""
        try:
            number = await check_code(the_ports().sms, self._user_id, str(form.get("code", ""))[:20])
        except UserError as error:
            self.code_error = str(error)
            return
        self.code_error = ""
        await self._read()
        await say(self, f"{shown(number)} is verified")

    @rx.event
    async def use_another(self):
        """Back to the number; the code that was sent proves nothing any more."""
        await stop_waiting(self._user_id)
        self.code_error = self.phone_error = ""
        await self._read()

    @rx.event
    async def change_number(self):
        """Show the form for another number."""
        self.changing, self.phone_error = not self.changing, ""

    @rx.event
    async def ask_to_remove(self):
        """Show the question whether the number shall go, or put it away."""
        self.removing, self.remove_error = not self.removing, ""

    @rx.event
    async def remove(self, form: dict[str, Any]):
        """Forget the number, which takes the password: else a screen left open would be enough for another number."""
        try:
            await confirm_password(self._user_id, str(form.get("password", "")))
        except UserError as error:
            self.remove_error = str(error)
            return
        await forget_phone(self._user_id)
        self.removing = False
        await self._read()
        await say(self, "Your number is removed. No text messages come any more.")

    @rx.event
    async def turn_off(self):
        """No text messages at all."""
        async with self._db() as session:
            await opt_out(session, self._user_id)
        await self._read()
        await say(self, "Text messages are off")

    @rx.event
    async def turn_on(self):
        """Text messages again."""
        async with self._db() as session:
            await opt_in(session, self._user_id)
        await self._read()
        await say(self, "Text messages are on again")

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keep what was chosen."""
        try:
            chosen = _chosen(form)
            async with self._db() as session:
                await choose(session, self._user_id, chosen)
        except UserError as error:
            self.error = str(error)
            return
        self.error = ""
        self._show_choices(chosen)
        await say(self, "Text messages saved")

    @rx.event
    async def resend(self, message_id: str):
        """Send one again that did not arrive."""
        async with self._db() as session:
            await resend(session, self._user_id, parse_id(message_id))
        await self._read()
        await say(self, "It is sent again")

    @rx.event
    async def more(self):
        """Older messages."""
        if not self._cursor:
            return
        async with self._db() as session:
            found = await list_messages(session, limit=PAGE + 1, before=parse_id(self._cursor))
        self._append(found)

    async def _read(self) -> None:
        async with self._db() as session:
            phone = await get_phone(session, self._user_id)
            self.timezone = (await get_profile(session, self._user_id)).timezone
            found = await list_messages(session, limit=PAGE + 1)
        self._show_phone(phone)
        self.messages = []
        self._append(found)
        self.loaded = True

    def _show_phone(self, phone: PhoneView) -> None:
        self.number = shown(phone.number) if phone.is_verified else ""
        self.is_verified, self.sent_today = phone.is_verified, phone.sent_today
        self.is_opted_out, self.by_stop = phone.opted_out_at is not None, phone.opt_out_reason == STOP_WORD
        self.pending = shown(phone.pending_number) if phone.pending_number else ""
        self.resend_at = _resend_at(phone.code_sent_at)

    def _show_choices(self, chosen: Chosen) -> None:
        self.switches = {name: getattr(chosen, name) for name in SWITCHES}
        self.kickoff_time, self.recap_time = f"{chosen.kickoff_time:%H:%M}", f"{chosen.recap_time:%H:%M}"
        self.has_quiet_hours = chosen.quiet_start is not None
        self.quiet_start = f"{chosen.quiet_start or time(21):%H:%M}"
        self.quiet_end = f"{chosen.quiet_end or time(8):%H:%M}"
        self.lead_minutes, self.daily_limit = str(chosen.lead_minutes), str(chosen.daily_limit)
        self.saved += 1

    def _append(self, found: list[MessageView]) -> None:
        self.has_more = len(found) > PAGE
        there, at = zone(self.timezone), now()
        self.messages = [*self.messages, *(message_row(item, there, at) for item in found[:PAGE])]
        self._cursor = self.messages[-1].id if self.messages else ""


read_again(routes.settings("sms"), SmsState.sync, rows=("sms_messages", "sms_phones"))


def _resend_at(sent_at: datetime | None) -> str:
    return (sent_at + timedelta(seconds=RESEND_SECONDS)).isoformat() if sent_at else ""


def _chosen(form: dict[str, Any]) -> Chosen:
    has_quiet_hours = bool(form.get("has_quiet_hours"))
    return Chosen(
        **{name: bool(form.get(name)) for name in SWITCHES},
        kickoff_time=_clock(form.get("kickoff_time")),
        recap_time=_clock(form.get("recap_time")),
        quiet_start=_clock(form.get("quiet_start")) if has_quiet_hours else None,
        quiet_end=_clock(form.get("quiet_end")) if has_quiet_hours else None,
        lead_minutes=_whole(form.get("lead_minutes"), "Say how many minutes ahead reminders come."),
        daily_limit=_whole(form.get("daily_limit"), "Say how many messages a day are enough."),
    )


def _clock(text: object) -> time:
    try:
        return time.fromisoformat(str(text)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise InvalidInput("Give each time as hours and minutes, such as 21:00.") from None


def _whole(text: object, otherwise: str) -> int:
    words = str(text).strip()
    if not (words.isascii() and words.isdecimal() and len(words) < 6):
        raise InvalidInput(otherwise)
    return int(words)
