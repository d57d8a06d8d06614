"""Tasks in full: times that were named, repetitions and their dates, what waits for what, history, working hours.

`tasks.dependencies` becomes a table: an array can neither refuse a circle nor follow a deletion.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAMED_TIMES = """
UPDATE tasks t SET
    start_has_time = coalesce((t.start_date AT TIME ZONE u.timezone)::time NOT IN ('09:00', '23:59'), false),
    due_has_time = coalesce((t.due_date AT TIME ZONE u.timezone)::time NOT IN ('09:00', '23:59'), false)
FROM users u JOIN pg_timezone_names z ON z.name = u.timezone WHERE u.id = t.user_id
"""
COMPLETED = """
UPDATE tasks SET completed_at = CASE WHEN status = 'done' THEN coalesce(completed_at, updated_at) END
WHERE (status = 'done') <> (completed_at IS NOT NULL)
"""
DEPENDENCIES = """
INSERT INTO task_dependencies (user_id, task_id, needs_id)
SELECT t.user_id, t.id, n.id FROM tasks t CROSS JOIN unnest(t.dependencies) AS d (id)
JOIN tasks n ON n.id = d.id AND n.user_id = t.user_id AND n.id < t.id
"""


def upgrade() -> None:
    _columns()
    _table(
        "task_dependencies",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("needs_id", sa.Uuid(), nullable=False),
        *_belongs_to_task("task_dependencies", "task_id"),
        *_belongs_to_task("task_dependencies", "needs_id"),
        sa.UniqueConstraint("task_id", "needs_id", name=op.f("uq_task_dependencies_task_id_needs_id")),
    )
    op.create_index("idx_task_dependencies_needs", "task_dependencies", ["needs_id"])
    _table(
        "task_instances",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("instance_date", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), server_default="scheduled", nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "status IN ('scheduled', 'completed', 'skipped', 'cancelled', 'deleted')", name="status_is_known"
        ),
        sa.CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_when_done"),
        *_belongs_to_task("task_instances", "task_id"),
        sa.UniqueConstraint("task_id", "instance_date", name=op.f("uq_task_instances_task_id_instance_date")),
    )
    op.create_index("idx_task_instances_user_date", "task_instances", ["user_id", "status", "instance_date"])
    _table(
        "task_changes",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        *_belongs_to_task("task_changes", "task_id"),
    )
    op.create_index("idx_task_changes_task", "task_changes", ["task_id", "id"])
    for statement in (NAMED_TIMES, COMPLETED, DEPENDENCIES):
        op.execute(statement)
    op.drop_column("tasks", "dependencies")


def _columns() -> None:
    for column in (
        sa.Column("start_has_time", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_has_time", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recurrence_rule", sa.Text(), nullable=True),
        sa.Column("instances_until", sa.Date(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("series_date", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    ):
        op.add_column("tasks", column)
    op.create_foreign_key(
        op.f("fk_tasks_user_id_series_id"),
        "tasks",
        "tasks",
        ["user_id", "series_id"],
        ["user_id", "id"],
        ondelete="SET NULL (series_id)",
    )
    op.create_check_constraint("series_has_a_date", "tasks", "series_id IS NULL OR series_date IS NOT NULL")
    op.create_index("idx_tasks_user_status", "tasks", ["user_id", "status"])
    _partial_index("completed", ["user_id", "completed_at"], "completed_at IS NOT NULL")
    _partial_index(
        "recurring",
        ["user_id", "instances_until"],
        "task_type = 'recurring' AND status <> 'done' AND deleted_at IS NULL",
    )
    op.create_index("idx_tasks_series", "tasks", ["series_id"], postgresql_where=sa.text("series_id IS NOT NULL"))
    for column in (
        sa.Column("work_start", sa.Time(), server_default="09:00", nullable=False),
        sa.Column("work_end", sa.Time(), server_default="17:00", nullable=False),
        sa.Column(
            "working_days", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{1,2,3,4,5}'"), nullable=False
        ),
    ):
        op.add_column("users", column)
    op.create_check_constraint("work_ends_after_it_starts", "users", "work_end > work_start")
    op.create_check_constraint("working_days_are_iso_days", "users", "working_days <@ ARRAY[1, 2, 3, 4, 5, 6, 7]")


def _partial_index(name: str, columns: list[str], where: str) -> None:
    op.create_index(f"idx_tasks_user_{name}", "tasks", columns, postgresql_where=sa.text(where))


def _table(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{name}_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("user_id", "id", name=op.f(f"uq_{name}_user_id_id")),
    )


def _belongs_to_task(table: str, column: str) -> list[sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_user_id_{column}")
    return [sa.ForeignKeyConstraint(["user_id", column], ["tasks.user_id", "tasks.id"], name=name, ondelete="CASCADE")]


def downgrade() -> None:
    op.add_column(
        "tasks",
        sa.Column("dependencies", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.execute(
        "UPDATE tasks t SET dependencies = ARRAY(SELECT needs_id FROM task_dependencies d WHERE d.task_id = t.id)"
    )
    for table in ("task_changes", "task_instances", "task_dependencies"):
        op.drop_table(table)
    for trigger in ("keep", "record_change"):
        op.execute(f"DROP TRIGGER IF EXISTS {trigger} ON tasks")
    for column in ("work_start", "work_end", "working_days"):
        op.drop_column("users", column)
    for column in (
        "start_has_time",
        "due_has_time",
        "recurrence_rule",
        "instances_until",
        "series_id",
        "series_date",
        "version",
    ):
        op.drop_column("tasks", column)
