"""What the person wants to be told in the app, by kind of news."""

from dataclasses import dataclass, replace
from itertools import groupby

import reflex as rx

from buildos_app.errors import InvalidInput
from buildos_app.notifications.events import Channel, known_events
from buildos_app.notifications.preferences import Choices, choose, is_wanted, read_choices
from buildos_app.ui.session import SessionState


@dataclass(frozen=True)
class KindRow:
    """One kind of news; a toast is drawn of what is in the list, so `toast` counts only beside `listed`."""

    event: str
    label: str
    listed: bool
    toast: bool


@dataclass(frozen=True)
class TopicCard:
    """The kinds about one thing."""

    topic: str
    rows: list[KindRow]


class NotificationSettingsState(SessionState):
    """Each box is saved as it is ticked."""

    loaded: bool = False
    topics: list[TopicCard] = []
    all_off: bool = False
    saved: str = ""

    @rx.event
    async def load(self):
        """Read what was chosen."""
        async with self._db() as session:
            self._show(await read_choices(session))
        self.loaded, self.saved = True, ""

    @rx.event
    async def turn(self, event: str, channel: str):
        """Turn one way of telling one kind of news on or off."""
        row = next((row for card in self.topics for row in card.rows if row.event == event), None)
        if row is None or channel not in (Channel.LIST, Channel.TOAST):
            raise InvalidInput("This kind of news cannot be told that way. Load the page again.")
        is_on = not (row.listed if channel == Channel.LIST else row.toast)
        async with self._db() as session:
            await choose(session, self._user_id, event, channel, is_on=is_on)
            self._show(await read_choices(session))
        self.saved = f"Saved: {row.label}"

    def _show(self, choices: Choices) -> None:
        self.topics = [
            TopicCard(topic, [_row(kind.event, kind.label, choices) for kind in kinds])
            for topic, kinds in groupby(known_events(), key=lambda kind: kind.topic)
        ]
        self.all_off = not any(row.listed for card in self.topics for row in card.rows)


def _row(event: str, label: str, choices: Choices) -> KindRow:
    row = KindRow(event, label, is_wanted(choices, event, Channel.LIST), is_wanted(choices, event, Channel.TOAST))
    return row if row.listed else replace(row, toast=False)
