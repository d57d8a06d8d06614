"""Export, import, deletion."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.buttons import STYLES, button
from buildos_app.ui.components.fields import INPUT, NativeForm, NativeLink, field
from buildos_app.ui.components.surfaces import card, card_header, notice, problem, skeleton_rows
from buildos_app.ui.layout import progress_bar
from buildos_app.ui.pages.settings.data.state import DataState as State

BODY = "grid gap-4 p-4 md:p-5"


def data() -> rx.Component:
    """Three cards."""
    return rx.cond(
        State.loaded,
        rx.el.div(
            rx.cond(State.problem != "", problem(State.problem)),
            _export(),
            _import(),
            _end(),
            class_name="grid gap-5",
        ),
        card(skeleton_rows(6)),
    )


def _export() -> rx.Component:
    return card(
        card_header("Export"),
        rx.el.div(
            rx.el.p(
                "Everything that is yours in one zip: JSON for an import, CSV for spreadsheets, Markdown to read, "
                "and a calendar.",
                class_name="text-ink-2",
            ),
            rx.cond(State.exporting, _progress("Export")),
            rx.el.div(
                rx.cond(
                    State.file_href != "",
                    NativeLink.create(
                        "Download the export",
                        href=State.file_href,
                        custom_attrs={"download": "true"},
                        class_name=STYLES["primary"],
                    ),
                ),
                button(
                    rx.cond(State.file_href != "", "Export again", "Export everything"),
                    on_click=State.export,
                    disabled=State.exporting,
                ),
                rx.cond(State.file_href != "", rx.el.span(State.file_detail, class_name="text-sm text-ink-3")),
                class_name="flex flex-wrap items-center gap-3",
            ),
            class_name=BODY,
        ),
    )


def _import() -> rx.Component:
    return card(
        card_header("Import"),
        NativeForm.create(
            rx.el.p(
                "Bring an export of BuildOS back. Rows that are here already become what they were; nothing else "
                "changes. It is all or nothing.",
                class_name="text-ink-2",
            ),
            rx.cond(State.importing, _progress("Import")),
            rx.el.p(
                "",
                role="alert",
                tab_index=-1,
                hidden=True,
                custom_attrs={"data-error": "true"},
                class_name="text-sm text-bad bg-bad-soft rounded-s px-3 py-2",
            ),
            rx.el.div(
                rx.el.label("Export file", html_for="archive", class_name="text-sm font-medium"),
                rx.el.input(
                    id="archive",
                    name="archive",
                    type="file",
                    accept=".zip,application/zip",
                    required=True,
                    class_name=INPUT + "py-[6px] file:border-0 file:bg-transparent file:font-[540] file:mr-3",
                ),
                class_name="grid gap-[6px]",
            ),
            rx.el.div(button("Import", type="submit", disabled=State.importing), class_name="flex justify-end"),
            action=routes.API_IMPORT,
            method="post",
            custom_attrs={"data-upload": "true"},
            class_name=BODY,
        ),
    )


def _end() -> rx.Component:
    return card(
        card_header("Delete the account"),
        rx.cond(
            State.leaves_on != "",
            rx.el.div(
                notice(
                    "Your account and everything in it will be deleted on " + State.leaves_on + ". Until then you can "
                    "go on using it, and change your mind.",
                    icon_name="triangle-alert",
                ),
                rx.el.div(
                    button("Keep my account", look="primary", on_click=State.stay), class_name="flex justify-end"
                ),
                class_name=BODY,
            ),
            rx.el.form(
                rx.cond(State.error != "", problem(State.error)),
                rx.el.p(
                    "Projects, tasks, notes, dumps, briefs and everything else of yours are deleted after seven days. "
                    "Until then you can change your mind here. Export first what you want to keep.",
                    class_name="text-ink-2",
                ),
                field("Your password", "password", type="password", auto_complete="current-password", required=True),
                rx.el.div(button("Delete my account", look="danger", type="submit"), class_name="flex justify-end"),
                on_submit=State.leave,
                class_name=BODY,
            ),
        ),
    )


def _progress(what: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(State.step, class_name="text-sm text-ink-2"),
        progress_bar(State.percent, what),
        role="status",
        class_name="grid",
    )
