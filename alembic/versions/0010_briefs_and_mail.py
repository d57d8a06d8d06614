"""Daily briefs, when people want them, mail and its tokens."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_tokens",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('daily_brief', 'confirm_address', 'reset_password', 'confirm_change')", name="purpose_is_known"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_tokens_token_hash")),
    )
    op.create_index("idx_account_tokens_user_id", "account_tokens", ["user_id"], unique=False)
    op.create_table(
        "brief_preferences",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("frequency", sa.Text(), server_default="daily", nullable=False),
        sa.Column("day_of_week", sa.Integer(), nullable=True),
        sa.Column("time_of_day", sa.Time(), server_default="09:00", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("email_daily_brief", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("track_opens", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("scheduled_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("frequency IN ('daily', 'weekly')", name="frequency_is_known"),
        sa.CheckConstraint("day_of_week BETWEEN 0 AND 6", name="day_of_week_in_range"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_brief_preferences_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_preferences")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_brief_preferences_user_id_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_brief_preferences_user_id")),
    )
    op.create_table(
        "daily_briefs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("brief_date", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("planned_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("is_reengagement", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("days_away", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("markdown", sa.Text(), server_default="", nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_daily_briefs_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_briefs")),
        sa.UniqueConstraint("user_id", "brief_date", name=op.f("uq_daily_briefs_user_id_brief_date")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_daily_briefs_user_id_id")),
    )
    op.create_table(
        "emails",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("recipient", sa.Text(), server_default="", nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("daily_brief_id", sa.Uuid(), nullable=True),
        sa.Column("brief_date", sa.Date(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tracking_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('daily_brief', 'confirm_address', 'reset_password', 'confirm_change')", name="kind_is_known"
        ),
        sa.CheckConstraint("status IN ('pending', 'sent', 'failed', 'cancelled')", name="status_is_known"),
        sa.ForeignKeyConstraint(
            ["user_id", "daily_brief_id"],
            ["daily_briefs.user_id", "daily_briefs.id"],
            name=op.f("fk_emails_user_id_daily_brief_id"),
            ondelete="SET NULL (daily_brief_id)",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_emails_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_emails_message_id")),
        sa.UniqueConstraint("tracking_id", name=op.f("uq_emails_tracking_id")),
        sa.UniqueConstraint("user_id", "brief_date", "number", name=op.f("uq_emails_user_id_brief_date_number")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_emails_user_id_id")),
    )
    op.create_index("idx_emails_user_created", "emails", ["user_id", "created_at"], unique=False)
    op.create_table(
        "project_daily_briefs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("daily_brief_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("brief_date", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "daily_brief_id"],
            ["daily_briefs.user_id", "daily_briefs.id"],
            name=op.f("fk_project_daily_briefs_user_id_daily_brief_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["projects.user_id", "projects.id"],
            name=op.f("fk_project_daily_briefs_user_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_project_daily_briefs_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_daily_briefs")),
        sa.UniqueConstraint("project_id", "brief_date", name=op.f("uq_project_daily_briefs_project_id_brief_date")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_project_daily_briefs_user_id_id")),
    )
    op.create_index("idx_project_daily_briefs_brief", "project_daily_briefs", ["daily_brief_id"], unique=False)
    op.add_column("users", sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "email_confirmed_at")
    op.drop_index("idx_project_daily_briefs_brief", table_name="project_daily_briefs")
    op.drop_table("project_daily_briefs")
    op.drop_index("idx_emails_user_created", table_name="emails")
    op.drop_table("emails")
    op.drop_table("daily_briefs")
    op.drop_table("brief_preferences")
    op.drop_index("idx_account_tokens_user_id", table_name="account_tokens")
    op.drop_table("account_tokens")
