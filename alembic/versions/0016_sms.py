"""Text messages: what people want texted, their phones, and each message."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_inbound",
        sa.Column("message_sid", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("message_sid", name=op.f("pk_sms_inbound")),
    )
    op.create_table(
        "sms_messages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Text(), server_default="normal", nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_counted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("twilio_sid", sa.Text(), nullable=True),
        sa.Column("past_sids", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'failed', 'undelivered',"
            " 'cancelled')",
            name="status_is_known",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sms_messages_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_messages")),
        sa.UniqueConstraint("twilio_sid", name=op.f("uq_sms_messages_twilio_sid")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_sms_messages_user_id_id")),
        sa.UniqueConstraint("user_id", "subject_key", name=op.f("uq_sms_messages_user_id_subject_key")),
    )
    op.create_index("idx_sms_messages_user", "sms_messages", ["user_id", "id"], unique=False)
    op.create_index(
        "idx_sms_messages_waiting",
        "sms_messages",
        ["scheduled_for"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'scheduled', 'sending')"),
    )
    op.create_table(
        "sms_phones",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opt_out_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_today", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_day", sa.Date(), nullable=True),
        sa.Column("pending_number", sa.Text(), server_default="", nullable=False),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("codes_sent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("codes_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sms_phones_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_phones")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_sms_phones_user_id_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_sms_phones_user_id")),
    )
    op.create_index(
        "idx_sms_phones_number",
        "sms_phones",
        ["number"],
        unique=True,
        postgresql_where=sa.text("verified_at IS NOT NULL"),
    )
    op.create_table(
        "sms_preferences",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("task_reminders", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("event_reminders", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("brief_ready", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("urgent_alerts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("morning_kickoff", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("kickoff_time", sa.Time(), server_default="08:00", nullable=False),
        sa.Column("evening_recap", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recap_time", sa.Time(), server_default="20:00", nullable=False),
        sa.Column("quiet_start", sa.Time(), server_default="21:00", nullable=True),
        sa.Column("quiet_end", sa.Time(), server_default="08:00", nullable=True),
        sa.Column("lead_minutes", sa.Integer(), server_default=sa.text("15"), nullable=False),
        sa.Column("daily_limit", sa.Integer(), server_default=sa.text("10"), nullable=False),
        sa.CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name="quiet_hours_have_both_ends"),
        sa.CheckConstraint("daily_limit BETWEEN 0 AND 100", name="daily_limit_in_range"),
        sa.CheckConstraint("lead_minutes BETWEEN 5 AND 60", name="lead_minutes_in_range"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sms_preferences_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_preferences")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_sms_preferences_user_id_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_sms_preferences_user_id")),
    )


def downgrade() -> None:
    op.drop_table("sms_preferences")
    op.drop_index("idx_sms_phones_number", table_name="sms_phones", postgresql_where=sa.text("verified_at IS NOT NULL"))
    op.drop_table("sms_phones")
    op.drop_index(
        "idx_sms_messages_waiting",
        table_name="sms_messages",
        postgresql_where=sa.text("status IN ('pending', 'scheduled', 'sending')"),
    )
    op.drop_index("idx_sms_messages_user", table_name="sms_messages")
    op.drop_table("sms_messages")
    op.drop_table("sms_inbound")
