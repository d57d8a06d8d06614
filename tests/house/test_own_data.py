"""Nobody adds a table of a person's rows without saying what becomes of it when the person takes their data along."""

from buildos_app.models.all import metadata
from buildos_app.own_data.tables import (
    LEFT_OUT,
    PROFILE,
    PROFILE_LEFT,
    RECORDS,
    RESTORED,
    exported_columns,
    in_order,
    owned_tables,
)

FOREIGN_KEPT = {"audit_trail": "who used the service role", "error_logs": "redacted failures"}


def test_every_owned_table_is_in_exactly_one_list() -> None:
    lists = [*RESTORED, *RECORDS, *LEFT_OUT, *FOREIGN_KEPT]

    assert sorted(lists) == sorted(owned_tables()), "see buildos_app/own_data/tables.py"


def test_every_column_of_the_profile_is_in_exactly_one_list() -> None:
    assert sorted([*PROFILE, *PROFILE_LEFT]) == sorted(metadata.tables["users"].columns.keys())


def test_a_table_comes_after_those_that_it_points_to() -> None:
    names = [table.name for table in in_order(RESTORED)]

    assert sorted(names) == sorted(RESTORED)
    for table in in_order(RESTORED):
        for key in table.foreign_keys:
            target = key.column.table.name
            if target in names and target != table.name:
                assert names.index(target) < names.index(table.name)


def test_an_import_can_fill_every_column_that_must_be_filled() -> None:
    for table in in_order(RESTORED):
        left = set(table.columns) - set(exported_columns(table))
        assert [str(column) for column in left if not (column.nullable or column.computed or column.identity)] == []
