"""The table of `make bench-queue`, and the goals that it is held against."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

OURS, PYTHON_PEERS, NODE_PEER = "BuildOS", ("PgQueuer", "Procrastinate", "awa"), "Graphile Worker"
RATES = ("one by one", "20 callers", "bulk", "drain, 1 worker", "drain, 2 workers")
WAITS = ("pickup p50", "pickup p99")
INTRODUCTION = """\
# Benchmarks

## The queue beside its peers

`make bench-queue` writes this page. One embedded PostgreSQL with its defaults (fsync on), a fresh database for each
queue in each round, rounds in turns, medians of 3. Every queue runs a job that does nothing; ours are real `Job`
classes with validated payloads, of twenty people, run by the real worker with its heartbeat, health, scheduler and
announcements. Each drain checks that every job ran exactly once.

Jobs per second; pickup in milliseconds from commit to start on an idle queue. "History" is the drain with a million
finished jobs in the table, as a share of the drain without (not of Procrastinate, whose drains take minutes). All
workers run 50 jobs at once; PgQueuer takes batches of 50 and does not limit what runs. Oban for Python wants Python
3.12 and does not install on ours. Graphile Worker, with its local queue of 500, is Node's.
"""


@dataclass(frozen=True)
class Figures:
    """One queue's medians."""

    values: Mapping[str, float]
    history: float | None

    @staticmethod
    def median(rounds: Sequence[Mapping[str, float]], history: float | None) -> "Figures":
        """Of each measurement."""
        return Figures({key: statistics.median(one[key] for one in rounds) for key in rounds[0]}, history)


def write(table: Mapping[str, Figures], flat: Mapping[int, float], machine: str, path: Path | None) -> None:
    """Print the page's tables, and write the page."""
    head = f"| | {' | '.join((*RATES, *WAITS))} | history |\n|{'---|' * (len(RATES) + len(WAITS) + 2)}"
    lines = [head, *(_row(name, figures) for name, figures in table.items())]
    if OURS in table and len(table) > 1:
        lines += ["", *_goals(table)]
    lines += ["", "Cost of a job while so many others wait behind it:", "", "| waiting | µs per job |", "|---|---|"]
    lines += [f"| {waiting:,} | {cost:.1f} |" for waiting, cost in flat.items()]
    lines += ["", f"Dearest to cheapest: {max(flat.values()) / min(flat.values()):.2f} (goal: at most 1.3)."]
    text = "\n".join(lines)
    print(text)
    if path is not None:
        path.write_text(f"{INTRODUCTION}\nMeasured on {machine}.\n\n{text}\n")


def _row(name: str, figures: Figures) -> str:
    rates = (f"{figures.values[key]:,.0f}" for key in RATES)
    waits = (f"{figures.values[key]:.2f}" for key in WAITS)
    history = "" if figures.history is None else f"{figures.history:.2f}"
    return f"| {name} | {' | '.join((*rates, *waits))} | {history} |"


def _goals(table: Mapping[str, Figures]) -> list[str]:
    ours = table[OURS].values
    peers = [table[name].values for name in PYTHON_PEERS if name in table]
    lines = ["| against the best Python peer | ratio | goal |", "|---|---|---|"]
    if peers:
        goals = dict.fromkeys(RATES, 1.0) | {"drain, 1 worker": 2.0, "drain, 2 workers": 2.0}
        for key in RATES:
            lines.append(f"| {key} | {ours[key] / max(peer[key] for peer in peers):.2f} | at least {goals[key]:.0f} |")
        for key in WAITS:
            lines.append(f"| {key} | {ours[key] / min(peer[key] for peer in peers):.2f} | below 1 |")
    if NODE_PEER in table:
        for key in RATES[-2:]:
            lines.append(f"| {key}, against {NODE_PEER} | {ours[key] / table[NODE_PEER].values[key]:.2f} | above 1 |")
    history = table[OURS].history
    lines.append(f"| a million finished jobs, of ours without | {history or 0:.2f} | at least 0.9 |")
    return lines
