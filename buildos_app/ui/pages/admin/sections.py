"""Every page of the administration, one line each. Their states derive from AdminState, which the gate guards."""

from buildos_app.ui.pages.admin.audit.page import audit
from buildos_app.ui.pages.admin.audit.state import AuditState
from buildos_app.ui.pages.admin.errors.page import errors
from buildos_app.ui.pages.admin.errors.state import ErrorsState
from buildos_app.ui.pages.admin.models.page import models
from buildos_app.ui.pages.admin.models.state import ModelsState
from buildos_app.ui.pages.admin.people.page import people
from buildos_app.ui.pages.admin.people.state import PeopleState
from buildos_app.ui.pages.admin.queue.page import queue
from buildos_app.ui.pages.admin.queue.state import QueueState
from buildos_app.ui.sections import Section

SECTIONS = (
    Section("queue", "Queue", "layers", queue, QueueState.load),
    Section("errors", "Errors", "bug", errors, ErrorsState.load),
    Section("people", "People", "users", people, PeopleState.load),
    Section("models", "Language models", "sparkles", models, ModelsState.load),
    Section("audit", "Audit trail", "scroll-text", audit, AuditState.load),
)
