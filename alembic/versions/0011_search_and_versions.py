"""What a person can search, and the versions of a project."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO search_entries (kind, row_id, user_id, title, words, changed_at)
SELECT kind, id, user_id, title,
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', left(body, 100000)), 'B'),
    updated_at
FROM (
    SELECT 'project' AS kind, id, user_id, name AS title, concat_ws(' ', description, context) AS body, updated_at
    FROM projects
    UNION ALL
    SELECT 'task', id, user_id, title, concat_ws(' ', description, details), updated_at
    FROM tasks WHERE deleted_at IS NULL AND NOT outdated
    UNION ALL
    SELECT 'note', id, user_id, coalesce(nullif(title, ''), left(content, 80)), content, updated_at FROM notes
    UNION ALL
    SELECT 'dump', id, user_id, coalesce(nullif(title, ''), left(content, 80)), content, updated_at FROM brain_dumps
) AS rows
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    op.create_table(
        "search_entries",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_search_entries_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("kind", "row_id", name=op.f("pk_search_entries")),
    )
    op.create_index("idx_search_entries_words", "search_entries", ["user_id", "words"], postgresql_using="gin")
    op.create_index(
        "idx_search_entries_title",
        "search_entries",
        ["user_id", "title"],
        postgresql_using="gin",
        postgresql_ops={"title": "gin_trgm_ops"},
    )
    op.execute(FILL)
    op.create_table(
        "project_versions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_project_versions_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["projects.user_id", "projects.id"],
            name=op.f("fk_project_versions_user_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_versions")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_project_versions_user_id_id")),
        sa.UniqueConstraint("project_id", "version", name=op.f("uq_project_versions_project_id_version")),
    )
    op.create_index("idx_notes_user", "notes", ["user_id", "id"])


def downgrade() -> None:
    op.drop_index("idx_notes_user", "notes")
    op.drop_table("project_versions")
    op.drop_table("search_entries")
