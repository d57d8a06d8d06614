"""The jobs that write a person's data into an archive, and bring an archive back."""

import asyncio
from typing import Any, ClassVar
from uuid import UUID

from buildos_app.clock import now
from buildos_app.db.session import service_session, user_session
from buildos_app.models.data_file import DataFileKind
from buildos_app.notifications.events import DataExported, DataImported, DataJobFailed, Event
from buildos_app.notifications.notify import notify
from buildos_app.own_data.archive import Archive, ArchiveWriter, Manifest, as_csv
from buildos_app.own_data.files import delete_file, read_file, save_file
from buildos_app.own_data.readable import calendar, markdown_files
from buildos_app.own_data.rows import Row, read_profile, read_rows, write_profile, write_rows
from buildos_app.own_data.tables import RECORDS, RESTORED, exported_columns, in_order
from buildos_app.queue.job import Job, JobContext


class ExportData(Job):
    """Write everything of a person into one zip: JSON, CSV, ICS and Markdown."""

    job_type: ClassVar[str] = "export_data"
    timeout: ClassVar[float] = 900.0
    max_running: ClassVar[int | None] = 2

    @property
    def dedup_key(self) -> str:
        """One at a time."""
        return "export"

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return DataJobFailed(what="export", reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Read table by table in one snapshot, write, keep the file."""
        tables = in_order(RESTORED + RECORDS)
        rows: dict[str, list[Row]] = {}
        async with user_session(ctx.user_id, one_snapshot=True) as session:
            profile = await read_profile(session, ctx.user_id)
            for number, table in enumerate(tables, start=1):
                await ctx.progress(number, len(tables) + 2, f"Reading {table.name.replace('_', ' ')}")
                rows[table.name] = await read_rows(session, ctx.user_id, table)
        await ctx.progress(len(tables) + 1, len(tables) + 2, "Writing the archive")
        content = await asyncio.to_thread(write_archive, ctx.user_id, profile, rows)
        await ctx.progress(len(tables) + 2, len(tables) + 2, "Keeping the archive")
        counts = {name: len(found) for name, found in rows.items()}
        async with ctx.session() as session:
            name = f"buildos-{now():%Y-%m-%d}.zip"
            file_id = await save_file(session, ctx.user_id, DataFileKind.EXPORT, name, content, counts)
            notify(session, ctx.user_id, DataExported(file_id=file_id, row_count=sum(counts.values())))
            await ctx.complete(session, {"file_id": str(file_id), "row_count": sum(counts.values())})
        return None


class ImportData(Job):
    """Bring an archive of an export back, all of it or nothing."""

    job_type: ClassVar[str] = "import_data"
    timeout: ClassVar[float] = 900.0
    max_running: ClassVar[int | None] = 2

    file_id: UUID

    @property
    def dedup_key(self) -> str:
        """One at a time."""
        return "import"

    def failure_event(self, reason: str) -> Event:
        """Told when the last attempt has failed."""
        return DataJobFailed(what="import", reason=reason)

    async def run(self, ctx: JobContext) -> dict[str, Any] | None:
        """Read and check the archive, then write every table in one transaction.

        The service role writes, because people may not write every table of theirs; each row is made the person's own.
        """
        await ctx.progress(1, 3, "Reading the archive")
        async with ctx.session() as session:
            _, content = await read_file(session, self.file_id)
        profile, rows = await asyncio.to_thread(read_archive, content)
        await ctx.progress(2, 3, f"Writing {sum(map(len, rows.values())):,} rows")
        async with service_session("import a person's own data", user_id=ctx.user_id) as session:
            for table in in_order(RESTORED):
                await write_rows(session, ctx.user_id, table, rows[table.name])
            await write_profile(session, ctx.user_id, profile)
        await ctx.progress(3, 3, "Clearing up")
        count = sum(map(len, rows.values()))
        async with ctx.session() as session:
            await delete_file(session, self.file_id)
            notify(session, ctx.user_id, DataImported(row_count=count))
            await ctx.complete(session, {"row_count": count})
        return None


def read_archive(content: bytes) -> tuple[Row, dict[str, list[Row]]]:
    """The profile and the rows of an archive. Raises InvalidInput for what is none of ours."""
    archive = Archive(content)
    return archive.profile(), {table.name: archive.rows(table.name) for table in in_order(RESTORED)}


def write_archive(user_id: UUID, profile: Row, rows: dict[str, list[Row]]) -> bytes:
    """The zip. `data/` is what an import reads, `records/` what is for reading only."""
    writer = ArchiveWriter()
    counts = {name: len(found) for name, found in rows.items()}
    manifest = Manifest(user_id=user_id, exported_at=now().isoformat(timespec="seconds"), counts=counts)
    writer.add("manifest.json", manifest.model_dump_json(indent=1))
    writer.add_json("data/profile.json", profile)
    for table in in_order(RESTORED + RECORDS):
        folder = "data" if table.name in RESTORED else "records"
        writer.add_rows(f"{folder}/{table.name}.json", rows[table.name])
        names = [column.name for column in exported_columns(table)]
        names = [name for name in names if not rows[table.name] or name in rows[table.name][0]]
        writer.add(f"csv/{table.name}.csv", as_csv(rows[table.name], names))
    for path, text in markdown_files(rows).items():
        writer.add(path, text)
    writer.add("tasks.ics", calendar(rows.get("tasks", [])))
    return writer.close()
