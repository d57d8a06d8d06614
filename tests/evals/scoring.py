"""Precision and recall of the tasks and of their dates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from buildos_app.brain_dumps.operations import ProposedOperation
from buildos_app.models.brain_dump import OperationKind, OperationTable
from tests.evals.cases import Case, Expected

ALIKE = 0.6
"""Share of common words (Dice) from which two titles say the same."""
_SMALL_WORDS = frozenset("a an the to of in on at for my our your his her their and by with".split())


@dataclass
class Score:
    """What was right, what was made up, what was missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def add(self, other: "Score") -> None:
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed


@dataclass
class Result:
    """The scores of one case, and in words what was not right."""

    titles: Score = field(default_factory=Score)
    dates: Score = field(default_factory=Score)
    additions: Score = field(default_factory=Score)
    complaints: list[str] = field(default_factory=list)


def score(case: Case, operations: Sequence[ProposedOperation]) -> Result:
    """Compare the tasks and the changed notes among `operations` with what the case expects."""
    found = [operation for operation in operations if operation.target == OperationTable.TASKS]
    pairs = _pairs(case, found)
    result = Result()
    _compare_additions(case, operations, result)
    for expected, operation in pairs:
        if operation is None:
            _missed(expected, result)
        elif not expected.is_optional:
            result.titles.right += 1
            _compare_dates(expected, operation, result)
    taken = {id(operation) for _, operation in pairs}
    for operation in found:
        if id(operation) not in taken and not case.may_find_more:
            result.titles.wrong += 1
            result.dates.wrong += bool(moment_of(operation))
            result.complaints.append(f"made up: {title_of(case, operation)} @{moment_of(operation)}")
    return result


def title_of(case: Case, operation: ProposedOperation) -> str:
    """The title of a task, of a known one where it is an update."""
    known = next((task.title for task in case.tasks if task.id == operation.row_id), "")
    return known or str(operation.data.get("title", ""))


def moment_of(operation: ProposedOperation) -> str:
    """The date of a task as text in its zone, or ""."""
    moment = operation.data.get("due_date") or operation.data.get("start_date")
    return datetime.fromisoformat(moment).isoformat(timespec="minutes")[:16] if moment else ""


def likeness(left: str, right: str) -> float:
    """How alike two titles are, from 0 to 1."""
    first, second = _words(left), _words(right)
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 0.0


def _words(title: str) -> set[str]:
    words = re.findall(r"[^\W_]+", title.lower().replace("’", "'").replace("'s", ""))
    return {word.removesuffix("s") if len(word) > 3 else word for word in words if word not in _SMALL_WORDS}


def _compare_additions(case: Case, operations: Sequence[ProposedOperation], result: Result) -> None:
    """The words that known notes get, letter by letter."""
    names = {note.id: note.title for note in case.notes}
    found = [
        f"{names[item.row_id]}: {item.data.get('content_addition', '')}"
        for item in operations
        if item.target == OperationTable.NOTES and item.row_id in names
    ]
    missed, wrong = [set(one) - set(other) for one, other in ((case.additions, found), (found, case.additions))]
    result.additions.add(Score(len(found) - len(wrong), len(wrong), len(missed)))
    result.complaints += [f"note: {text}" for text in [*missed, *wrong]]


def _pairs(case: Case, found: list[ProposedOperation]) -> list[tuple[Expected, ProposedOperation | None]]:
    """Each expectation with the task that meets it best, no task twice."""
    likely = sorted(
        (
            (-_fits(case, expected, operation), number, at)
            for number, expected in enumerate(case.expected)
            for at, operation in enumerate(found)
        ),
    )
    chosen: dict[int, int] = {}
    for negative, number, at in likely:
        if -negative >= ALIKE and number not in chosen and at not in chosen.values():
            chosen[number] = at
    return [(item, found[chosen[n]] if n in chosen else None) for n, item in enumerate(case.expected)]


def _fits(case: Case, expected: Expected, operation: ProposedOperation) -> float:
    if expected.is_update and operation.operation != OperationKind.UPDATE:
        return 0.0
    return max(likeness(title, title_of(case, operation)) for title in expected.titles)


def _missed(expected: Expected, result: Result) -> None:
    if expected.is_optional:
        return
    result.titles.missed += 1
    result.dates.missed += bool(expected.moments)
    result.complaints.append(f"missed: {expected.titles[0]} {'@' if expected.moments else ''}{expected.moments[:1]}")


def _compare_dates(expected: Expected, operation: ProposedOperation, result: Result) -> None:
    moment = moment_of(operation)
    if any(moment.startswith(wanted) for wanted in expected.moments):
        result.dates.right += 1
        return
    result.dates.wrong += bool(moment)
    result.dates.missed += bool(expected.moments)
    if moment or expected.moments:
        result.complaints.append(f"date: {expected.titles[0]}: {moment or 'none'}, not {expected.moments or 'one'}")
