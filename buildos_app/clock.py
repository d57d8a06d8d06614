"""Time has one door, so that tests can stop it and every zone question is asked in one place."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_now(timezone: str) -> datetime:
    """The present moment in an IANA zone; an unknown name counts as UTC."""
    return now().astimezone(zone(timezone))


def zone(timezone: str) -> ZoneInfo:
    """The zone of an IANA name; UTC where the name is unknown, so that a bad row never stops a page."""
    return ZoneInfo(timezone if is_timezone(timezone) else "UTC")


def is_timezone(timezone: str) -> bool:
    """Is this an IANA name that this machine knows?"""
    return timezone in _timezones()


@cache
def _timezones() -> frozenset[str]:
    """Asking the system reads its whole folder of zones each time."""
    return frozenset(available_timezones())
