"""The answer to AnalyseDump: what kind of dump is it for the project it was written for?"""

from typing import Literal

from buildos_app.brain_dumps.prompts import AnalyseDump, DumpAnalysis
from buildos_app.integrations.offline.context import summarise
from buildos_app.integrations.offline.reading import read_dump
from buildos_app.integrations.offline.updates import SAME_TASK, find_updates, same_task

Classification = Literal["strategic", "tactical", "mixed", "status_update", "unrelated"]


def analyse(prompt: AnalyseDump) -> DumpAnalysis:
    """Classify by counting tasks, notes and changes; nothing is skipped unless the dump has nothing for it."""
    reading = read_dump(prompt.dump, (prompt.project,), prompt.project, prompt.now)
    updates = find_updates(reading, prompt.tasks)
    new_tasks = [
        finding for index, finding in enumerate(reading.findings) if finding.kind == "task" and index not in updates
    ]
    kind = classify(len(new_tasks), len(reading.notes), len(updates))
    touched = {update.task.id for update in updates.values()}
    touched |= {
        task.id for finding in reading.findings if (task := same_task(reading.text(finding), prompt.tasks, SAME_TASK))
    }
    return DumpAnalysis(
        analysis_summary=summarise(new_tasks, reading.notes),
        classification=kind,
        needs_context_update=bool(reading.notes),
        relevant_task_ids=[task.id for task in prompt.tasks if task.id in touched],
        new_tasks_detected=bool(new_tasks),
        confidence="low" if kind == "unrelated" else "medium",
        skip_context=kind == "status_update" and not reading.notes,
        skip_tasks=False,
        skip_reason="The dump only reports on known tasks." if kind == "status_update" and not reading.notes else "",
    )


def classify(tasks: int, notes: int, updates: int) -> Classification:
    """By counts: reports alone, to-dos alone, knowledge alone, or several of them."""
    if not (tasks or notes or updates):
        return "unrelated"
    if updates and not tasks:
        return "status_update"
    if tasks and notes:
        return "mixed"
    return "tactical" if tasks else "strategic"
