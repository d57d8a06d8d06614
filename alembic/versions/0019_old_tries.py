"""Old tries to sign in are deleted by their time."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("idx_sign_in_tries_tried_at", "sign_in_tries", ["tried_at"])


def downgrade() -> None:
    op.drop_index("idx_sign_in_tries_tried_at", table_name="sign_in_tries")
