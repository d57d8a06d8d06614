"""The answer to ExtractTasks."""

from buildos_app.brain_dumps.prompts import ExtractedTasks, ExtractTasks, ProposedNote, ProposedTask
from buildos_app.integrations.offline.findings import Finding
from buildos_app.integrations.offline.note_updates import NoteUpdate, find_note_updates
from buildos_app.integrations.offline.questions import find_answers, open_questions
from buildos_app.integrations.offline.reading import Reading, read_dump
from buildos_app.integrations.offline.updates import Update, find_updates


def extract_tasks(prompt: ExtractTasks) -> ExtractedTasks:
    """The tasks and notes of a dump in its order; a clause about a known one becomes a change of that one."""
    reading = read_dump(prompt.dump, tuple(prompt.projects), prompt.project, prompt.now)
    updates = find_updates(reading, prompt.tasks)
    additions = find_note_updates(reading, prompt.notes)
    told = {at for first, update in additions.items() for at in range(first, update.last + 1)}
    tasks: list[ProposedTask] = []
    notes: list[ProposedNote] = []
    for index, finding in enumerate(reading.findings):
        if index in told:
            notes += [_added(reading, finding, additions[index])] if index in additions else []
        elif index in updates:
            tasks.append(_changed(reading, finding, updates[index]))
        elif finding.kind == "task" and finding.title:
            tasks.append(_new(reading, finding))
        elif finding.kind == "note" and finding.title:
            notes.append(_note(reading, finding))
    return ExtractedTasks(
        tasks=tasks, notes=notes, answers=find_answers(reading, prompt.questions), questions=open_questions(reading)
    )


def _new(reading: Reading, finding: Finding) -> ProposedTask:
    return ProposedTask(
        title=finding.title,
        details=finding.details,
        quote=reading.text(finding),
        when_words=finding.when_words,
        duration_words=finding.duration_words,
        priority=finding.priority,
        project_name=finding.topic,
    )


def _changed(reading: Reading, finding: Finding, update: Update) -> ProposedTask:
    return _new(reading, finding).model_copy(
        update={
            "title": update.task.title,
            "task_id": update.task.id,
            "status": update.status,
            "details": update.details,
            "new_title": update.new_title,
        }
    )


def _added(reading: Reading, finding: Finding, update: NoteUpdate) -> ProposedNote:
    return ProposedNote(
        title=update.called,
        content=update.addition,
        quote=update.quote,
        project_name=finding.topic,
        note_id=update.note.id,
        new_title=update.new_title,
    )


def _note(reading: Reading, finding: Finding) -> ProposedNote:
    text = reading.text(finding)
    return ProposedNote(title=finding.title, content=text, quote=text, project_name=finding.topic)
