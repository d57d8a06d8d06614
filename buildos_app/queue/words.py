"""What people call each job type, where its work is seen, and what a failure means to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NO_WORDS_FOR = "{job_type}"


@dataclass(frozen=True)
class JobWords:
    """`doing` while it runs, `address` where its work is seen; `{names}` are fields of its payload or result.

    `is_watched`: does a person wait for it? The rest is found on the Jobs page only.
    """

    doing: str
    address: str
    is_watched: bool = True


WORDS = {
    "generate_daily_brief": JobWords("Writing your brief", "/briefs/{brief_date}"),
    "generate_brief_email": JobWords("Sending mail", "/settings/briefs", is_watched=False),
    "generate_phases": JobWords("Planning phases", "/projects/{project_id}/phases"),
    "export_data": JobWords("Exporting your data", "/settings/data"),
    "import_data": JobWords("Importing your data", "/settings/data"),
    "onboarding_analysis": JobWords("Reading your answers", "/welcome"),
    "process_brain_dump": JobWords("Reading a brain dump", "/dump/{brain_dump_id}"),
    "follow_sms": JobWords("Asking what became of a text message", "/settings/sms", is_watched=False),
    "send_sms": JobWords("Sending a text message", "/settings/sms", is_watched=False),
    "sync_calendar": JobWords("Syncing your calendar", "/settings/calendar", is_watched=False),
}
_SUBJECTS = ("project_name", "title", "brief_date")
_ELSEWHERE = "/jobs"


def words_for(job_type: str) -> JobWords:
    """The words of a job type; of one that nobody has found words for, its name."""
    return WORDS.get(job_type) or JobWords(job_type.replace("_", " ").capitalize(), _ELSEWHERE)


def subject_of(payload: Mapping[str, Any]) -> str:
    """What a job is about, such as the name of its project; empty when its payload does not say."""
    return next((str(payload[name]) for name in _SUBJECTS if payload.get(name)), "")


def address_of(job_type: str, payload: Mapping[str, Any], result: Mapping[str, Any] | None) -> str:
    """Where the work of a job is seen, or will be."""
    try:
        return words_for(job_type).address.format_map({**payload, **(result or {})})
    except KeyError:
        return _ELSEWHERE


def failure_words(message: str | None) -> str:
    """Why a run ended badly and what to do, for the person whose job it was. `message` is what the queue stored."""
    message = (message or "").strip()
    if message.startswith("stalled"):
        return "The program that did this stopped in the middle of it. Nothing half done was kept; retry it."
    if message.startswith("Something went wrong"):
        return "Something in BuildOS broke, and its log has the details. Retry it; if it fails again, tell your admin."
    if message.startswith("The payload does not fit"):
        return "This was asked for by another version of BuildOS. Start it again from its page."
    if message.startswith("This version cannot run"):
        return "This BuildOS cannot do that yet: a newer version is needed."
    if message.startswith("It took longer than"):
        return f"{message} Retry it; if that happens again, give it less at once."
    return message or "It gave no reason. Retry it."
