"""A job's two state changes write less: the index of a person's jobs no longer ends with the id."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME = "idx_queue_jobs_user_status"


def upgrade() -> None:
    op.drop_index(NAME, "queue_jobs")
    op.create_index(NAME, "queue_jobs", ["user_id", "status"])


def downgrade() -> None:
    op.drop_index(NAME, "queue_jobs")
    op.create_index(NAME, "queue_jobs", ["user_id", "status", "id"])
