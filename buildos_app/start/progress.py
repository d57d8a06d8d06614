"""What a person sees in the terminal while things start: one line for each step, with a clock that moves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Say what is being done while the block runs, and then how long it took."""
    started = time.monotonic()
    if console.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}…"), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as live:
            live.add_task(escape(doing), total=None)
            yield
    else:
        say(f"  {doing}…")
        yield
    say(f"[green]✓[/] {escape(doing)} [dim]{time.monotonic() - started:.1f} s[/]")


def say(line: str) -> None:
    """Print a line; it may hold rich's markup."""
    console.print(line)
