"""The words by which mistyped ones are understood, and indexes for counts."""

import sqlalchemy as sa

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO search_words (user_id, word)
SELECT DISTINCT e.user_id, w.lexeme FROM search_entries e, unnest(e.words) w WHERE w.lexeme ~ '^[[:alpha:]]{4,30}$'
"""


def upgrade() -> None:
    op.create_table(
        "search_words",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_search_words_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
    )
    op.execute(FILL)
    op.create_index("idx_search_words_word", "search_words", ["user_id", "word"])
    op.create_index(
        "idx_search_words_near",
        "search_words",
        ["user_id", "word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.drop_index("idx_search_entries_title", "search_entries")
    op.drop_index("idx_tasks_project", "tasks")
    op.create_index("idx_tasks_project", "tasks", ["project_id", "deleted_at", "status", "user_id", "outdated"])
    unread = sa.text("read_at IS NULL AND dismissed_at IS NULL")
    op.create_index("idx_notifications_unread", "notifications", ["user_id", "expires_at"], postgresql_where=unread)


def downgrade() -> None:
    op.drop_index("idx_notifications_unread", "notifications")
    op.drop_index("idx_tasks_project", "tasks")
    op.create_index("idx_tasks_project", "tasks", ["project_id", "deleted_at"])
    op.create_index(
        "idx_search_entries_title",
        "search_entries",
        ["user_id", "title"],
        postgresql_using="gin",
        postgresql_ops={"title": "gin_trgm_ops"},
    )
    op.drop_table("search_words")
