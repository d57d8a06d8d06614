"""What lies above every page: quick add, the panel of a task, undo."""

import reflex as rx

from buildos_app.ui.tasks.panel import task_panel
from buildos_app.ui.tasks.quick_add import quick_add
from buildos_app.ui.tasks.undo import undo_button


def task_layer() -> rx.Component:
    """All three; each opens itself when it is wanted."""
    return rx.fragment(quick_add(), task_panel(), undo_button())
