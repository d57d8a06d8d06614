"""Brain dumps in full: when they were sent, applied and undone, and the questions that they leave open."""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = "'pending', 'parsed', 'saved', 'parsed_and_deleted'"


def upgrade() -> None:
    for name in ("wants_new_project", "auto_accept"):
        op.add_column("brain_dumps", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    for name in ("submitted_at", "applied_at", "undone_at"):
        op.add_column("brain_dumps", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE brain_dumps SET submitted_at = created_at WHERE parsed_results ? 'submitted'")
    op.execute("UPDATE brain_dumps SET applied_at = updated_at WHERE status = 'saved'")
    _states(f"{STATES}, 'undone'")
    op.create_table(
        "brain_dump_questions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("brain_dump_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("shown_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_brain_dump_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("status IN ('active', 'answered', 'skipped')", name="status_is_known"),
        sa.CheckConstraint("char_length(question) BETWEEN 1 AND 500", name="question_length"),
        *[
            sa.ForeignKeyConstraint(
                ["user_id", column],
                [f"{table}.user_id", f"{table}.id"],
                name=op.f(f"fk_brain_dump_questions_user_id_{column}"),
                ondelete=on_delete,
            )
            for column, table, on_delete in (
                ("project_id", "projects", "CASCADE"),
                ("brain_dump_id", "brain_dumps", "SET NULL (brain_dump_id)"),
                ("answer_brain_dump_id", "brain_dumps", "SET NULL (answer_brain_dump_id)"),
            )
        ],
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_brain_dump_questions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brain_dump_questions")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_brain_dump_questions_user_id_id")),
    )
    op.create_index("idx_brain_dump_questions_user_status", "brain_dump_questions", ["user_id", "status"])


def _states(states: str) -> None:
    op.drop_constraint("status_is_known", "brain_dumps", type_="check")
    op.create_check_constraint("status_is_known", "brain_dumps", f"status IN ({states})")


def downgrade() -> None:
    op.drop_table("brain_dump_questions")
    op.execute("UPDATE brain_dumps SET status = 'saved' WHERE status = 'undone'")
    _states(STATES)
    for name in ("wants_new_project", "auto_accept", "submitted_at", "applied_at", "undone_at"):
        op.drop_column("brain_dumps", name)
