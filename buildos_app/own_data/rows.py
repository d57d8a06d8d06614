"""A person's rows as JSON and back, table by table. PostgreSQL itself writes and reads each value, so that nothing is
lost on the way: what comes back is equal to what went."""

from datetime import datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError, InternalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.errors import Conflict, InvalidInput
from buildos_app.models.all import metadata
from buildos_app.models.onboarding import OnboardingFinding, check_value
from buildos_app.own_data.tables import PROFILE, REPLACED, exported_columns

Row = dict[str, Any]
_UNFIT = (DataError, IntegrityError, InternalError, ProgrammingError)
_READABLE = sa.text(
    "SELECT attname::text FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0"
    " AND NOT attisdropped AND has_column_privilege(attrelid, attnum, 'SELECT')"
)


async def read_rows(session: AsyncSession, user_id: UUID, table: sa.Table) -> list[Row]:
    """Every row of a person in a table, the oldest first, as far as people may see their rows."""
    readable = set((await session.execute(_READABLE, {"table": table.name})).scalars())
    columns = [column for column in exported_columns(table) if column.name in readable]
    own = sa.select(*columns).where(table.c.user_id == user_id).order_by(*table.primary_key.columns).subquery("own")
    await session.execute(sa.text("SET LOCAL timezone = 'UTC'"))
    rows = await session.execute(sa.select(sa.func.to_jsonb(sa.literal_column("own"))).select_from(own))
    return list(rows.scalars())


async def read_profile(session: AsyncSession, user_id: UUID) -> Row:
    """The person's own settings."""
    users = metadata.tables["users"]
    own = sa.select(*(users.c[name] for name in PROFILE)).where(users.c.id == user_id).subquery("own")
    row: Row = (
        await session.execute(sa.select(sa.func.to_jsonb(sa.literal_column("own"))).select_from(own))
    ).scalar_one()
    return row


async def write_rows(session: AsyncSession, user_id: UUID, table: sa.Table, rows: list[Row]) -> None:
    """Bring rows back as rows of this person, whoever they say they belong to; in a session of the service role.

    Rows that are there with other contents become what they were; what is equal is not touched. All rows of a table
    are one statement, so that they may point to each other. Raises Conflict when a row belongs to somebody else by
    now, InvalidInput when a row does not fit its table.
    """
    names = [column.name for column in exported_columns(table) if any(column.name in row for row in rows)]
    if not rows:
        return
    _refuse_odd_moments(table, rows)
    _refuse_odd_values(table, rows)
    if "id" in table.columns:
        await _refuse_rows_of_others(session, user_id, table, rows)
    if table.name in REPLACED:
        ids = sa.cast([str(row.get("id")) for row in rows], sa.ARRAY(sa.Uuid))
        await session.execute(sa.delete(table).where(table.c.user_id == user_id, table.c.id != sa.func.all(ids)))
    if table.name == "projects":
        rows = await _with_free_slugs(session, user_id, table, rows)
    await _make_room(session, user_id, table, rows)
    values = ", ".join(":user_id" if name == "user_id" else f'r."{name}"' for name in names)
    quoted = [f'"{name}"' for name in names]
    key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    changed = ", ".join(f"{name} = excluded.{name}" for name in quoted)
    here, there = (", ".join(f"{side}.{name}" for name in quoted) for side in ("t", "excluded"))
    statement = sa.text(  # every name in it comes from our own tables
        f"INSERT INTO {table.name} AS t ({', '.join(quoted)})"  # noqa: S608
        f" SELECT {values} FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb)) r"
        f" ON CONFLICT ({key}) DO UPDATE SET {changed}"
        f" WHERE t.user_id = :user_id AND ({here}) IS DISTINCT FROM ({there})"
    ).bindparams(sa.bindparam("rows", type_=sa.JSON), sa.bindparam("user_id", type_=sa.Uuid))
    try:
        await session.execute(statement, {"rows": rows, "user_id": user_id})
    except _UNFIT as error:
        raise InvalidInput(f"The rows of {table.name} do not fit together. Nothing was imported.") from error


