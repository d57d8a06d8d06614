"""Google at its most laconic: an answer with no more in it than the reference promises.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from datetime import UTC, datetime
from typing import Any

from buildos_app.sandbox.google.world import Event


def spared(answer: Any) -> Any:
    """An event, or a listing, where tombstones have lost all but their ids, and moments are in UTC."""
    if not isinstance(answer, dict):
        return answer
    if answer.get("kind") == "calendar#events":
        return answer | {"items": [_event(each) for each in answer["items"]]}
    return _event(answer) if "status" in answer else answer


def _event(event: Event) -> Event:
    if event["status"] == "cancelled":
        kept = ("id", "status", "recurringEventId", "originalStartTime")
        event = {name: event[name] for name in kept if name in event}
    times = ("start", "end", "originalStartTime")
    return event | {name: _moment(event[name]) for name in times if name in event}


def _moment(value: dict[str, str]) -> dict[str, str]:
    if "dateTime" not in value:
        return value
    moment = datetime.fromisoformat(value["dateTime"])
    return value | ({"dateTime": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"} if moment.tzinfo else {})
