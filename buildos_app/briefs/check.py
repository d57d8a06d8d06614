"""Is a sentence true? Every title and every number in it is held against the facts of the brief.

A sentence may consist of three things and of nothing else: titles of the brief in quotes, claims that are recognised
and right (how late, how many, when, how long), and words from a closed list that claim nothing. So an invented task
without quotes fails as surely as a wrong number: its words are not on the list.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from buildos_app.briefs.facts import BriefFacts, TaskFact, is_overdue
from buildos_app.briefs.ranking import rank
from buildos_app.briefs.sentences import Counts, Sentence, Topic, count, for_today, overdue
from buildos_app.briefs.words import FREE, MONTHS, NUMBERS, WEEKDAYS

LONGEST = 320
_OPEN, _CLOSE = "\ue000", "\ue001"
_TITLE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")
_HARMLESS = re.compile(r"[\s.,;:!?()–—-]*")


@dataclass(frozen=True)
class Verdict:
    """`facts` is how many titles and numbers were found and are right; `problem` is empty when all are."""

    facts: int = 0
    problem: str = ""

    @property
    def is_true(self) -> bool:
        """May it be shown?"""
        return not self.problem


@dataclass(frozen=True)
class Known:
    """What sentences are held against."""

    facts: BriefFacts
    counts: Counts
    ranked: list[TaskFact]

    @classmethod
    def of(cls, facts: BriefFacts) -> "Known":
        """Everything that can be said about a brief."""
        return cls(facts, count(facts), [item.task for item in rank(facts.tasks, facts.brief_date)])

    def titles(self, topic: Topic) -> list[TaskFact]:
        """The tasks that a sentence on this topic may name."""
        about = {
            Topic.FIRST: self.ranked[:1],
            Topic.THEN: self.ranked[1:3],
            Topic.LATE: overdue(self.facts),
            Topic.TODAY: for_today(self.facts),
        }
        return about.get(topic, [])


def check(sentence: Sentence, known: Known) -> Verdict:
    """Hold one sentence against the facts."""
    tasks = known.titles(sentence.topic)
    text = " ".join(sentence.text.split())
    if not text or len(text) > LONGEST or _OPEN in text or _CLOSE in text:
        return Verdict(problem="its length or its characters")
    text = _with_titles_marked(text, tasks)
    named = [int(number) for number in _TITLE.findall(text)]
    if sentence.topic in (Topic.FIRST, Topic.THEN) and list(dict.fromkeys(named)) != list(
        range(max(named, default=0) + 1)
    ):
        return Verdict(problem="it does not name the tasks in their order")
    text = text.lower()
    found = len(named)
    for claim, is_right in CLAIMS:
        for match in claim.finditer(text):
            if not is_right(match, _Place(text, match, tasks, known)):
                return Verdict(problem=f"“{match.group().strip()}” is not so")
            found += 1
        text = claim.sub(lambda match: " " * len(match.group()), text)
    return _the_rest(text, sentence.topic, found)


def _with_titles_marked(text: str, tasks: list[TaskFact]) -> str:
    for number, task in sorted(enumerate(tasks), key=lambda item: -len(item[1].title)):
        title = re.escape(" ".join(task.title.split()))
        text = re.sub(f'“{title}”|"{title}"', f"{_OPEN}{number}{_CLOSE}", text)
    return text


def _the_rest(text: str, topic: Topic, found: int) -> Verdict:
    """What is neither a title nor a claim has to be free of both."""
    text = _TITLE.sub(" ", text)
    for word in _WORD.findall(text):
        if word not in FREE or (word == "first" and topic not in (Topic.FIRST, Topic.HEADLINE)):
            return Verdict(problem=f"“{word}” is not in the facts")
    if not _HARMLESS.fullmatch(_WORD.sub(" ", text)):
        return Verdict(problem="it has numbers or signs that are not in the facts")
    return Verdict(found)


class _Place:
    """Where a claim stands: the task that it is about is the one named last before it, else the next one named."""

    def __init__(self, text: str, match: re.Match[str], tasks: list[TaskFact], known: Known) -> None:
        before = [int(number) for number in _TITLE.findall(text[: match.start()])]
        after = [int(number) for number in _TITLE.findall(text[match.end() :])]
        number = before[-1] if before else after[0] if after else None
        self.task = None if number is None else tasks[number]
        self.known = known
        self.counts = known.counts
        self.today = known.facts.brief_date


Claim = Callable[[re.Match[str], _Place], bool]

_N = rf"(\d{{1,4}}|{'|'.join(NUMBERS)})"
_TASKS = r"(?:open |other )?(?:tasks?|things?)"
_CLOCK = r"(\d{1,2}:\d{2})"
_DAY = rf"(today|tomorrow|yesterday|(?:on )?(?:{'|'.join(WEEKDAYS)})|(?:on )?\d{{1,2}} (?:{'|'.join(MONTHS)}))"


def number(word: str) -> int:
    """ "3", "three" and "no" as numbers."""
    return int(word) if word.isdigit() else NUMBERS[word]


def _count(name: str) -> Claim:
    return lambda match, place: number(match[1]) == getattr(place.counts, name)


def _yesterday(name: str) -> Claim:
    return lambda match, place: number(match[1]) == getattr(place.known.facts.yesterday, name)


def _no(name: str) -> Claim:
    return lambda match, place: getattr(place.counts, name) == 0


def _blocks(match: re.Match[str], place: _Place) -> bool:
    return place.task is not None and place.task.blocks == number(match[1])


def _days_late(match: re.Match[str], place: _Place) -> bool:
    return place.task is not None and place.task.day == place.today - timedelta(days=number(match[1]))


def _is_late(match: re.Match[str], place: _Place) -> bool:
    return place.task is not None and is_overdue(place.task, place.today)


def _day_of(words: str, today: date, task_day: date) -> date | None:
    """The day that words mean; a weekday is one of the next six days, or of the last six."""
    words = words.removeprefix("on ")
    relative = {"today": 0, "tomorrow": 1, "yesterday": -1}
    if words in relative:
        return today + timedelta(days=relative[words])
    if words in WEEKDAYS:
        is_it = f"{task_day:%A}".lower() == words and 1 <= (task_day - today).days < 7
        return task_day if is_it else None
    day, month = words.split()
    return task_day if (task_day.day, f"{task_day:%B}".lower()) == (int(day), month) else None


def _date(match: re.Match[str], place: _Place) -> bool:
    """due | planned … day [at time], or [by | at] time [today]"""
    word, day, clock = match["word"], match["day"], match["clock"]
    task = place.task
    if task is None or task.day is None or (word == "due") != task.is_due:
        return False
    if day is not None and _day_of(day, place.today, task.day) != task.day:
        return False
    return clock is None or clock == task.at


def _clock(match: re.Match[str], place: _Place) -> bool:
    task = place.task
    return task is not None and bool(task.at) and match[1] == task.at and (not match[2] or task.day == place.today)


def _minutes(match: re.Match[str]) -> int:
    return 60 * int(match["h"] or 0) + int(match["m"] or 0)


def _in_all(match: re.Match[str], place: _Place) -> bool:
    return _minutes(match) == place.counts.minutes


def _takes(match: re.Match[str], place: _Place) -> bool:
    return place.task is not None and _minutes(match) == place.task.minutes


_LENGTH = r"(?:about )?(?:(?P<h>\d{1,3}) (?:h|hours?)\b ?)?(?:(?P<m>\d{1,3}) (?:min|minutes?)\b)?"

CLAIMS: tuple[tuple[re.Pattern[str], Claim], ...] = tuple(
    (re.compile(pattern), claim)
    for pattern, claim in (
        (rf"\baway for {_N} days?\b", lambda match, place: number(match[1]) == place.known.facts.days_away),
        (rf"\b{_N} {_TASKS} waits? for you\b", _count("open")),
        (rf"\b{_N} {_TASKS} (?:waits?|(?:is|are) waiting) for it\b", _blocks),
        (rf"\b(?:un)?blocks {_N} {_TASKS}\b", _blocks),
        (rf"\b{_N} {_TASKS} (?:is|are) (?:overdue|late)\b", _count("overdue")),
        (r"\bnothing is (?:overdue|late)\b", _no("overdue")),
        (rf"\b{_N} {_TASKS} (?:is|are) (?:planned |due )?(?:for )?today\b", _count("today")),
        (r"\bnothing is (?:planned for|due) today\b", _no("today")),
        (r"\bnothing presses\b", lambda match, place: not place.known.ranked),
        (rf"\b{_N} {_TASKS} (?:comes?|follows?|(?:is|are) planned) in the next (?:seven|7) days\b", _count("upcoming")),
        (rf"\b{_N} {_TASKS} (?:comes?|moves?)\b", lambda match, place: number(match[1]) == len(place.known.ranked)),
        (rf"\b(?:yesterday )?you planned {_N}(?: {_TASKS})?(?: yesterday)?(?=[ ,.])", _yesterday("planned")),
        (rf"\b(?:finished|did|completed) {_N}(?: of them)?\b", _yesterday("done")),
        (rf"\b{_N}(?: of them)? slipped\b", _yesterday("slipped")),
        (r"\bnothing slipped\b", lambda match, place: place.known.facts.yesterday.slipped == 0),
        (rf"\b{_N} (?:active )?projects?\b", _count("projects")),
        (rf"\b{_N} days? (?:overdue|late)\b", _days_late),
        (r"\b(?:overdue|late)\b", _is_late),
        (
            rf"\b(?P<word>due|planned) (?P<day>{_DAY[1:-1]})(?: (?:by|at) (?P<clock>\d{{1,2}}:\d{{2}}))?\b",
            _date,
        ),
        (rf"\b(?:by|at) {_CLOCK}( today)?\b", _clock),
        (rf"\btakes? {_LENGTH} (?:in all|together)\b", _in_all),
        (rf"\btakes? {_LENGTH}(?<=[a-z])\b", _takes),
        (r"\bhigh priority\b", lambda match, place: place.task is not None and place.task.priority == "high"),
        (
            r"\b(?:already begun|in progress)\b",
            lambda match, place: place.task is not None and place.task.status == "in_progress",
        ),
    )
)
