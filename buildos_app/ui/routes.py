"""Every address of the web app, once."""

from datetime import date
from uuid import UUID

TODAY = "/"
SIGN_IN = "/sign-in"
SIGN_UP = "/sign-up"
FORGOT_PASSWORD = "/forgot-password"
RESET_PASSWORD = "/reset-password"
CONFIRM_ADDRESS = "/confirm-address"
DUMP = "/dump"
DUMPS = "/dumps"
PROJECTS = "/projects"
WELCOME = "/welcome"
BRIEFS = "/briefs"
CALENDAR = "/calendar"
CALENDAR_CHANGES = "/calendar/changes"
NOTES = "/notes"
NOTIFICATIONS = "/notifications"
SEARCH = "/search"
JOBS = "/jobs"
SETTINGS = "/settings"
ADMIN = "/admin"

API_IMPORT = "/api/import"

PUBLIC_PAGES = frozenset({SIGN_IN, SIGN_UP})
OPEN_PAGES = frozenset({FORGOT_PASSWORD, RESET_PASSWORD, CONFIRM_ADDRESS})
"""Public, and also for who is signed in: links of mail lead there."""

AUTH_SIGN_IN = "/auth/sign-in"
AUTH_SIGN_UP = "/auth/sign-up"
AUTH_SIGN_OUT = "/auth/sign-out"
AUTH_FORGOT = "/auth/forgot-password"
AUTH_RESET = "/auth/reset-password"
AUTH_CONFIRM = "/auth/confirm-address"


def review(dump_id: UUID | str) -> str:
    """Where a dump is read and reviewed."""
    return f"/dump/{dump_id}"


def project(project_id: UUID | str, tab: str = "") -> str:
    """A project: its overview, or one of its other tabs."""
    return f"/projects/{project_id}/{tab}" if tab else f"/projects/{project_id}"


def phases(project_id: UUID | str) -> str:
    """A project's phases and the plan that waits for a yes."""
    return project(project_id, "phases")


def brief(day: date | str) -> str:
    """The brief of a day."""
    return f"{BRIEFS}/{day}"


def task(task_id: UUID | str, on: date | None = None) -> str:
    """The panel of a task, or of one of its dates, on whatever page one is."""
    return f"?task={task_id}&on={on}" if on else f"?task={task_id}"


def note(note_id: UUID | str) -> str:
    """A note, opened over all notes."""
    return f"{NOTES}?note={note_id}"


def settings(section: str) -> str:
    """One section of the settings."""
    return f"{SETTINGS}/{section}"


def admin(section: str) -> str:
    """One section of the administration."""
    return f"{ADMIN}/{section}"


def export_file(file_id: UUID | str) -> str:
    """Where an export is fetched."""
    return f"/api/export/{file_id}"
