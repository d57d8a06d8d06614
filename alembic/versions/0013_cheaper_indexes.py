"""A job's state changes write less, and what runs of one type is counted without a look at the others."""

import sqlalchemy as sa

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _replace(["user_id", "status"], ["job_type", "lease_expires_at"])


def downgrade() -> None:
    _replace(["user_id", "status", "id"], ["lease_expires_at"])


def _replace(of_a_person: list[str], of_leases: list[str]) -> None:
    op.drop_index("idx_queue_jobs_user_status", "queue_jobs")
    op.create_index("idx_queue_jobs_user_status", "queue_jobs", of_a_person)
    op.drop_index("idx_queue_jobs_lease", "queue_jobs")
    op.create_index("idx_queue_jobs_lease", "queue_jobs", of_leases, postgresql_where=sa.text("status = 'processing'"))
