"""What the mail about a brief says, in HTML and in text, with equal facts. Pure: a brief in, a mail out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from buildos_app.briefs.content import BriefContent, ProjectPart
from buildos_app.briefs.facts import Yesterday
from buildos_app.briefs.page_text import long_date, standing, task_lists, when
from buildos_app.mail.identity import unsubscribe_token
from buildos_app.mail.render import render_html, render_text
from buildos_app.ports import OutgoingMail
from buildos_app.settings import get_settings

LARGEST = 102_000
"""Bytes above which Gmail cuts a mail off."""


@dataclass(frozen=True)
class Letter:
    """A brief and whom it goes to. `written_at` is when the mail was asked for, so that a repeat has the same Date."""

    message_id: str
    recipient: str
    written_at: datetime
    user_id: UUID
    brief_date: date
    content: BriefContent
    is_reengagement: bool = False
    tracking_id: UUID | None = None


def letter(about: Letter) -> OutgoingMail:
    """The mail. Projects that would make it too large are left to the page, and it says how many."""
    base = get_settings().base_url
    unsubscribe = f"{base}/api/unsubscribe/{unsubscribe_token(about.user_id)}"
    values = _values(about, base, unsubscribe)
    parts = [_part(part, about.brief_date, base) for part in about.content.projects]
    shown = len(parts)
    while True:
        values["parts"], values["left_out"] = parts[:shown], _left_out(len(parts) - shown)
        html = render_html("brief", **values)
        if len(html.encode()) < LARGEST or not shown:
            break
        shown //= 2
    return OutgoingMail(
        message_id=about.message_id,
        recipient=about.recipient,
        subject=values["subject"],
        text=render_text("brief", **values),
        html=html,
        written_at=about.written_at,
        unsubscribe_url=unsubscribe,
    )


def subject(about: Letter) -> str:
    """Daily Brief - Mon, Nov 23; or what calls somebody back. The day is a date, never a moment (trap 18)."""
    if about.is_reengagement:
        return about.content.headline
    return f"Daily Brief - {about.brief_date:%a}, {about.brief_date:%b} {about.brief_date.day}"


def yesterday_words(was: Yesterday) -> str:
    """ "since yesterday: planned 3 · done 2 · slipped 1", or nothing."""
    if not was.planned and not was.done:
        return ""
    return f"since yesterday: planned {was.planned} · done {was.done} · slipped {was.slipped}"


def checked_words(content: BriefContent) -> str:
    """How much of the sentences was held against the data."""
    return f"{content.checked} of {content.checked} facts checked" if content.checked else ""


def _values(about: Letter, base: str, unsubscribe: str) -> dict[str, Any]:
    content = about.content
    pixel = f"{base}/api/email-tracking/{about.tracking_id}" if about.tracking_id else ""
    return {
        "subject": subject(about),
        "headline": content.headline,
        "summary": content.summary,
        "long_date": long_date(about.brief_date),
        "notable": content.notable,
        "chips": list(filter(None, [checked_words(content), yesterday_words(content.yesterday)])),
        "checked": bool(content.checked),
        "ranked": [
            {
                "title": item.task.title,
                "why": " · ".join(filter(None, [*item.reasons, item.task.project])),
                "href": f"{base}/?task={item.task.id}",
            }
            for item in content.ranked
        ],
        "base_url": base,
        "href": f"{base}/briefs/{about.brief_date}",
        "settings_href": f"{base}/settings/briefs",
        "unsubscribe_href": unsubscribe,
        "pixel_href": pixel,
    }


def _part(part: ProjectPart, today: date, base: str) -> dict[str, Any]:
    return {
        "name": part.name,
        "href": f"{base}/projects/{part.id}" if part.id else "",
        "standing": standing(part),
        "lists": [
            {"title": title, "tasks": [{"title": task.title, "why": when(task, today)} for task in tasks]}
            for title, tasks in task_lists(part)
        ],
        "is_quiet": part.is_quiet,
    }


def _left_out(count: int) -> str:
    if not count:
        return ""
    return f"{count} more {'project is' if count == 1 else 'projects are'} in the brief itself."
