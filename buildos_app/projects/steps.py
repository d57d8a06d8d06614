"""The steps of a task: a list of lines, each open or done, kept as Markdown's task list. Pure."""

import re
from dataclasses import dataclass

from buildos_app.errors import InvalidInput

MOST_STEPS = 100
LONGEST_STEP = 255
_LINE = re.compile(r"^\s*(?:[-*]\s+)?(?:\[(?P<mark>[ xX])\]\s*)?(?P<text>.*\S)\s*$")


@dataclass(frozen=True)
class Step:
    """One step."""

    text: str
    done: bool = False


def read_steps(text: str) -> list[Step]:
    """The steps of `tasks.task_steps`; a line without a box is an open step."""
    lines = (_LINE.match(line) for line in text.splitlines())
    return [Step(line["text"], (line["mark"] or " ") != " ") for line in lines if line]


def write_steps(steps: list[Step]) -> str:
    """The steps as text for `tasks.task_steps`. Raises InvalidInput when there are too many."""
    if len(steps) > MOST_STEPS:
        raise InvalidInput(f"A task has at most {MOST_STEPS} steps. Make a second task of some.")
    return "\n".join(f"- [{'x' if step.done else ' '}] {step.text}" for step in steps)


def new_step(text: str) -> Step:
    """A step of what somebody typed. Raises InvalidInput when that is nothing."""
    words = " ".join(text.replace("\0", "").split())[:LONGEST_STEP]
    if not words:
        raise InvalidInput("Say what the step is.")
    return Step(words)
