"""When briefs come, by mail or not, and the address that they go to."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import reflex as rx

from buildos_app.accounts import accounts
from buildos_app.accounts.mail import address_of, ask_for_change, ask_for_confirmation
from buildos_app.briefs.choosing import save_preferences, schedule_of
from buildos_app.briefs.due import next_run
from buildos_app.briefs.generate import cancel_brief
from buildos_app.briefs.preferences import Preferences, get_preferences
from buildos_app.briefs.queries import PlannedBrief, list_planned
from buildos_app.clock import now, zone
from buildos_app.errors import UserError
from buildos_app.ui import routes
from buildos_app.ui.inbox import Inbox, read_again, say
from buildos_app.ui.push import hub
from buildos_app.ui.session import SessionState, parse_day
from buildos_app.ui.views import day_words

PREVIEWED = 5
"""How many runs the preview names."""
ON = ("true", "on", "1")


@dataclass(frozen=True)
class PlannedRow:
    """A brief that waits for its time."""

    date: str
    day: str
    at: str


class BriefSettingsState(SessionState):
    """`preview` follows what is chosen in the form before it is saved."""

    loaded: bool = False
    error: str = ""
    frequency: str = "daily"
    day_of_week: str = "1"
    time_of_day: str = "09:00"
    is_active: bool = True
    by_email: bool = False
    track_opens: bool = False
    timezone: str = ""
    preview: str = ""
    planned: list[PlannedRow] = []
    email: str = ""
    is_confirmed: bool = False
    address_error: str = ""

    @rx.event
    async def load(self):
        """Read what was chosen."""
        async with self._db() as session:
            chosen = await get_preferences(session, self._user_id)
            self.email, self.is_confirmed = await address_of(session, self._user_id)
            self.planned = [_planned_row(each) for each in await list_planned(session)]
        self.frequency, self.timezone = chosen.frequency, chosen.timezone
        self.day_of_week = str(1 if chosen.day_of_week is None else chosen.day_of_week)
        self.time_of_day = f"{chosen.time_of_day:%H:%M}"
        self.is_active, self.by_email, self.track_opens = (
            chosen.is_active,
            chosen.email_daily_brief,
            chosen.track_opens,
        )
        self.preview = _preview(chosen)
        self.loaded, self.error = True, ""

    @rx.event
    async def read_planned(self):
        """Read what is planned again; what is being chosen stays."""
        async with self._db() as session:
            self.planned = [_planned_row(each) for each in await list_planned(session)]

    @rx.event
    async def try_out(self, field: str, value: str):
        """Show when the next brief would come; nothing is saved."""
        if field == "frequency":
            self.frequency = "weekly" if value == "weekly" else "daily"
        elif field == "day_of_week" and value in tuple("0123456"):
            self.day_of_week = value
        elif field == "time_of_day":
            self.time_of_day = value[:8]
        elif field == "is_active":
            self.is_active = value in ON
        try:
            schedule = schedule_of(self.timezone, self.frequency, int(self.day_of_week), self.time_of_day)
        except UserError as error:
            self.error = str(error)
            return
        self.error = ""
        self.preview = _preview(
            replace(
                Preferences(self.timezone),
                frequency=schedule.frequency,
                day_of_week=schedule.day_of_week,
                time_of_day=schedule.time_of_day,
                is_active=self.is_active,
            )
        )

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keep what was chosen. A new time drops what was planned for the old one."""
        day = str(form.get("day_of_week", ""))
        try:
            async with self._db() as session:
                await save_preferences(
                    session,
                    self._user_id,
                    frequency=str(form.get("frequency", "daily")),
                    day_of_week=int(day) if day in tuple("0123456") else None,
                    time_of_day=str(form.get("time_of_day", "")),
                    is_active=_is_on(form, "is_active"),
                    email_daily_brief=_is_on(form, "by_email"),
                    track_opens=_is_on(form, "track_opens"),
                )
        except UserError as error:
            self.error = str(error)
            return None
        await hub.wake(self._owner)
        if _is_on(form, "by_email") and not self.is_confirmed and await ask_for_confirmation(self._user_id):
            await say(self, "Briefs saved. Mail begins once you open the link that is on its way to your address.")
        else:
            await say(self, "Briefs saved")
        return [BriefSettingsState.load, Inbox.sync]

    @rx.event
    async def skip(self, brief_date: str):
        """Leave out one brief that is planned; the next ones come."""
        day = parse_day(brief_date)
        async with self._db() as session:
            await cancel_brief(session, day)
        await say(self, "This brief is left out")
        return BriefSettingsState.load

    @rx.event
    async def change_address(self, form: dict[str, Any]):
        """Send a link to another address; the account moves there once it is used."""
        try:
            await accounts.sign_in(email=self.email, password=str(form.get("password", "")), address="settings")
            await ask_for_change(self._user_id, str(form.get("email", "")))
        except UserError as error:
            self.address_error = str(error)
            return
        self.address_error = ""
        await say(self, "A link is on its way to the new address. Until you open it, nothing changes.")

    @rx.event
    async def confirm(self):
        """Send the link that confirms the address."""
        if await ask_for_confirmation(self._user_id):
            await say(self, "A link is on its way to your mailbox")
        else:
            await say(self, "Several links were sent in the last hour. Use the newest one, or wait.", "warning")


read_again(routes.settings("briefs"), BriefSettingsState.read_planned, rows=())


def _planned_row(brief: PlannedBrief) -> PlannedRow:
    here = zone(brief.timezone)
    today = now().astimezone(here).date()
    return PlannedRow(
        brief.brief_date.isoformat(), day_words(brief.brief_date, today), f"{brief.planned_for.astimezone(here):%H:%M}"
    )


def _is_on(form: dict[str, Any], name: str) -> bool:
    return form.get(name) is True or str(form.get(name, "")).lower() in ON


def _preview(chosen: Preferences) -> str:
    if not chosen.is_active:
        return "No brief is planned."
    here, at = zone(chosen.timezone), now()
    runs: list[datetime] = []
    while len(runs) < PREVIEWED and (run := next_run(chosen.schedule, at)) is not None:
        at = run.planned_for
        runs.append(at.astimezone(here))
    if not runs:
        return ""
    first, *others = runs
    then = ", ".join(f"{local:%a} {local.day} {local:%b}" for local in others)
    return f"Next brief: {first:%A} {first.day} {first:%B} at {first:%H:%M} ({chosen.timezone}). Then {then}."
