"""How the grammar's patterns are written, and the word classes that they share."""

import re
from typing import Final

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS: Final = (
    """
    january february march april may june july august september october november december
    """.split()
)  # fmt: skip
ZONES: Final = {
    **dict.fromkeys(("pacific", "pt", "pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("mountain", "mt", "mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("central", "ct", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("eastern", "et", "est", "edt"), "America/New_York"),
    **dict.fromkeys(("gmt", "utc"), "UTC"),
    **dict.fromkeys(("uk", "london", "bst"), "Europe/London"),
    **dict.fromkeys(("cet", "cest", "berlin"), "Europe/Berlin"),
    **dict.fromkeys(("jst", "tokyo"), "Asia/Tokyo"),
    **dict.fromkeys(("aest", "aedt", "sydney"), "Australia/Sydney"),
}
"""What people call their clocks; a place needs the word "time" behind it."""
NUMBER_WORDS: Final = {
    word: number
    for number, words in enumerate(
        [
            "zero",
            "one a an",
            "two couple",
            "three few",
            *"""
        four five six seven eight nine ten eleven twelve
        """.split(),
        ]
    )
    for word in words.split()
}
ORDINAL_WORDS: Final = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}

_HOUR_WORD = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_COUNT = rf"\d{{1,3}}|an?(?: couple of| few)?|couple of|few|{_HOUR_WORD}"
_FULL_DAY = "|".join(WEEKDAYS)
_FOLLOWERS = (
    "on|in the|at|around|with|for|to|and|or|then|tomorrow|today|tonight|this|next|sharp|by|about|from|because|so|but|"
    f"if|when|every|each|until|till|starting|beginning|before|after|during|please|pls|latest|{_FULL_DAY}|mon|tue|wed|thu|fri|sat|sun|daily|weekly|i|we|"
    r"we'll|i'll|\d{1,3} ?(?:m|h|min|minutes|hours)"
)
_CLASSES: Final = {
    "count": f"(?P<count>{_COUNT})",
    "unit": "(?P<unit>day|week|fortnight|month|quarter|year)s?",
    "weekday": f"(?P<weekday>{_FULL_DAY})",
    "shortday": "(?P<weekday>tues?|weds|thurs?|thu|fri)",
    "homograph": "(?P<weekday>mon|wed|sat|sun)",
    "anyday": f"(?P<weekday>{_FULL_DAY}|mon|tues?|weds?|thurs?|thu|fri|sat|sun)",
    "month": rf"(?P<month>{'|'.join(MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?)",
    "ordinal": r"(?P<ordinal>\d{1,2}(?:st|nd|rd|th))",
    "nth": "(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last)",
    "hour": r"(?P<hour>\d{1,2})",
    "hourword": rf"(?P<hour>\d{{1,2}}|{_HOUR_WORD})",
    "minute": r"(?P<minute>[0-5]\d)",
    "half": r"(?P<half>[ap])(?:\.m\.|\.?m(?!\w))",
    "zone": (
        "(?: (?P<zone>[ECMP][SD]?T|GMT|UTC|BST|CES?T|JST|AE[SD]T|"
        "(?:pacific|mountain|central|eastern)(?= time|<stop>)|(?:UK|london|berlin|tokyo|sydney)(?= time))(?: time)?)?"
    ),
    "year": r"(?P<year>20\d\d)",
    "stop": rf"(?= ?(?:$|[;:!?)\]\n,]|\.(?!\d)|[-–] |(?:{_FOLLOWERS})(?!\w)))",
}
_LETTER = r"[\w\u00c0-\u024f\u0370-\u1fff]"
_START = rf"(?<!{_LETTER})(?<![@#/€$£])(?<!{_LETTER}[.\-–])"
_END = rf"(?!{_LETTER}|@|[.\-–/]{_LETTER}|['’]{_LETTER})"
_GAP = r"(?:[ \t\xa0]{1,4}|[ \t]{0,4}\r?\n[ \t]{0,4})"


def pattern(notation: str) -> re.Pattern[str]:
    """Compile a rule: `<name>` is a word class, a space is up to four blanks or one line break.

    Matches whole words in any case. Every repetition is bounded, so that no text makes a search slow.
    """
    classes = notation
    while (expanded := re.sub(r"(?<!\?P)<(\w+)>", lambda found: _CLASSES[found[1]], classes)) != classes:
        classes = expanded
    return re.compile(f"{_START}(?:{classes.replace(' ', _GAP)}){_END}", re.IGNORECASE | re.ASCII)


def after(*words: str) -> str:
    """Only directly after one of these words and a blank, which stay outside of the match."""
    return "(?:" + "|".join(rf"(?<=\b{word}\x20)" for word in words) + ")"


def not_after(*words: str) -> str:
    """Not directly after one of these words and a blank."""
    return "".join(rf"(?<!\b{word}\x20)" for word in words)


def number(words: str) -> int:
    """The number that digits or a number word stand for; "a couple of" is 2, "a few" is 3."""
    if words.isdigit():
        return int(words)
    known = [NUMBER_WORDS[word] for word in words.lower().split() if word in NUMBER_WORDS]
    return known[-1]


def weekday_number(word: str) -> int:
    """0 for Monday to 6 for Sunday; knows abbreviations of three letters and more."""
    return next(index for index, name in enumerate(WEEKDAYS) if name.startswith(word.lower()[:3]))


def month_number(word: str) -> int:
    """1 for January to 12 for December; knows abbreviations of three letters."""
    return next(index for index, name in enumerate(MONTHS, start=1) if name.startswith(word.lower()[:3]))


def group(found: re.Match[str], name: str) -> str:
    """What the group caught, in lower case; empty where the rule has no such group or it caught nothing."""
    return (found.groupdict().get(name) or "").lower()
