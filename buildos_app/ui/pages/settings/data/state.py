"""One's own data: take it, bring it back, leave."""

from typing import Any

import reflex as rx

from buildos_app.errors import UserError
from buildos_app.models.queue import JobStatus
from buildos_app.own_data.deletion import deletion_due_at, keep_account, request_deletion
from buildos_app.own_data.files import find_export
from buildos_app.own_data.jobs import ExportData, ImportData
from buildos_app.queue.client import add_job
from buildos_app.queue.queries import JobView, find_latest_job
from buildos_app.ui import routes
from buildos_app.ui.figures import size_words
from buildos_app.ui.inbox import read_again, say
from buildos_app.ui.session import SessionState


class DataState(SessionState):
    """The export, the import, and the account's end."""

    loaded: bool = False
    file_href: str = ""
    file_detail: str = ""
    exporting: bool = False
    importing: bool = False
    percent: int = 0
    step: str = ""
    problem: str = ""
    leaves_on: str = ""
    error: str = ""

    @rx.event
    async def load(self):
        """Read what runs and what is ready."""
        async with self._db() as session:
            file = await find_export(session, self._user_id)
            export = await find_latest_job(session, ExportData.job_type, {})
            import_ = await find_latest_job(session, ImportData.job_type, {})
            due = await deletion_due_at(session, self._user_id)
        self.file_href = routes.export_file(file.id) if file else ""
        if file:
            rows = f"{sum(file.counts.values()):,} rows"
            self.file_detail = f"{rows} · {size_words(file.size)} · here until {file.expires_at:%-d %b}"
        self._follow(export, import_)
        self.leaves_on = f"{due:%-d %B %Y at %H:%M} UTC" if due else ""
        self.loaded = True

    @rx.event
    async def export(self):
        """Begin an export; the page follows it."""
        async with self._db() as session:
            await add_job(session, self._user_id, ExportData())
        return DataState.load

    @rx.event
    async def leave(self, form: dict[str, Any]):
        """Let the account end in seven days."""
        try:
            await request_deletion(self._user_id, str(form.get("password", "")))
        except UserError as error:
            self.error = str(error)
            return None
        self.error = ""
        return DataState.load

    @rx.event
    async def stay(self):
        """The way back."""
        async with self._db() as session:
            await keep_account(session, self._user_id)
        await say(self, "Your account stays")
        return DataState.load

    def _follow(self, export: JobView | None, import_: JobView | None) -> None:
        self.exporting, self.importing = bool(export and export.is_live), bool(import_ and import_.is_live)
        jobs = [job for job in (export, import_) if job is not None]
        live = next((job for job in jobs if job.is_live), None)
        self.percent = int(live.progress.get("percent", 0)) if live else 0
        self.step = str(live.progress.get("message") or "Waits for its turn") if live else ""
        newest = max(jobs, key=lambda job: job.created_at, default=None)
        failed = newest is not None and newest.status == JobStatus.FAILED
        self.problem = (newest.error_message or "It failed.") if newest and failed else ""


read_again(routes.settings("data"), DataState.load, rows=())
