"""What a model says is held against the facts: nothing wrong reaches the reader, and what is right passes."""

import random
import re
from datetime import date, timedelta
from uuid import UUID

import pytest

from buildos_app.briefs.check import Known, check
from buildos_app.briefs.content import compose, question
from buildos_app.briefs.days import notable_day
from buildos_app.briefs.facts import BriefFacts, ProjectFact, TaskFact, Yesterday
from buildos_app.briefs.prompts import DraftedSentence, WrittenBrief
from buildos_app.briefs.ranking import rank
from buildos_app.briefs.sentences import Sentence, Topic, draft
from buildos_app.briefs.words import MONTHS, NUMBERS, WEEKDAYS

TODAY = date(2026, 11, 23)
NOUNS = "Order Call Paint Fix Write Send Return Mow Plan Review".split()
THINGS = "timber|the roof|chapter 3|library books|the board deck|Jonas|“Dune”|7 letters|first steps|a 2nd fence".split(
    "|"
)


def some_facts(seed: int) -> BriefFacts:
    """A day of somebody's life, different for each seed."""
    chance = random.Random(seed)
    project = ProjectFact(id=UUID(int=1), name="Garden", task_count=9, done_count=2)
    titles = chance.sample([f"{verb} {thing}" for verb in NOUNS for thing in THINGS], 12)
    tasks = [
        TaskFact(
            id=UUID(int=number),
            title=title,
            project_id=project.id,
            project=project.name,
            status=chance.choice(["backlog", "backlog", "in_progress", "blocked"]),
            priority=chance.choice(["low", "medium", "high"]),
            day=chance.choice([None, TODAY, TODAY + timedelta(days=chance.randint(-9, 12))]),
            is_due=chance.random() < 0.5,
            at=chance.choice(["", "", "14:00", "09:30"]),
            minutes=chance.choice([0, 15, 45, 90]),
            blocks=chance.choice([0, 0, 1, 3]),
        )
        for number, title in enumerate(titles, start=10)
    ]
    planned = chance.randint(0, 5)
    slipped = chance.randint(0, planned)
    was = Yesterday(planned=planned, done=chance.randint(0, 6), slipped=slipped)
    return BriefFacts(brief_date=TODAY, timezone="Europe/Berlin", projects=[project], tasks=tasks, yesterday=was)


def spoiled(text: str, facts: BriefFacts, chance: random.Random) -> str:
    """A sentence with a wrong number, a wrong day or a wrong title in it."""
    others = [task.title for task in facts.tasks if f"“{task.title}”" not in text]

    def another_number(match: re.Match[str]) -> str:
        return str(int(match[0]) + chance.randint(1, 9))

    def another_word(match: re.Match[str]) -> str:
        words = WEEKDAYS if match[0].lower() in WEEKDAYS else MONTHS
        return chance.choice([word for word in words if word != match[0].lower()]).capitalize()

    outside = re.sub(r"“[^”]*(?:“[^”]*”[^”]*)*”", lambda match: "•" * len(match[0]), text)
    ways = [
        lambda: text + f" And {chance.randint(2, 99)} more.",
        lambda: text + f" Then {chance.choice(['sell the boat', 'call the bank', 'phone Jonas', 'fix the car'])}.",
        lambda: text + f" “{chance.choice(others)}” is done.",
        lambda: text.rstrip(".") + ", and everything else is done.",
        lambda: text + f" There are {chance.choice(list(NUMBERS))} meetings.",
        lambda: text + " All 3 is well ✅",
        lambda: text + " <b>Now</b> see http://evil.example.",
    ]
    if re.search(r"\d", outside):
        spots = list(re.finditer(r"\d+", outside))
        spot = chance.choice(spots)
        ways += [lambda: text[: spot.start()] + another_number(spot) + text[spot.end() :]] * 6
    if "“" in text:
        start, end = text.index("“"), text.index("”")
        ways.append(lambda: text[: start + 1] + chance.choice(others) + text[end:])
        ways.append(lambda: text[: start + 1] + text[start + 1 : end].upper() + "!" + text[end:])
        ways.append(lambda: text.replace("“", "").replace("”", ""))
    named = re.compile("|".join([*WEEKDAYS, *MONTHS]), re.IGNORECASE)
    if (word := named.search(outside)) is not None:
        ways.append(lambda: text[: word.start()] + another_word(word) + text[word.end() :])
    if "today" in outside:
        ways.append(lambda: text.replace("today", "yesterday"))
        ways.append(lambda: text.replace("today", "tomorrow"))
    return chance.choice(ways)()


def test_1000_replies_with_wrong_numbers_and_titles_reach_nobody() -> None:
    chance = random.Random(7)
    shown = []
    for seed in range(1000):
        facts = some_facts(seed)
        plain = {each.topic: each.text for each in draft(facts)}
        topic = chance.choice(list(plain))
        wrong = spoiled(plain[topic], facts, chance)
        if wrong == plain[topic]:
            wrong += " 99 tasks are overdue."
        reply = WrittenBrief(sentences=[DraftedSentence(topic=topic, text=wrong)])

        content = compose(facts, reply)

        if any(each.text != plain[each.topic] for each in content.sentences) or content.replaced != 1:
            shown.append((topic, wrong))
    assert shown == []


