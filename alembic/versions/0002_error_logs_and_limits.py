"""The error log, and a limit of how many jobs of a type run at once."""

import sqlalchemy as sa

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "error_logs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("error_type", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("job_type", sa.Text(), server_default="", nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_logs")),
    )
    op.create_index("idx_error_logs_at", "error_logs", ["at"])
    op.add_column("queue_settings", sa.Column("max_running", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("queue_settings", "max_running")
    op.drop_table("error_logs")
