"""Questions that a dump asks itself, and sentences that answer one that was asked before."""

from typing import Final

from buildos_app.brain_dumps.prompts import Answer, KnownQuestion, ProposedQuestion
from buildos_app.integrations.offline.reading import Reading
from buildos_app.integrations.offline.structure import blocks, sentences
from buildos_app.integrations.offline.titles import capital
from buildos_app.integrations.offline.topics import tokens
from buildos_app.integrations.offline.verbs import base_form

SAME_MATTER: Final = 0.6
"""The share of a question's words, at least two of them, that a sentence must say to be its answer."""
_MOST: Final = 5


def open_questions(reading: Reading) -> list[ProposedQuestion]:
    """The dump's own open questions, in its words."""
    found = [note for note in reading.notes if note.section == "Open questions"]
    asked = dict.fromkeys(_as_question(reading.text(note)) for note in found)
    return [ProposedQuestion(question=text, category="decision") for text in asked][:_MOST]


def find_answers(reading: Reading, questions: list[KnownQuestion]) -> list[Answer]:
    """The first sentence that speaks of what a question asks, without asking it again."""
    if not questions:
        return []
    said = [
        reading.dump[start:end]
        for block in blocks(reading.dump)
        for start, end in sentences(block.text, block.start)
        if not reading.dump[start:end].rstrip().endswith("?")
    ]
    answers = ((question, next((text for text in said if _speaks_of(text, question)), "")) for question in questions)
    return [Answer(question_id=question.id, answer=text.strip()) for question, text in answers if text]


def _speaks_of(text: str, question: KnownQuestion) -> bool:
    asked = {base_form(word) for word in tokens(question.question)}
    shared = asked & {base_form(word) for word in tokens(text)}
    return len(shared) >= 2 and len(shared) / len(asked) >= SAME_MATTER


def _as_question(text: str) -> str:
    return capital(" ".join(text.split()).rstrip(" ?.!")) + "?"
