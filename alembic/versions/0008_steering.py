"""What administrators see of the queue, resolved errors, files of a person's own data, accounts that end."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("deletion_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "idx_users_deletion_due_at",
        "users",
        ["deletion_due_at"],
        postgresql_where=sa.text("deletion_due_at IS NOT NULL"),
    )
    op.add_column("error_logs", sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("error_logs", sa.Column("resolved_by", sa.Uuid(), nullable=True))
    op.add_column("error_logs", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.create_index("idx_error_logs_open", "error_logs", ["id"], postgresql_where=sa.text("resolved_at IS NULL"))
    for name in ("max_priority", "concurrency", "running"):
        op.add_column("queue_workers", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("queue_workers", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("idx_queue_workers_beat_at", "queue_workers", ["beat_at"])
    op.create_index("idx_queue_jobs_failed", "queue_jobs", ["id"], postgresql_where=sa.text("status = 'failed'"))
    op.create_table(
        "queue_counts",
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_type", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seconds", sa.Float(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("bucket", "job_type", "outcome", name=op.f("pk_queue_counts")),
    )
    op.create_table(
        "queue_samples",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("oldest_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("at", "job_type", "status", name=op.f("pk_queue_samples")),
    )
    op.create_table(
        "data_files",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('export', 'import')", name="kind_is_known"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_data_files_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_files")),
    )
    op.create_index("idx_data_files_user_id", "data_files", ["user_id", "id"])


def downgrade() -> None:
    op.drop_table("data_files")
    op.drop_table("queue_samples")
    op.drop_table("queue_counts")
    op.drop_index("idx_queue_jobs_failed", "queue_jobs")
    for name in ("stopped_at", "running", "concurrency", "max_priority"):
        op.drop_column("queue_workers", name)
    for name in ("note", "resolved_by", "resolved_at"):
        op.drop_column("error_logs", name)
    op.drop_column("users", "deletion_due_at")