def test_every_sentence_of_the_template_is_true() -> None:
    for seed in range(500):
        facts = some_facts(seed)
        known = Known.of(facts)
        for sentence in draft(facts):
            assert check(sentence, known).problem == "", sentence


RIGHT = BriefFacts(
    brief_date=TODAY,
    timezone="Europe/Berlin",
    tasks=[
        TaskFact(
            id=UUID(int=1), title="Order timber", day=TODAY - timedelta(days=3), is_due=True, blocks=2, minutes=30
        ),
        TaskFact(id=UUID(int=2), title="Call Jonas", day=TODAY, at="15:00", minutes=15),
        TaskFact(id=UUID(int=3), title="Send the deck", day=TODAY + timedelta(days=3), is_due=True, priority="high"),
    ],
    yesterday=Yesterday(planned=3, done=2, slipped=1),
)


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("headline", "Three things move today"),
        ("headline", "A good day to begin"),
        ("first", "“Order timber” comes first, because it is three days overdue and 2 tasks wait for it."),
        ("first", 'Begin with "Order timber": it blocks two tasks.'),
        ("first", "Let’s get “Order timber” settled now; it takes about 30 min."),
        ("then", "“Send the deck” is due on Thursday, and “Call Jonas” is planned today at 15:00."),
        ("then", "Next comes “Send the deck”, due Thursday, with high priority."),
        ("late", "Only “Order timber” is late."),
        ("today", "1 task is for today and takes 15 min in all."),
        ("yesterday", "Yesterday you planned three, finished two, and one slipped."),
        ("ahead", "1 task comes in the next 7 days."),
    ],
)
def test_a_model_may_say_it_in_its_own_words(topic: str, text: str) -> None:
    assert check(Sentence(topic=Topic(topic), text=text), Known.of(RIGHT)).problem == ""


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("headline", "Four things move today"),
        ("headline", "Order timber today"),
        ("first", "Start with “Call Jonas”."),
        ("first", "Start with the timber."),
        ("first", "“Order timber” is due today."),
        ("then", "“Call Jonas” is planned today at 16:00."),
        ("then", "“Call Jonas” is due today."),
        ("then", "“Call Jonas” is overdue."),
        ("then", "“Send the deck” is due on Friday."),
        ("then", "First comes “Call Jonas”."),
        ("late", "Nothing is overdue."),
        ("yesterday", "Yesterday you planned 2, finished 3, and 1 slipped."),
        ("yesterday", "You finished everything yesterday."),
        ("welcome", "You were away for 3 days."),
        ("today", "Your meeting is at 14:00."),
        ("ahead", ""),
        ("ahead", "x" * 400),
    ],
)
def test_what_is_not_so_is_refused(topic: str, text: str) -> None:
    assert check(Sentence(topic=Topic(topic), text=text), Known.of(RIGHT)).problem != ""


def test_the_same_input_gives_the_same_order() -> None:
    for seed in range(100):
        tasks = some_facts(seed).tasks
        mixed = random.Random(seed).sample(tasks, len(tasks))
        assert rank(tasks, TODAY) == rank(mixed, TODAY)


def test_the_ranking_says_why() -> None:
    assert [(item.task.title, item.reasons) for item in rank(RIGHT.tasks, TODAY)] == [
        ("Order timber", ["3 days overdue", "blocks 2 tasks", "30 min"]),
        ("Send the deck", ["due on Thursday", "high priority"]),
        ("Call Jonas", ["at 15:00 today", "15 min"]),
    ]


def test_trap_20_what_is_blocked_or_waits_does_not_nag() -> None:
    late = TODAY - timedelta(days=5)
    tasks = [
        TaskFact(id=UUID(int=1), title="Blocked", status="blocked", day=late),
        TaskFact(id=UUID(int=2), title="Waits", waits_for=1, day=late),
        TaskFact(id=UUID(int=3), title="Done", status="done", day=late, done_on=TODAY),
    ]
    assert rank(tasks, TODAY) == []
    assert compose(BriefFacts(brief_date=TODAY, timezone="UTC", tasks=tasks)).counts.overdue == 0


def test_trap_23_there_is_one_list_of_what_comes_first() -> None:
    content = compose(RIGHT)
    first = next(each.text for each in content.sentences if each.topic == Topic.FIRST)
    assert content.ranked[0].task.title in first
    assert content.headline == "Three things come first today"


def test_the_question_holds_what_the_model_may_say_and_nothing_else() -> None:
    asked = question(RIGHT)
    assert [item.title for item in asked.ranked] == ["Order timber", "Send the deck", "Call Jonas"]
    assert asked.date == "Monday, 23 November"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 19), "Martin Luther King Day"), (date(2026, 2, 16), "Presidents"), (date(2026, 5, 10), "Mother"),
        (date(2026, 5, 25), "Memorial"), (date(2026, 6, 21), "Father"), (date(2026, 9, 7), "Labor"),
        (date(2026, 10, 12), "Columbus"), (date(2026, 11, 26), "Thanksgiving"), (date(2026, 11, 27), "Black Friday"),
        (date(2026, 4, 5), "Easter"), (date(2026, 7, 1), "third quarter"), (date(2026, 12, 21), "winter"),
    ],
)  # fmt: skip
def test_notable_days(day: date, name: str) -> None:
    assert name in notable_day(day)
    assert notable_day(date(2026, 11, 24)) == ""
