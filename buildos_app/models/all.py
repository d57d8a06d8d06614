"""Every table, for alembic and for tests that must not forget one."""

from sqlmodel import SQLModel

from buildos_app.models import brain_dump, notification, phase, project, queue, user

__all__ = ["brain_dump", "metadata", "notification", "phase", "project", "queue", "user"]

metadata = SQLModel.metadata
