"""Rules for times of day: "3pm", "15:00", "at 3", "half past three", "in the morning", "tonight"."""

from datetime import datetime
from re import Match

from buildos_app.phrases.meanings import Clock, DayPart, Meaning, Rule
from buildos_app.phrases.notation import ZONES, after, group, number, pattern

PART_HOURS = {"morning": 9, "lunchtime": 12, "lunch": 12, "afternoon": 14, "evening": 18, "night": 20}


def _with_half(hour: int, half: str) -> int:
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _clock(found: Match[str], now: datetime) -> Meaning | None:
    """ "3pm", "3.30 pm", "15:00", "at 3": an hour up to 12 that nothing places in the day stays open."""
    groups = found.groupdict()
    hour, minute = number(found["hour"]), int(groups.get("minute") or 0)
    zone = ZONES[group(found, "zone")] if group(found, "zone") else ""
    if groups.get("half"):
        return Clock(_with_half(hour, found["half"]), minute, zone=zone) if 1 <= hour <= 12 else None
    if hour > 23:
        return None
    is_bare = 1 <= hour <= 12 and not found["hour"].startswith("0")
    return Clock(hour, minute, is_bare=is_bare, is_weak="weak" in groups, is_precise=":" in found[0], zone=zone)


def _spoken(found: Match[str], now: datetime) -> Meaning | None:
    """ "half past three", "quarter to five", "ten past 8"."""
    hour = number(found["hour"])
    named = found["minutes"].lower()
    minutes = 30 if "half" in named else 15 if "quarter" in named else 20 if "twenty" in named else number(named)
    is_range = named.isdigit() and found["hour"].isdigit() and found["side"].lower() == "to"
    if not 1 <= hour <= 12 or is_range:  # "10 to 12" is two hours
        return None
    if found["side"].lower() == "past":
        return Clock(hour, minutes, is_bare=True)
    return Clock((hour - 2) % 12 + 1, 60 - minutes, is_bare=True)


def _range(found: Match[str], now: datetime) -> Meaning | None:
    """ "3-5pm", "from 3 to 5", "10:00-11:30": the beginning counts."""
    hour, until = int(found["hour"]), int(found["until"])
    is_time = found["half"] or found["lead"] or (found["minute"] and found["until_minute"])
    if hour > 23 or until > 24 or (found["half"] and not 1 <= hour <= 12):
        return None
    minute = int(found["minute"] or 0)
    if found["half"]:
        is_before_noon = found["half"].lower() == "p" and hour > until
        return Clock(hour if is_before_noon else _with_half(hour, found["half"]), minute)
    return Clock(hour, minute, is_bare=1 <= hour <= 12, is_weak=not is_time)


def _noon(found: Match[str], now: datetime) -> Meaning | None:
    return Clock(12)


def _midnight(found: Match[str], now: datetime) -> Meaning | None:
    """The midnight that ends a day: hour 24."""
    return Clock(24)


def _part(found: Match[str], now: datetime) -> Meaning | None:
    words = found[0].lower()
    if words.startswith("first thing"):
        return DayPart("morning", 9, is_weak=words == "first thing")
    if words.startswith(("toni", "2ni")):
        return DayPart("night", 20, is_today=True)
    name = found["part"].lower()
    return DayPart(name, PART_HOURS[name], is_today=words.startswith("this"), is_weak="weak" in found.groupdict())


_NEAR = after("by", "around", "about", "before", "after", "until")
_PART = "(?P<part>morning|afternoon|evening|night|lunchtime|lunch(?! (?:with|for|and)))"

TIME_RULES: list[Rule] = [
    (pattern(r"(?:at )?<hour>(?:[:.]<minute>)? ?<half><zone>"), _clock),
    (pattern(r"(?:at )?(?<![\d:])(?P<hour>[01]?\d|2[0-3]):<minute>(?!:\d)(?: ?h)?<zone>"), _clock),
    (pattern(r"(?:at|@) ?<hour>(?:[.]<minute>)?<stop>"), _clock),
    (pattern("at <hourword><stop>"), _clock),
    (pattern("at <hour>(?P<weak>)"), _clock),
    (pattern(r"at (?P<hour>[01]?\d|2[0-3])h<minute>?"), _clock),
    (pattern("(?:at |around |about )?<hourword>(?: |-)?ish"), _clock),
    (pattern("(?:at )?<hourword> sharp"), _clock),
    (pattern("(?:at )?<hourword> ?o['’]clock"), _clock),
    (pattern(f"{_NEAR}<hour>(?P<weak>)<stop>"), _clock),
    (pattern("(?:at )?(?P<minutes>half|(?:a )?quarter|five|ten|twenty|5|10|20) (?P<side>past|to) <hourword>"), _spoken),
    (
        pattern(
            r"(?P<lead>from |between )?<hour>(?:[:.]<minute>)?(?: ?[ap]m)? ?(?:-|–|to|and|until) ?"
            r"(?P<until>\d{1,2})(?:[:.](?P<until_minute>[0-5]\d))?(?: ?<half>)?<stop>"
        ),
        _range,
    ),
    (pattern("(?:at )?(?:12 )?(?:noon|midday)|at lunch(?:time)?<stop>"), _noon),
    (pattern("(?:at )?midnight"), _midnight),
    (pattern("tonight|tonite|2nite|2night|first thing in the morning|first thing"), _part),
    (pattern("(?:in the|this)(?: early| late)? (?P<part>morning|afternoon|evening)"), _part),
    (pattern(f"(?:early |late |at )?{_PART}(?P<weak>)"), _part),
]
