"""Where days lie on the line of a project. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from buildos_app.phases.facts import PhaseView


@dataclass(frozen=True)
class Dot:
    """A task on the line."""

    left: str
    title: str
    done: bool


@dataclass(frozen=True)
class Tick:
    """A day that is named above the line."""

    left: str
    label: str


@dataclass(frozen=True)
class Scale:
    """The line from `first` on, `days` long; `today_at` is empty when today is not on it."""

    first: date = date.min
    days: int = 1
    today_at: str = ""
    ticks: list[Tick] = field(default_factory=list)

    def left(self, day: date) -> str:
        """Where a day begins."""
        return f"{100 * (day - self.first).days / self.days:.2f}%"

    def middle(self, day: date) -> str:
        """Where the middle of a day is."""
        return f"{100 * ((day - self.first).days + 0.5) / self.days:.2f}%"

    def width(self, start: date, end: date) -> str:
        """How wide a stretch of days is, both included."""
        return f"{100 * ((end - start).days + 1) / self.days:.2f}%"

    def has(self, day: date) -> bool:
        """Is the day on the line?"""
        return 0 <= (day - self.first).days < self.days


def scale_of(phases: Sequence[PhaseView], today: date) -> Scale:
    """The line that holds every phase."""
    if not phases:
        return Scale()
    first = min(phase.start_date for phase in phases)
    last = max(phase.end_date for phase in phases)
    scale = Scale(first, (last - first).days + 1)
    step = max(1, -(-scale.days // 6))
    named = [first + timedelta(days=number) for number in range(0, scale.days, step)]
    ticks = [Tick(scale.left(day), f"{day.day} {day:%b}") for day in named]
    return Scale(first, scale.days, scale.middle(today) if scale.has(today) else "", ticks)
