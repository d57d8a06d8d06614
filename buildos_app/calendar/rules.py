"""Recurrence as Google writes it, and as our tasks keep it (behaviour.md 4.7). Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from buildos_app.errors import InvalidInput
from buildos_app.models.project import RecurrencePattern
from buildos_app.projects.recurrence import DAYS, check_rule, next_dates, rule_of

_ORDER = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST")
_DEFAULTS = {"INTERVAL": "1", "WKST": "MO"}
MOST_COUNTED = 2000


def normal(rule: str, start: date) -> str:
    """A rule in one form, so that equal ones read equal: what follows from its first day is written out."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    parts = {name: value for name, value in parts.items() if _DEFAULTS.get(name) != value}
    parts.pop("UNTIL", None)
    parts.pop("COUNT", None)
    if not any(name.startswith("BY") for name in parts):
        if parts.get("FREQ") == "WEEKLY":
            parts["BYDAY"] = DAYS[start.weekday()]
        elif parts.get("FREQ") == "MONTHLY":
            parts["BYMONTHDAY"] = str(start.day)
        elif parts.get("FREQ") == "YEARLY":
            parts |= {"BYMONTH": str(start.month), "BYMONTHDAY": str(start.day)}
    if parts.get("FREQ") == "WEEKLY" and parts.get("BYDAY"):
        parts["BYDAY"] = ",".join(sorted(parts["BYDAY"].split(","), key=lambda day: DAYS.index(day[-2:])))
    known = [f"{name}={parts.pop(name)}" for name in _ORDER if name in parts]
    return ";".join([*known, *(f"{name}={value}" for name, value in sorted(parts.items()))])


def read(lines: list[str], start: date, zone: ZoneInfo) -> tuple[str, str]:
    """The rule and the last day (or "") of an event's `recurrence`.

    What our tasks cannot say (several rules, extra dates) comes back as the lines themselves.
    """
    rules = [line.removeprefix("RRULE:") for line in lines if line.startswith("RRULE:")]
    if len(rules) != 1 or any(line.startswith(("RDATE", "EXRULE")) for line in lines):
        return "\n".join(lines), ""
    parts = dict(part.split("=", 1) for part in rules[0].upper().split(";") if "=" in part)
    rule = normal(rules[0], start)
    if until := parts.get("UNTIL"):
        return rule, _day(until, zone).isoformat()
    if count := parts.get("COUNT"):
        return rule, _last(rule, start, min(int(count), MOST_COUNTED)).isoformat()
    return rule, ""


def excluded(lines: list[str], zone: ZoneInfo) -> set[date]:
    """The dates that an event's `recurrence` leaves out (EXDATE)."""
    values = [line.partition(":")[2] for line in lines if line.startswith("EXDATE")]
    return {_day(each, zone) for value in values for each in value.split(",") if each}


def write(rule: str, ends: str, first: datetime, *, all_day: bool, zone: ZoneInfo) -> list[str]:
    """The `recurrence` of an event. Google wants UNTIL in UTC for times, and as a day for days."""
    if not rule:
        return []
    if not rule.startswith("FREQ="):
        return rule.split("\n")
    if not ends:
        return [f"RRULE:{rule}"]
    last = date.fromisoformat(ends)
    if all_day:
        return [f"RRULE:{rule};UNTIL={last:%Y%m%d}"]
    until = datetime.combine(last, time(23, 59, 59), zone).astimezone(UTC)
    return [f"RRULE:{rule};UNTIL={until:%Y%m%dT%H%M%SZ}"]


def pattern_of(rule: str, start: date) -> tuple[str, str | None] | None:
    """The pattern of a task for a rule, and the rule itself where the pattern does not say it all.

    None for a rule that our tasks cannot have.
    """
    try:
        rule = check_rule(rule)
    except (InvalidInput, ValueError):
        return None
    for pattern in RecurrencePattern:
        if normal(rule_of(pattern, start), start) == rule:
            return pattern, None
    frequency = dict(part.split("=", 1) for part in rule.split(";"))["FREQ"]
    return {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "YEARLY": "yearly"}[frequency], rule


def _last(rule: str, start: date, count: int) -> date:
    try:
        dates = next_dates(rule, start, after=start - timedelta(days=1), count=count)
    except ValueError:
        return start
    return dates[-1] if dates else start


def _day(value: str, zone: ZoneInfo) -> date:
    if "T" not in value:
        return date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    moment = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    return moment.replace(tzinfo=UTC).astimezone(zone).date() if value.endswith("Z") else moment.date()
