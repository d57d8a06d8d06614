"""A whole brief: its sentences, the order of the day, and a part for each project. Pure: facts in, content out."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from pydantic import Field

from buildos_app.briefs.check import Known, check
from buildos_app.briefs.days import notable_day
from buildos_app.briefs.facts import (
    BriefFacts,
    NoteFact,
    PhaseFact,
    ProjectFact,
    TaskFact,
    Value,
    Yesterday,
    is_open,
    is_ready,
)
from buildos_app.briefs.prompts import DraftedSentence, RankedTask, WriteBrief, WrittenBrief
from buildos_app.briefs.ranking import Ranked, rank
from buildos_app.briefs.sentences import AHEAD_DAYS, Counts, Sentence, Topic, count, draft

UPCOMING_IN_A_PROJECT = 10
LOOSE = "Without a project"


class ProjectPart(Value):
    """What a brief says about a project. A task stands in one of the lists at most (trap 24)."""

    id: UUID | None = None
    name: str
    description: str = ""
    task_count: int = 0
    done_count: int = 0
    phase: PhaseFact | None = None
    has_phases: bool = False
    overdue: list[TaskFact] = Field(default_factory=list)
    today: list[TaskFact] = Field(default_factory=list)
    upcoming: list[TaskFact] = Field(default_factory=list)
    blocked: list[TaskFact] = Field(default_factory=list)
    done: list[TaskFact] = Field(default_factory=list)
    notes: list[NoteFact] = Field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        """Is there nothing to say but that?"""
        return not (self.overdue or self.today or self.upcoming or self.blocked or self.done or self.notes)


class BriefContent(Value):
    """What is stored of a brief, shown and mailed.

    `checked` is how many titles and numbers the sentences hold, each of them right; `replaced` is how many sentences
    of the model were not, and stand here in the template's words.
    """

    sentences: list[Sentence]
    ranked: list[Ranked]
    projects: list[ProjectPart]
    counts: Counts
    yesterday: Yesterday
    notable: str = ""
    checked: int = 0
    replaced: int = 0
    note: str = ""

    @property
    def headline(self) -> str:
        """The title of the brief."""
        return next((each.text for each in self.sentences if each.topic == Topic.HEADLINE), "Your brief")

    @property
    def summary(self) -> str:
        """The sentences behind the title, as one paragraph; yesterday has its own place."""
        apart = (Topic.HEADLINE, Topic.YESTERDAY)
        return " ".join(each.text for each in self.sentences if each.topic not in apart)


def question(facts: BriefFacts) -> WriteBrief:
    """What the model is asked about these facts."""
    ranked = rank(facts.tasks, facts.brief_date)
    return WriteBrief(
        date=f"{facts.brief_date:%A}, {facts.brief_date.day} {facts.brief_date:%B}",
        tone=_tone(facts),
        ranked=[RankedTask(title=i.task.title, project=i.task.project, reasons=i.reasons) for i in ranked],
        drafts=[DraftedSentence(topic=each.topic, text=each.text) for each in draft(facts)],
    )


def compose(
    facts: BriefFacts, written: WrittenBrief | None = None, *, parts: list[ProjectPart] | None = None, note: str = ""
) -> BriefContent:
    """The brief. A sentence of the model stands where it is true, the template's everywhere else."""
    known = Known.of(facts)
    offered = {each.topic: each.text.strip() for each in reversed(written.sentences)} if written else {}
    sentences, checked, replaced = [], 0, 0
    for plain in draft(facts):
        own = Sentence(topic=plain.topic, text=" ".join(offered.get(plain.topic, plain.text).split()))
        verdict = check(own, known)
        if not verdict.is_true:
            own, verdict, replaced = plain, check(plain, known), replaced + 1
        sentences.append(own)
        checked += verdict.facts
    return BriefContent(
        sentences=sentences,
        ranked=rank(facts.tasks, facts.brief_date),
        projects=list(project_parts(facts)) if parts is None else parts,
        counts=count(facts),
        yesterday=facts.yesterday,
        notable=notable_day(facts.brief_date),
        checked=checked,
        replaced=replaced,
        note=note,
    )


def _tone(facts: BriefFacts) -> str:
    """behaviour.md 3.6: gentle up to 4 days away, motivating up to 10, then warm and direct."""
    if not facts.is_reengagement:
        return "calm"
    if facts.days_away <= 4:
        return "gentle"
    return "motivating" if facts.days_away <= 10 else "warm"


def project_parts(facts: BriefFacts) -> Iterator[ProjectPart]:
    """Every project, none left out (trap 22), and behind them what belongs to none."""
    by_project: dict[UUID | None, list[TaskFact]] = {}
    for task in facts.tasks:
        by_project.setdefault(task.project_id, []).append(task)
    for project in facts.projects:
        yield _part(facts, project, by_project.get(project.id, []))
    loose = ProjectPart(name=LOOSE, **_lists(facts, by_project.get(None, [])))
    if not loose.is_quiet:
        yield loose


def _part(facts: BriefFacts, project: ProjectFact, tasks: list[TaskFact]) -> ProjectPart:
    return ProjectPart(**project.model_dump(exclude={"notes"}), notes=project.notes, **_lists(facts, tasks))


def _lists(facts: BriefFacts, tasks: list[TaskFact]) -> dict[str, list[TaskFact]]:
    """Each task in the first list that it fits."""
    today, last = facts.brief_date, facts.brief_date + timedelta(days=AHEAD_DAYS)
    lists: dict[str, list[TaskFact]] = {name: [] for name in ("done", "blocked", "overdue", "today", "upcoming")}
    for task in sorted(tasks, key=lambda task: (task.day or last, task.at or "~", task.title, task.id)):
        if not is_open(task):
            lists["done"].append(task)
        elif not is_ready(task):
            lists["blocked"].append(task)
        elif task.day is not None and task.day < today:
            lists["overdue"].append(task)
        elif task.day == today:
            lists["today"].append(task)
        elif task.day is not None and task.day <= last:
            lists["upcoming"].append(task)
    lists["upcoming"] = lists["upcoming"][:UPCOMING_IN_A_PROJECT]
    return lists
