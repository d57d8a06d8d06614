"""The language model: which, whether it answers, what it cost, how many calls a day."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.clock import now
from buildos_app.errors import BuildOSError, InvalidInput, UserError
from buildos_app.integrations.connect import engine_name
from buildos_app.monitoring.llm import for_person
from buildos_app.monitoring.usage import Sum, check_model, list_calls, my_usage, set_own_cap
from buildos_app.phrases.text import counted
from buildos_app.ports import OFFLINE
from buildos_app.settings import get_settings
from buildos_app.ui.call_views import CallRow, call_row
from buildos_app.ui.figures import dollars, purpose_words
from buildos_app.ui.inbox import say
from buildos_app.ui.ports import the_ports
from buildos_app.ui.session import SessionState

LATEST = 20


@dataclass(frozen=True)
class UsageRow:
    """What the calls for one purpose add up to this month."""

    purpose: str
    detail: str
    cost: str


class ModelState(SessionState):
    """The engine that reads and writes for this person."""

    loaded: bool = False
    engine: str = ""
    is_offline: bool = True
    checking: bool = False
    check_result: str = ""
    check_failed: bool = False
    cost: str = ""
    calls: str = ""
    calls_today: int = 0
    cap: int = 0
    most: int = 0
    usage: list[UsageRow] = []
    latest: list[CallRow] = []
    error: str = ""

    @rx.event
    async def load(self):
        """Read the figures of this month and day."""
        self.engine = engine_name(get_settings())
        self.is_offline = self.engine == OFFLINE
        async with self._db() as session:
            usage = await my_usage(session, self._user_id)
            latest = await list_calls(session, limit=LATEST)
        self.cost, self.calls = dollars(usage.month.cost_micros), counted(usage.month.calls, "call")
        self.calls_today, self.cap, self.most = usage.calls_today, usage.cap, get_settings().llm_daily_calls
        self.usage = [_row(item) for item in usage.by_purpose]
        self.latest = [call_row(item, self._owner, now()) for item in latest]
        self.loaded, self.error = True, ""

    @rx.event(background=True)
    async def check(self):
        """Ask the model for a sign of life; it counts as a call."""
        async with self:
            if self.checking:
                return
            self.checking, self.check_result = True, ""
            model = for_person(the_ports().llm, self._user_id)
        try:
            await check_model(model)
            result, failed = "It answered, and in the right shape.", False
        except BuildOSError as error:
            result, failed = str(error), True
        async with self:
            self.checking, self.check_result, self.check_failed = False, result, failed
        yield ModelState.load

    @rx.event
    async def save_cap(self, form: dict[str, Any]):
        """Keep a lower cap; an empty field takes it back."""
        text = str(form.get("cap", "")).strip()
        try:
            if text and not (text.isascii() and text.isdecimal() and int(text) <= get_settings().llm_daily_calls):
                raise InvalidInput(f"Enter a number from 0 to {get_settings().llm_daily_calls}, or nothing.")
            async with self._db() as session:
                await set_own_cap(session, self._user_id, int(text) if text else None)
        except UserError as error:
            self.error = str(error)
            return None
        await say(self, "Daily limit saved")
        return ModelState.load


def _row(item: Sum) -> UsageRow:
    seconds = item.milliseconds / max(item.calls, 1) / 1000
    failed = f" · {item.failed:,} failed" if item.failed else ""
    detail = f"{counted(item.calls, 'call')} · {seconds:.1f} s each · {item.tokens:,} tokens{failed}"
    return UsageRow(purpose_words(item.label), detail, dollars(item.cost_micros))