async def write_profile(session: AsyncSession, user_id: UUID, profile: Row) -> None:
    """Bring the person's own settings back."""
    names = [name for name in PROFILE if name in profile]
    if not names:
        return
    assignments = ", ".join(f"{name} = r.{name}" for name in names)
    statement = sa.text(
        f"UPDATE users u SET {assignments}"  # noqa: S608
        " FROM jsonb_populate_record(NULL::users, CAST(:profile AS jsonb)) r"
        " WHERE u.id = :user_id"
    ).bindparams(sa.bindparam("profile", type_=sa.JSON))
    try:
        await session.execute(statement, {"profile": profile, "user_id": user_id})
    except _UNFIT as error:
        raise InvalidInput("The profile does not fit. Nothing was imported.") from error


async def _with_free_slugs(session: AsyncSession, user_id: UUID, table: sa.Table, rows: list[Row]) -> list[Row]:
    """A project whose slug another one of the person has by now comes back under the next one that is free."""
    query = sa.select(table.c.id, table.c.slug).where(table.c.user_id == user_id)
    here = {str(row.id): row.slug for row in await session.execute(query)}
    ids = {str(row.get("id")) for row in rows}
    taken = {slug for row_id, slug in here.items() if row_id not in ids}
    free = []
    for row in rows:
        wanted = str(row.get("slug"))
        candidates = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
        slug = next(each for each in candidates if each not in taken)
        taken.add(slug)
        free.append({**row, "slug": slug})
    return free


async def _make_room(session: AsyncSession, user_id: UUID, table: sa.Table, rows: list[Row]) -> None:
    """Take away the person's rows that stand where others come back: another brief of the same day, the same date of a
    repetition that was made anew since the export. Projects are never among them: their slugs are free."""
    if "id" not in table.columns:
        return
    for constraint in table.constraints:
        names = [column.name for column in getattr(constraint, "columns", ()) if column.name != "user_id"]
        if not isinstance(constraint, sa.UniqueConstraint) or not names or "id" in names:
            continue
        same = " AND ".join(f't."{name}" = r."{name}"' for name in names)
        statement = sa.text(  # every name in it comes from our own tables
            f"DELETE FROM {table.name} t USING jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb)) r"  # noqa: S608
            f" WHERE t.user_id = :user_id AND t.id <> r.id AND {same}"
        ).bindparams(sa.bindparam("rows", type_=sa.JSON), sa.bindparam("user_id", type_=sa.Uuid))
        try:
            await session.execute(statement, {"rows": rows, "user_id": user_id})
        except _UNFIT as error:
            raise InvalidInput(f"The rows of {table.name} do not fit. Nothing was imported.") from error


def _refuse_odd_moments(table: sa.Table, rows: list[Row]) -> None:
    """PostgreSQL knows "yesterday" and "infinity" as moments; an export holds neither, and Python reads no infinity."""
    for column in table.columns:
        if not isinstance(column.type, sa.DateTime | sa.Date):
            continue
        for value in filter(None, (row.get(column.name) for row in rows)):
            try:
                datetime.fromisoformat(str(value))
            except ValueError as error:
                raise InvalidInput(f"{table.name}: {column.name} is no moment. Nothing was imported.") from error


def _refuse_odd_values(table: sa.Table, rows: list[Row]) -> None:
    """What a suggestion would set is brought into force at a click, so it is as strict here as where it is made."""
    if table.name != OnboardingFinding.__tablename__:
        return
    for row in rows:
        try:
            check_value(row.get("kind"), row.get("value"))
        except ValueError as error:
            raise InvalidInput(f"{table.name}: a value does not fit its kind. Nothing was imported.") from error


async def _refuse_rows_of_others(session: AsyncSession, user_id: UUID, table: sa.Table, rows: list[Row]) -> None:
    ids = [str(row.get("id")) for row in rows]
    query = sa.select(sa.func.count()).where(
        table.c.id == sa.func.any(sa.cast(ids, sa.ARRAY(sa.Uuid))), table.c.user_id != user_id
    )
    try:
        taken = (await session.execute(query)).scalar_one()
    except _UNFIT as error:
        raise InvalidInput(f"The rows of {table.name} have no proper ids. Nothing was imported.") from error
    if taken:
        raise Conflict("This export belongs to another account of this installation. Nothing was imported.")
