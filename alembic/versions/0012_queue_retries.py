"""Which failed jobs were added again."""

import sqlalchemy as sa

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_retries",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("new_job_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["queue_jobs.id"], name=op.f("fk_queue_retries_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_queue_retries")),
    )


def downgrade() -> None:
    op.drop_table("queue_retries")
