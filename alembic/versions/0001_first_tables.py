"""The first tables."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BEFORE = """
DO $$ DECLARE v_role text; BEGIN
    FOREACH v_role IN ARRAY ARRAY['buildos_web', 'buildos_worker'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = v_role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', v_role);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database of this server was migrated at the same moment
            END;
        END IF;
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', v_role);
        END IF;
    END LOOP;
END $$;

CREATE TYPE queue_status AS ENUM ('pending', 'processing', 'completed', 'failed', 'cancelled', 'retrying');
CREATE DOMAIN queue_type AS text CHECK (VALUE ~ '^[a-z][a-z0-9_]{0,62}$');
CREATE SEQUENCE queue_lease_seq CACHE 100;

DO $do$ BEGIN
    IF to_regprocedure('pg_catalog.uuidv7()') IS NULL THEN
        CREATE FUNCTION uuidv7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
            SELECT encode(
                set_bit(set_bit(overlay(
                    uuid_send(gen_random_uuid())
                    PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                    FROM 1 FOR 6
                ), 52, 1), 53, 1), 'hex')::uuid
        $$;
    END IF;
END $do$;
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(BEFORE)
    op.create_table(
        "audit_trail",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_trail")),
    )
    op.create_table(
        "queue_settings",
        sa.Column("job_type", sa.Text(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("priority_step", sa.Interval(), server_default="1 day", nullable=False),
        sa.Column("fair_quantum", sa.Interval(), server_default="1 second", nullable=False),
        sa.Column("backoff_base", sa.Interval(), server_default="1 minute", nullable=False),
        sa.Column("backoff_cap", sa.Interval(), server_default="6 hours", nullable=False),
        sa.PrimaryKeyConstraint("job_type", name=op.f("pk_queue_settings")),
    )
    op.create_table(
        "queue_workers",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("job_types", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_queue_workers")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tries")),
    )
    op.create_index("idx_sign_in_tries_key", "sign_in_tries", ["key", "tried_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("bio", sa.Text(), server_default="", nullable=False),
        sa.Column("password_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("completed_onboarding", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("last_visit", sa.DateTime(timezone=True), nullable=True),
        sa.Column("access_restricted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("access_restricted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("seq", name=op.f("uq_notifications_seq")),
    )
    op.create_index("idx_notifications_user_seq", "notifications", ["user_id", "seq"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("context", sa.Text(), server_default="", nullable=False),
        sa.Column("executive_summary", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), server_default="manual", nullable=False),
        sa.Column(
            "source_metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.CheckConstraint(
            "source IN ('manual', 'brain_dump', 'calendar_event', 'calendar_analysis')", name="source_is_known"
        ),
        sa.CheckConstraint("status IN ('active', 'paused', 'completed', 'archived')", name="status_is_known"),
        sa.CheckConstraint("end_date >= start_date", name="ends_after_it_starts"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_projects_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_projects_user_id_id")),
        sa.UniqueConstraint("user_id", "slug", name=op.f("uq_projects_user_id_slug")),
    )
    op.create_index("idx_projects_user_status", "projects", ["user_id", "status"], unique=False)
    op.create_table(
        "queue_jobs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "queue_job_id", sa.Text(), sa.Computed("job_type::text || '_' || id::text", persisted=True), nullable=False
        ),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("job_type", postgresql.DOMAIN("queue_type", sa.Text(), create_type=False), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "pending",
                "processing",
                "completed",
                "failed",
                "cancelled",
                "retrying",
                name="queue_status",
                create_type=False,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("10"), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_key", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.BigInteger(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("errors", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_an_object"),
        sa.CheckConstraint("priority BETWEEN 1 AND 100", name="priority_in_range"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_queue_jobs_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_jobs")),
        sa.UniqueConstraint("queue_job_id", name=op.f("uq_queue_jobs_queue_job_id")),
        postgresql_with={
            "fillfactor": 90,
            "autovacuum_vacuum_scale_factor": 0.01,
            "autovacuum_vacuum_threshold": 1000,
            "autovacuum_vacuum_cost_delay": 0,
            "autovacuum_analyze_scale_factor": 0.05,
        },
    )
    op.create_index(
        "idx_queue_jobs_dedup",
        "queue_jobs",
        ["user_id", "job_type", "dedup_key"],
        unique=True,
        postgresql_where=sa.text("dedup_key IS NOT NULL AND status IN ('pending', 'processing', 'retrying')"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "idx_queue_jobs_lease",
        "queue_jobs",
        ["lease_expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.create_index(
        "idx_queue_jobs_processing",
        "queue_jobs",
        ["job_type", "order_key", "id"],
        unique=False,
        postgresql_where=sa.text("due AND status IN ('pending', 'retrying')"),
    )
    op.create_index(
        "idx_queue_jobs_scheduled", "queue_jobs", ["scheduled_for"], unique=False, postgresql_where=sa.text("NOT due")
    )
    op.create_index("idx_queue_jobs_user_status", "queue_jobs", ["user_id", "status", "id"], unique=False)
    op.create_index(
        "idx_queue_jobs_user_tail",
        "queue_jobs",
        ["user_id", "job_type", "priority", "order_key"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'retrying') AND user_id IS NOT NULL"),
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    op.create_table(
        "brain_dumps",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("ai_summary", sa.Text(), server_default="", nullable=False),
        sa.Column("ai_insights", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "parsed_results", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("status IN ('pending', 'parsed', 'saved', 'parsed_and_deleted')", name="status_is_known"),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["projects.user_id", "projects.id"],
            name=op.f("fk_brain_dumps_user_id_project_id"),
            ondelete="SET NULL (project_id)",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_brain_dumps_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brain_dumps")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_brain_dumps_user_id_id")),
    )
    op.create_index("idx_brain_dumps_user_created", "brain_dumps", ["user_id", "created_at"], unique=False)
    op.create_table(
        "phase_proposals",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("status IN ('open', 'accepted', 'discarded', 'replaced')", name="status_is_known"),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["projects.user_id", "projects.id"],
            name=op.f("fk_phase_proposals_user_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_phase_proposals_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_proposals")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_phase_proposals_user_id_id")),
    )
    op.create_index(
        "idx_phase_proposals_open",
        "phase_proposals",
        ["project_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "phases",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("scheduling_method", sa.Text(), server_default="phases_only", nullable=False),
        sa.CheckConstraint(
            "scheduling_method IN ('phases_only', 'schedule_in_phases', 'calendar_optimized')",
            name="scheduling_method_is_known",
        ),
        sa.CheckConstraint("end_date >= start_date", name="ends_after_it_starts"),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["projects.user_id", "projects.id"],
            name=op.f("fk_phases_user_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_phases_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phases")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_phases_user_id_id")),
    )
    op.create_index("idx_phases_project", "phases", ["project_id", "order"], unique=False)
    op.create_table(
        "brain_dump_operations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("brain_dump_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), server_default="create", nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("ref", sa.Text(), server_default="", nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=True),
        sa.Column("quote", sa.Text(), server_default="", nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=True),
        sa.Column("span_end", sa.Integer(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("reasoning", sa.Text(), server_default="", nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("operation IN ('create', 'update')", name="operation_is_known"),
        sa.CheckConstraint("target IN ('projects', 'tasks', 'notes')", name="target_is_known"),
        sa.ForeignKeyConstraint(
            ["user_id", "brain_dump_id"],
            ["brain_dumps.user_id", "brain_dumps.id"],
            name=op.f("fk_brain_dump_operations_user_id_brain_dump_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_brain_dump_operations_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brain_dump_operations")),
        sa.UniqueConstraint("brain_dump_id", "position", name=op.f("uq_brain_dump_operations_brain_dump_id_position")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_brain_dump_operations_user_id_id")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("source", sa.Text(), server_default="manual", nullable=False),
        sa.Column("brain_dump_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("title <> '' OR content <> ''", name="says_something"),
        sa.ForeignKeyConstraint(
            ["user_id", "brain_dump_id"],
            ["brain_dumps.user_id", "brain_dumps.id"],
            name=op.f("fk_notes_user_id_brain_dump_id"),
            ondelete="SET NULL (brain_dump_id)",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["projects.user_id", "projects.id"],
            name=op.f("fk_notes_user_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_notes_user_id_id")),
    )
    op.create_index("idx_notes_project", "notes", ["project_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="backlog", nullable=False),
        sa.Column("priority", sa.Text(), server_default="medium", nullable=False),
        sa.Column("task_type", sa.Text(), server_default="one_off", nullable=False),
        sa.Column("start_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("recurrence_pattern", sa.Text(), nullable=True),
        sa.Column("recurrence_ends", sa.Date(), nullable=True),
        sa.Column("recurrence_end_source", sa.Text(), nullable=True),
        sa.Column("dependencies", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("parent_task_id", sa.Uuid(), nullable=True),
        sa.Column("task_steps", sa.Text(), server_default="", nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outdated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", sa.Text(), server_default="manual", nullable=False),
        sa.Column("brain_dump_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high')", name="priority_is_known"),
        sa.CheckConstraint(
            "recurrence_pattern IN ('daily', 'weekdays', 'weekly', 'biweekly', 'monthly', 'quarterly', 'yearly')",
            name="recurrence_pattern_is_known",
        ),
        sa.CheckConstraint(
            "source IN ('manual', 'brain_dump', 'calendar_event', 'calendar_analysis')", name="source_is_known"
        ),
        sa.CheckConstraint("status IN ('backlog', 'in_progress', 'done', 'blocked')", name="status_is_known"),
        sa.CheckConstraint(
            "task_type <> 'recurring' OR (start_date IS NOT NULL AND recurrence_pattern IS NOT NULL)",
            name="recurring_has_a_start_and_a_pattern",
        ),
        sa.CheckConstraint("task_type IN ('one_off', 'recurring')", name="task_type_is_known"),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 255", name="title_length"),
        sa.CheckConstraint("duration_minutes >= 0", name="duration_is_positive"),
        sa.ForeignKeyConstraint(
            ["user_id", "brain_dump_id"],
            ["brain_dumps.user_id", "brain_dumps.id"],
            name=op.f("fk_tasks_user_id_brain_dump_id"),
            ondelete="SET NULL (brain_dump_id)",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "parent_task_id"],
            ["tasks.user_id", "tasks.id"],
            name=op.f("fk_tasks_user_id_parent_task_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["projects.user_id", "projects.id"],
            name=op.f("fk_tasks_user_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tasks_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_tasks_user_id_id")),
    )
    op.create_index("idx_tasks_brain_dump", "tasks", ["brain_dump_id"], unique=False)
    op.create_index("idx_tasks_project", "tasks", ["project_id", "deleted_at"], unique=False)
    op.create_index("idx_tasks_user_due", "tasks", ["user_id", "due_date"], unique=False)
    op.create_index("idx_tasks_user_start", "tasks", ["user_id", "start_date"], unique=False)
    op.create_table(
        "phase_tasks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("phase_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("suggested_start_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignment_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "phase_id"],
            ["phases.user_id", "phases.id"],
            name=op.f("fk_phase_tasks_user_id_phase_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "task_id"],
            ["tasks.user_id", "tasks.id"],
            name=op.f("fk_phase_tasks_user_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_phase_tasks_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_tasks")),
        sa.UniqueConstraint("task_id", name=op.f("uq_phase_tasks_task_id")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_phase_tasks_user_id_id")),
    )
    op.create_index("idx_phase_tasks_phase", "phase_tasks", ["phase_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("The first version has nothing below it: drop the database instead.")
