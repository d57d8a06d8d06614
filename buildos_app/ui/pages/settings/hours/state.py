"""When the person works."""

from datetime import time
from typing import Any

import reflex as rx

from buildos_app.accounts.working_hours import WorkingHours, get_working_hours, set_working_hours
from buildos_app.errors import InvalidInput, UserError
from buildos_app.ui.inbox import say
from buildos_app.ui.session import SessionState

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class HoursState(SessionState):
    """What Today holds the planned hours against."""

    loaded: bool = False
    start: str = ""
    end: str = ""
    days: list[bool] = [False] * 7
    error: str = ""

    @rx.event
    async def load(self):
        """Read the working hours."""
        async with self._db() as session:
            hours = await get_working_hours(session, self._user_id)
        self.start, self.end = f"{hours.start:%H:%M}", f"{hours.end:%H:%M}"
        self.days = [number in hours.days for number in range(1, 8)]
        self.loaded, self.error = True, ""

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keep what was chosen."""
        try:
            days = tuple(number for number in range(1, 8) if form.get(f"day-{number}"))
            hours = WorkingHours(_clock(form.get("start")), _clock(form.get("end")), days)
            async with self._db() as session:
                await set_working_hours(session, self._user_id, hours)
        except UserError as error:
            self.error = str(error)
            return None
        await say(self, "Working hours saved")
        return HoursState.load


def _clock(text: object) -> time:
    try:
        return time.fromisoformat(str(text)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise InvalidInput("Give both times, such as 9:00 and 17:00.") from None
