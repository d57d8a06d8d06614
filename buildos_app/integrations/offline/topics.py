"""What a dump is about: known projects that it names, and names of new ones, always taken from its words."""

import re
from dataclasses import dataclass
from typing import Final

from buildos_app.brain_dumps.prompts import KnownProject
from buildos_app.integrations.offline.clauses import is_imperative, skip_lead
from buildos_app.integrations.offline.titles import capital
from buildos_app.integrations.offline.verbs import VERBS_AND_MORE
from buildos_app.integrations.offline.wording import FINITE, STOPWORDS

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_DETERMINER = r"(?:the|my|our|this|a)\s"
_NAME = r"(?P<name>[^\W_](?:[^\s,;:.!?]|[ \t](?=\S)){0,48}?)"
_KIND = r"(?:[ \t](?:project|stuff|things|thing|side|front|topic|side of things|related|tasks|todos|to-?dos))?"
_BARE = rf"{_DETERMINER}{_NAME}{_KIND}(?=[.…!]|$)"
_ANNOUNCEMENTS: Final = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        rf"(?:as for|about|regarding|re|concerning|for|on|with|now to|on to|moving on to|switching to|back to|"
        rf"then there['’]s|there['’]s)\s{{1,3}}"
        rf"(?:{_DETERMINER})?{_NAME}{_KIND}:(?=\s)",
        rf"(?:as for|about|regarding|concerning|moving on to|switching "
        rf"to)\s{{1,3}}(?:{_DETERMINER})?{_NAME}{_KIND},(?=\s)",
        rf"(?:{_DETERMINER})?{_NAME}{_KIND}:(?=\s)",
        rf"(?:about|as for|on to|moving on to|switching to|back to|then there['’]s|and then there['’]s|"
        rf"there['’]s|now|next up)\s{{1,3}}"
        rf"(?:{_DETERMINER})?{_NAME}{_KIND}(?=[.…!]|$)",
        _BARE,
        rf"(?:on|in)\s(?:the\s){_NAME}\s(?:front|side)(?=[,:.\s])",
        rf"(?:and\s|then\s)*there['’]s\s(?P<dated>){_NAME}(?=\s(?:on|in|at|by|this|next)\s)",
        rf"project:?\s{{1,3}}[\"'“]?(?P<proper>){_NAME}[\"'”]?(?=[:.,;]|$)",
    )
)
_BARE_NOUN = next(rule for rule in _ANNOUNCEMENTS if rule.pattern == _BARE)
_PROJECT_NAMED = re.compile(
    r"(?:the|my|our|for|new)\s(?P<name>[^\W\d_][^\s,;:.!?]{1,30}(?:\s[^\W\d_][^\s,;:.!?]{1,30}){0,2}?)\sproject\b",
    re.IGNORECASE,
)
_NAME_WORDS: Final = 4
_NO_NAMES: Final = frozenset(
    """
    note notes idea ideas todo to-do todos to-dos tasks task reminder remember question questions decision decisions
    deadline due also ps fyi important urgent update updates misc miscellaneous other others random general stuff things
    thing errands shopping groceries buy today tomorrow tonight later done finished next steps actions action items
    list brain dump braindump inbox dump summary context background thoughts plan plans waiting someday maybe
    priority first second third finally lastly example warning problem issue issues goal goals status pros cons same
    whole this week weekend month morning afternoon evening day everything time point way rest good bad news fact
    password code code address budget cost costs price total monday tuesday wednesday thursday friday saturday
    sunday wifi worst best main big biggest small only last new old entire one two three https http weekly daily
    monthly
    """.split()
)


@dataclass(frozen=True)
class Topic:
    """The name of a project, new or known, and the characters of the dump that it was read from."""

    name: str
    start: int
    end: int
    is_known: bool = False


def tokens(text: str) -> list[str]:
    """Its content words in lower case, plural s taken off."""
    words = (word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(text))
    return [_singular(word) for word in words if word not in STOPWORDS and len(word) > 1]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def named_project(text: str, projects: tuple[KnownProject, ...]) -> KnownProject | None:
    """The one known project that `text` names, None where it names none or several.

    A project is named by its whole name, by two of its words, or by a distinctive one: its first content word, a
    proper noun in it or a word of eight letters and more, when no other project's name has that word.
    """
    spoken = set(tokens(text))
    scores = {project.id: _score(project, spoken, projects) for project in projects}
    best = max(scores.values(), default=0)
    winners = [project for project in projects if best and scores[project.id] == best]
    return winners[0] if len(winners) == 1 else None


def _score(project: KnownProject, spoken: set[str], projects: tuple[KnownProject, ...]) -> int:
    own = tokens(project.name)
    shared = spoken.intersection(own)
    if not own or not shared:
        return 0
    if shared == set(own) or len(shared) >= 2:
        return 1 + len(shared)
    elsewhere = {word for other in projects if other.id != project.id for word in tokens(other.name)}
    return 1 if shared & (_distinctive(project.name) - elsewhere) else 0


def _distinctive(name: str) -> set[str]:
    words = tokens(name)
    verbless = [word for word in words if word not in VERBS_AND_MORE] or words
    proper = {_singular(word.lower()) for word in _WORD.findall(name)[1:] if word[:1].isupper()}
    is_title_case = all(word[:1].isupper() for word in _WORD.findall(name))
    return (
        {verbless[0]} | {word for word in words if len(word) >= 8} | (set() if is_title_case else proper & set(words))
    )


def heading_topic(text: str, start: int) -> Topic | None:
    """The project that a heading names, None for headings such as "To do" that only say what kind of lines follow."""
    lead = re.compile(rf"(?:for|about|on|re|project)?:?\s{{0,3}}(?:{_DETERMINER})?", re.IGNORECASE).match(text)
    at = lead.end() if lead else 0
    kind = re.compile(
        r"(?:\s(?:project|stuff|things|todos?|to-?dos?|tasks|ideas|notes|list))?\s*$", re.IGNORECASE
    ).search(text)
    end = kind.start() if kind and kind.start() > at else len(text)
    return _topic(text[at:end], start + at)


def announced_topic(text: str, offset: int, *, is_first: bool) -> tuple[Topic, int] | None:
    """The topic that a sentence announces ("ok so the garden.", "work stuff: ...") and where its own words go on."""
    at = skip_lead(text, [])
    for begin in dict.fromkeys((at, 0)):
        for rule in _ANNOUNCEMENTS:
            found = rule.match(text, begin)
            if rule is _BARE_NOUN and not (is_first or at):
                continue
            topic = _topic(found["name"], offset + found.start("name")) if found else None
            if found and topic:
                return topic, offset + (begin if "dated" in rule.groupindex else found.end())
    return None


def project_in(text: str, offset: int) -> Topic | None:
    """The name in "the podcast project"."""
    found = _PROJECT_NAMED.search(text)
    return _topic(found["name"], offset + found.start("name")) if found else None


def _topic(name: str, start: int) -> Topic | None:
    trimmed = name.strip(" \t\n\"'“”*_#")
    start += name.find(trimmed)
    words = [word.lower() for word in _WORD.findall(trimmed)]
    if not words or len(words) > _NAME_WORDS or all(word in _NO_NAMES or word in STOPWORDS for word in words):
        return None
    if (
        (is_imperative(trimmed, 0) and len(words) > 1)
        or any(FINITE.fullmatch(word) for word in words)
        or words[0] in _NO_NAMES
    ):
        return None
    if words[0] in STOPWORDS or words[-1] in ("said", "says"):
        return None
    return Topic(capital(trimmed), start, start + len(trimmed))
