"""Text messages of which nothing is heard, where events are, and indexes for the planner of text messages."""

import sqlalchemy as sa

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

HAS_A_MOMENT = sa.text(
    "task_type = 'one_off' AND status <> 'done' AND deleted_at IS NULL AND NOT outdated"
    " AND CASE WHEN due_date IS NOT NULL THEN due_has_time ELSE start_has_time END"
)


def upgrade() -> None:
    op.add_column("sms_messages", sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "idx_sms_messages_silent", "sms_messages", ["ask_at"], postgresql_where=sa.text("ask_at IS NOT NULL")
    )
    op.execute(
        "UPDATE sms_messages SET ask_at = now() WHERE twilio_sid IS NOT NULL AND sent_at > now() - interval '1 day'"
        " AND status IN ('queued', 'sending', 'sent')"
    )
    op.create_index(
        "idx_tasks_moment", "tasks", [sa.text("coalesce(due_date, start_date)")], postgresql_where=HAS_A_MOMENT
    )
    op.create_index(
        "idx_task_instances_date",
        "task_instances",
        ["instance_date"],
        postgresql_where=sa.text("status = 'scheduled'"),
    )

    for name in ("place", "meeting"):
        op.add_column("calendar_events", sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for name in ("meeting", "place"):
        op.drop_column("calendar_events", name)
    op.drop_index("idx_task_instances_date", table_name="task_instances")
    op.drop_index("idx_tasks_moment", table_name="tasks")
    op.drop_index("idx_sms_messages_silent", table_name="sms_messages")
    op.drop_column("sms_messages", "ask_at")
