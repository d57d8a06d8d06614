"""When each periodic duty was last begun; a cheaper life of a job.

Lease tokens come from no sequence any more. `queue_job_id` holds the primary key, so it is unique without an index of
its own, which every state change had to write.
"""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_ticks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tick", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_queue_ticks")),
    )
    op.execute("DROP SEQUENCE queue_lease_seq")
    op.drop_constraint("uq_queue_jobs_queue_job_id", "queue_jobs")


def downgrade() -> None:
    op.create_unique_constraint("uq_queue_jobs_queue_job_id", "queue_jobs", ["queue_job_id"])
    op.execute("CREATE SEQUENCE queue_lease_seq")
    op.drop_table("queue_ticks")
