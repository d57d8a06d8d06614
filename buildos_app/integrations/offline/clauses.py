"""Clauses: the pieces of a sentence that each say one thing, and where in them an action begins."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from buildos_app.integrations.offline.moments import is_only_a_moment, parts_times
from buildos_app.integrations.offline.verbs import ING_TO_BASE, LIST_VERBS, NOUN_LIKE, PAST_TO_BASE, VERBS_AND_MORE
from buildos_app.integrations.offline.wording import (
    CONDITION,
    FILLER,
    FINITE,
    IS_TO_BE,
    NEED_A_THING,
    NEGATED,
    NO_ACTION,
    NO_ORDERS,
    STATES,
    STOPWORDS,
    SUBORDINATE,
    WISH,
    WISH_AT_START,
)

Span = tuple[int, int]


@dataclass(frozen=True)
class Action:
    """Where the words of an action begin in a clause.

    For "the fence needs to be painted" `verb` is "paint" and `subject` "the fence"; for other clauses both are
    empty and the words from `start` on begin with the verb. `start` counts characters of the clause.
    """

    start: int
    verb: str = ""
    subject: str = ""
    rest: int = 0


_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_PHRASE_END = re.compile(r"[,;:.!?](?!\w)")
_SEPARATORS = re.compile(r"[\s,:;.!?()\[\]\"'“”*_…–—-]{1,12}")
_OBJECT = re.compile(
    r"(?:the|a|an|my|our|his|her|their|your|its|this|that|these|those|some|all|any|it|them|him|me|us|about|for|to|with|up|"
    r"out|in|on|off|over|at|down|back|new|more|if|whether|someone|somebody|everyone|everything|something|what|who|how|aside|apart|away|together|\d+|[^\W\d_a-z][^\W\d_]*|[^\W\d_]+s)\b"
)
_NEEDS_DONE = re.compile(
    r"(?P<subject>[^,;:.!?]{2,60}?)\s(?:really\s|still\s|also\s|just\s)?(?:needs?|has|have|must|should|ought)\s"
    r"(?:to\s)?(?:really\s|also\s|finally\s|still\s)?(?:be|get)\s(?P<verb>[a-z]+)\b",
    re.IGNORECASE,
)
_NEEDS_DOING = re.compile(
    r"(?P<subject>[^,;:.!?]{2,60}?)\s(?:really\s|still\s|also\s)?needs?\s(?P<verb>[a-z]+ing)\b", re.IGNORECASE
)
_PRONOUN_SUBJECT = re.compile(r"(?:i|we|you|he|she|they|someone|somebody|there|who|what|which)\b", re.IGNORECASE)
_LETTERS_FROM = frozenset(["call", "email", "e-mail", "mail", "message", "reply", "text", "invoice", "note"])
_CONDITION_LENGTH = re.compile(r"[^,.;:!?\n]{3,80},\s{1,4}")
_BREAK = re.compile(
    r"(?P<hard>[,;]?\s{1,4}(?=\(?\d{1,2}\)\s[^\W\d_])|\s{0,4};\s{0,4}|\s{1,4}[—–]\s{1,4}|\s{1,4}-\s{1,4}|\s{0,4}(?:\.{3}|…)\s{0,4})|"
    r"(?P<soft>(?P<comma>,?)\s{1,4}(?:oh\s)?(?P<word>and|but|so|then|plus|also)(?:,?\s{1,4}(?:then|also|oh|please|maybe|just))?,?\s{1,4}|"
    r",\s{1,4})",
    re.IGNORECASE,
)
_NEW_SUBJECT = re.compile(r"(?:i|we)(?:\s|['’])(?!(?:can|could|don['’]t|won['’]t|will)\b)", re.IGNORECASE)
_NEW_STATEMENT = re.compile(
    r"(?:the|my|our|his|her|their)\s(?:[^\W\d_]+\s){1,3}?(?:is|are|was|were|has|have|needs?|must|should|will|can)\b",
    re.IGNORECASE,
)
_UNKNOWN_ORDER = re.compile(
    r"(?P<word>[^\W\d_]{3,14}(?<!ly)(?<!ed)(?<!ing)(?<![^s]s))\s(?:the|my|our|his|her|their|your|these|those|all|it|them|him|out|up)\s",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[^\W_][^:.!?;\n]{0,28}:\s{1,3}(?=\S)")
_SOMEBODY_HAS_TO = re.compile(
    r"(?!I\b|It\b|This\b|That\b|There\b|What\b|Who\b|You\b|He\b|She\b|They\b)"
    r"(?:[A-Z][^\W\d_]+|(?:the|my|our|his|her|their)\s[^\W\d_]+)(?:\s[^\W\d_]+){0,2}?\s(?:really\s|still\s|also\s)?"
    r"(?:(?:has|have|needs?)\sto|must|should)\s(?!(?:be|been|have|not|get)\b)[a-z]"
)
_CONSEQUENCE = re.compile(r"\b(?:or (?:it|he|she|they|we|i|else)|because|otherwise|since|so that|as)\b", re.IGNORECASE)
_ASSIGNED = re.compile(r"(?:[A-Z][^\W\d_]+|me|myself)\sto\s(?=[a-z])")
_HAVE_SOMEBODY = re.compile(
    r"have\s(?:someone|somebody|him|her|them|(?-i:[A-Z])\w+)\s(?!(?:and|or|as|at|in|on|to|for)\b)[a-z]", re.IGNORECASE
)
_HAPPENED = re.compile(
    r"(?:the|my|our|his|her|their)\s(?:[^\W\d_]+\s){1,3}?(?:is|are|was|were|has|have|had|keeps?|went|broke|stopped|comes?|needs?|"
    r"looks?|makes?|does|do)\b",
    re.IGNORECASE,
)
_THING_NEEDS = re.compile(
    r"(?P<subject>(?:the|my|our)\s(?:[^\W\d_]+\s){1,3}?)(?:really\s|also\s|still\s)?(?:needs?|has|have)\sto\s(?!be\b|get\b)",
    re.IGNORECASE,
)
COMMENT = re.compile(r"(?:he|she|it|they|this|that|which|who)(?:['’](?:s|ll|d|re|ve))?\s", re.IGNORECASE)
"""How a remark about what was just said begins."""
_PROMISE = re.compile(r"\b(?:will|would|can|could|might|may|said|says|['’]ll)\b", re.IGNORECASE)


def split_clauses(text: str, times: Sequence[Span] = ()) -> Iterator[Span]:
    """The spans of the clauses of one sentence: broken where a new action or a new thought of the writer begins.

    `times` are the spans of the moments that name a day or a time: "dentist Thursday at 2, haircut Friday at 4".
    """
    start = 0
    for found in _BREAK.finditer(text):
        if any(begin <= found.start() and found.end() <= end for begin, end in times):
            continue
        if found["hard"] and is_only_a_moment(text, found.end(), times):
            continue
        if found.start() > start and (
            _breaks(text, start, found)
            or parts_times(text, start, found, times)
            or _wishes_after_a_moment(text, found, times)
        ):
            yield start, found.start()
            start = found.end()
    if text[start:].strip():
        yield start, len(text)


def _wishes_after_a_moment(text: str, found: re.Match[str], times: Sequence[Span]) -> bool:
    """ "... and on Friday I have to give the talk"."""
    moment = next((end for begin, end in times if begin == found.end()), 0)
    return bool(moment) and _NEW_SUBJECT.match(text, moment + 1) is not None


def _breaks(text: str, start: int, found: re.Match[str]) -> bool:
    if found["hard"]:
        return True
    rest = found.end()
    if WISH.match(text, rest) or NO_ACTION.match(text, rest):
        return True
    word = (found["word"] or "").lower()
    if word and _NEW_SUBJECT.match(text, rest):
        return True
    if "," in found[0] and (assigned := _ASSIGNED.match(text, rest)) and is_imperative(text, assigned.end()):
        return True
    if COMMENT.match(text, rest) and find_action(text[start : found.start()], []):
        return True
    if word and _NEW_STATEMENT.match(text, rest):
        return True
    if "," in found[0] and _HAPPENED.match(text, rest) and find_action(text[start : found.start()], []):
        return True
    if word == "so" and _begins_action(text, rest):
        return True
    if WISH_AT_START.match(text, rest) and not _PROMISE.search(text, start, found.start()):
        return True
    if _goes_on(text, rest) and is_imperative(text, skip_lead(text[: found.start()], [], start)):
        return True
    return _begins_action(text, rest) and _may_be_followed(
        text[start : found.start()], word, bool(found["comma"] or not word)
    )


def _goes_on(text: str, at: int) -> bool:
    """Does a list of orders go on here, as in "water the plants, feed fish, call dad"?"""
    word = _WORD.match(text, at)
    following = _WORD.match(text, word.end() + 1) if word else None
    return bool(word and following and word[0] in LIST_VERBS and not FINITE.fullmatch(following[0]))


def _begins_action(text: str, at: int) -> bool:
    """Does an imperative with an object begin here, in the middle of a sentence?"""
    word = _WORD.match(text, at)
    if not word or not word[0].islower() or not is_imperative(text, at):
        return False
    after = text[word.end() :].lstrip(" \t\n")
    return bool(after and after[0] not in ",.;:!?)") and (word[0] not in NOUN_LIKE or bool(_OBJECT.match(after)))


def _may_be_followed(before: str, word: str, has_comma: bool) -> bool:
    """Can `before` be one clause and what follows another one?"""
    action = find_action(before, [])
    if action:
        return len(before[action.start :].split()) >= 2
    return (has_comma or word in ("then", "also", "so", "but", "plus")) and not _PROMISE.search(before)


def is_imperative(text: str, at: int) -> bool:
    """Does the word at `at` begin an order, as in "book the room", and not a statement about a noun ("the book is")?"""
    word = _WORD.match(text, at)
    if not word:
        return False
    if _HAVE_SOMEBODY.match(text, at):
        return True
    if word[0].lower() not in VERBS_AND_MORE:
        return is_unknown_order(text, at)
    if text[at : at + 12].lower() == "note to self":
        return False
    verb = word[0].lower()
    phrase = _PHRASE_END.split(text[word.end() : word.end() + 60], maxsplit=1)[0]
    following = [each.lower() for each in _WORD.findall(phrase)[:4]]
    if not following:
        return verb not in NOUN_LIKE
    if following[0] in IS_TO_BE or text[word.end() : word.end() + 1] == "'":
        return False
    if verb not in NOUN_LIKE:
        return True
    if following[0] == "of" or (following[0] == "from" and verb in _LETTERS_FROM):
        return False
    return not _is_statement(following)


def is_unknown_order(text: str, at: int) -> bool:
    """Does a word that we do not know as a verb stand where only an order has one, as in "descale the kettle"?"""
    found = _UNKNOWN_ORDER.match(text, at)
    if not found:
        return False
    word = found["word"].lower()
    if word in NO_ORDERS or word in STOPWORDS or word in STATES or word in PAST_TO_BASE or word in ING_TO_BASE:
        return False
    rest = _PHRASE_END.split(text[found.end() : found.end() + 60], maxsplit=1)[0]
    return not _is_statement([each.lower() for each in _WORD.findall(rest)[:3]])


def _is_statement(words: list[str]) -> bool:
    for word in words:
        if SUBORDINATE.fullmatch(word):
            return False
        if FINITE.fullmatch(word):
            return True
    return False


def skip_lead(text: str, marks: list[Span], at: int = 0) -> int:
    """The first character after fillers, separators and `marks` (the spans of dates and the like) at the beginning."""
    while True:
        before = at
        for rule in (_SEPARATORS, FILLER):
            found = rule.match(text, at)
            at = found.end() if found and not (rule is FILLER and is_imperative(text, at)) else at
        at = next((end for start, end in marks if start <= at < end), at)
        if at == before:
            return min(at, len(text))


def find_action(text: str, marks: list[Span]) -> Action | None:
    """The action in a clause, None where it has none; negated wishes and questions to oneself are none."""
    at = skip_lead(text, marks)
    reason = _CONSEQUENCE.search(text, at)
    if NEGATED.search(text, at, reason.start() if reason else len(text)) and not WISH.match(text, at):
        return None
    wished = WISH_AT_START.match(text, at) and _wished(text, marks, at)
    if wished or is_imperative(text, at):
        return wished or Action(at)
    assigned = _ASSIGNED.match(text, at)
    if assigned and is_imperative(text, assigned.end()):
        return Action(assigned.end())
    label = _LABEL.match(text, at)
    if label and is_imperative(text, skip_lead(text, marks, label.end())):
        return Action(skip_lead(text, marks, label.end()))
    condition = CONDITION.match(text, at) and _CONDITION_LENGTH.match(text, at)
    if condition:
        after = skip_lead(text, marks, condition.end())
        if is_imperative(text, after):
            return Action(after)
    return _wished(text, marks, at) or _passive(text, at)


def _wished(text: str, marks: list[Span], at: int) -> Action | None:
    wish = WISH_AT_START.match(text, at) or WISH.search(text, at)
    if not wish:
        need = NEED_A_THING.match(text, at)
        return Action(need.start() + need[0].lower().index("need")) if need else None
    if text.rstrip().endswith("?") and not wish[0].lower().startswith(("can", "could", "would", "will")):
        return None
    start = skip_lead(text, marks, wish.end())
    again = WISH_AT_START.match(text, start)
    while again:
        start = skip_lead(text, marks, again.end())
        again = WISH_AT_START.match(text, start)
    word = _WORD.match(text, start)
    if not word or word[0].lower() in STATES or SUBORDINATE.fullmatch(word[0]) or _PRONOUN_SUBJECT.match(word[0]):
        return None
    return None if word[0].lower() in ("not", "the", "a", "an", "my", "our", "never") else Action(start)


def _passive(text: str, at: int) -> Action | None:
    for rule, bases in ((_NEEDS_DONE, PAST_TO_BASE), (_NEEDS_DOING, ING_TO_BASE)):
        found = rule.match(text, at)
        verb = bases.get(found["verb"].lower()) if found else None
        if found and verb and not _PRONOUN_SUBJECT.match(found["subject"]) and not COMMENT.match(found["subject"]):
            return Action(at, verb, found["subject"], found.end())
    for rule in (_NEEDS_DONE, _NEEDS_DOING):  # a verb that we do not know: the words as they are
        found = rule.match(text, at)
        if found and found["verb"].endswith(("ed", "ing", "wn", "lt")) and not _PRONOUN_SUBJECT.match(found["subject"]):
            return Action(at)
    return Action(at) if _THING_NEEDS.match(text, at) or _SOMEBODY_HAS_TO.match(text, at) else None
