"""A newcomer's answers and what was understood of them."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TEXTS = ("projects", "work_style", "challenges", "help_focus")


def own_columns() -> list[sa.Column]:
    """What every row of a person has."""
    return [
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "onboarding_answers",
        *own_columns(),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in TEXTS),
        sa.Column("read", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_onboarding_answers_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_answers")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_onboarding_answers_user_id_id")),
        sa.UniqueConstraint("user_id", name="uq_onboarding_answers_person"),
    )
    op.create_table(
        "onboarding_findings",
        *own_columns(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
        sa.Column("quote", sa.Text(), server_default="", nullable=False),
        sa.Column("value", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.CheckConstraint("kind IN ('project', 'question', 'setting')", name="kind_is_known"),
        sa.CheckConstraint("status IN ('open', 'accepted', 'put_away', 'replaced')", name="status_is_known"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_onboarding_findings_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_findings")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_onboarding_findings_user_id_id")),
    )
    op.create_index("idx_onboarding_findings_user_status", "onboarding_findings", ["user_id", "status"])


def downgrade() -> None:
    op.drop_table("onboarding_findings")
    op.drop_table("onboarding_answers")
