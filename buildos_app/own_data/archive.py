"""The zip of an export: JSON that an import reads, and the same as CSV, ICS and Markdown for people and programs."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from buildos_app.errors import InvalidInput

FORMAT = 1
LARGEST_ARCHIVE = 50_000_000
LARGEST_CONTENT = 200_000_000
MOST_FILES = 100_000
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")

Row = dict[str, Any]


class Manifest(BaseModel):
    """What an archive is, and how many rows of each table it holds."""

    model_config = ConfigDict(extra="ignore")

    product: str = "BuildOS"
    format: int = FORMAT
    user_id: UUID
    exported_at: str
    counts: dict[str, int]


class ArchiveWriter:
    """Writes files one by one; equal contents make equal bytes."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_DEFLATED)

    def add(self, path: str, content: str | bytes) -> None:
        """One file."""
        info = zipfile.ZipInfo(path, _NO_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(info, content)

    def add_json(self, path: str, value: object) -> None:
        """One file of JSON."""
        self.add(path, json.dumps(value, ensure_ascii=False, indent=1))

    def add_rows(self, path: str, rows: list[Row]) -> None:
        """One file of JSON with a row on each line."""
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        self.add(path, f"[\n{lines}\n]\n")

    def close(self) -> bytes:
        """The whole archive."""
        self._zip.close()
        return self._buffer.getvalue()


class Archive:
    """An archive that somebody sent us. Raises InvalidInput for what is none of ours, or is larger than any of ours."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise InvalidInput("This file is no export of BuildOS: it is no zip archive.") from error
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST_CONTENT:
            raise InvalidInput("This archive is larger than any export of BuildOS. Nothing was imported.")
        try:
            self.manifest = Manifest.model_validate(self._json("manifest.json"))
        except ValidationError as error:
            raise InvalidInput("This file is no export of BuildOS: its manifest does not fit.") from error
        if self.manifest.product != "BuildOS" or self.manifest.format != FORMAT:
            raise InvalidInput("This export was made by another version of BuildOS, which this one cannot read.")

    def rows(self, table: str) -> list[Row]:
        """The rows of a table; none where the export has no such table."""
        if f"data/{table}.json" not in self._zip.namelist():
            return []
        rows = self._json(f"data/{table}.json")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InvalidInput(f"The rows of {table} do not fit. Nothing was imported.")
        if len(rows) != self.manifest.counts.get(table):
            raise InvalidInput(f"Rows of {table} are missing in this archive. Nothing was imported.")
        return rows

    def profile(self) -> Row:
        """The person's own settings."""
        profile = self._json("data/profile.json")
        return profile if isinstance(profile, dict) else {}

    def _json(self, path: str) -> Any:
        """One file. Its size is bounded by what was said of it: a bomb that says less than it holds is cut off."""
        try:
            entry = self._zip.getinfo(path)
            with self._zip.open(entry) as file:
                content = file.read(entry.file_size + 1)
            if len(content) > entry.file_size:
                raise InvalidInput("This archive is damaged. Nothing was imported.")
            return json.loads(content)
        except (KeyError, ValueError, RecursionError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise InvalidInput("This file is no export of BuildOS, or it is damaged. Nothing was imported.") from error


def as_csv(rows: Iterable[Row], names: list[str]) -> str:
    """Rows as CSV. A text that a spreadsheet would take for a formula begins with an apostrophe (ASVS 1.2.10)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
