"""A project's phases as the board and the timeline draw them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from buildos_app.phases.columns import Column, DatedTasks
from buildos_app.phases.facts import PhaseView
from buildos_app.phrases.text import counted
from buildos_app.ui.pages.phases.timeline_views import Dot, Scale, scale_of
from buildos_app.ui.pages.project.state import dates_words, phase_state
from buildos_app.ui.task_views import replaced, task_row_of
from buildos_app.ui.views import Chip, TaskRow


@dataclass(frozen=True)
class PhaseCard:
    """A phase with the first of its tasks; `more` are those that a filter lets through and that are not shown.

    `which` is the filter that holds for it, empty for every task. `left` and `width` place its bar in the timeline,
    `dots` its dated tasks.
    """

    id: str
    name: str
    description: str
    dates: str
    state: Chip
    count: int
    done: int
    progress: str
    percent: int
    is_over: bool
    is_first: bool
    is_last: bool
    left: str
    width: str
    dots: list[Dot]
    tasks: list[TaskRow]
    more: int
    which: str


def cards_of(
    phases: Sequence[PhaseView],
    columns: dict[str, Column],
    dates: Sequence[DatedTasks],
    timezone: str,
    today: date,
    filters: Mapping[str, str],
) -> list[PhaseCard]:
    """A card for each phase, in their order; `filters` are by their ids, the key "" is for all others."""
    scale = scale_of(phases, today)
    cards = []
    for number, phase in enumerate(phases):
        column = columns[str(phase.id)]
        card = PhaseCard(
            id=str(phase.id),
            name=phase.name,
            description=phase.description,
            dates=dates_words(phase.start_date, phase.end_date),
            state=phase_state(phase.start_date, phase.end_date, today),
            count=column.count,
            done=column.done,
            progress="",
            percent=0,
            is_over=phase.end_date < today,
            is_first=number == 0,
            is_last=number == len(phases) - 1,
            left=scale.left(phase.start_date),
            width=scale.width(phase.start_date, phase.end_date),
            dots=[_dot(each, scale) for each in dates if each.phase_id == phase.id and scale.has(each.day)],
            tasks=[task_row_of(task, timezone, show_project=False) for task in column.tasks],
            more=column.found - len(column.tasks),
            which=filters.get(str(phase.id), filters[""]),
        )
        cards.append(_with_progress(card))
    return cards


def with_row(card: PhaseCard, row: TaskRow) -> PhaseCard:
    """The card with this row in the place of its older self, and with how far it is then."""
    was_done = [each.done for each in card.tasks if each.id == row.id]
    step = sum(row.done - was for was in was_done)
    return _with_progress(replace(card, tasks=replaced(card.tasks, row), done=card.done + step))


def _with_progress(card: PhaseCard) -> PhaseCard:
    if not card.count:
        return replace(card, progress="no tasks", percent=0)
    return replace(card, progress=f"{card.done} of {card.count} done", percent=round(100 * card.done / card.count))


def _dot(dated: DatedTasks, scale: Scale) -> Dot:
    title = dated.title if dated.count == 1 else f"{counted(dated.count, 'task')}, such as {dated.title}"
    return Dot(scale.middle(dated.day), title, dated.done == dated.count)
