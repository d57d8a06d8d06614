"""The places of the navigation, and the two bars of a phone. A feature adds its place with one line."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.brand import brand
from buildos_app.ui.components.buttons import icon
from buildos_app.ui.components.connection import is_offline
from buildos_app.ui.components.dialog import dialog
from buildos_app.ui.components.fields import NativeForm
from buildos_app.ui.components.stack import Stack
from buildos_app.ui.job_actions import JobActions
from buildos_app.ui.news import News
from buildos_app.ui.running import Running

NAV = "nav group flex items-center gap-[10px] h-8 px-2 rounded-s text-ink-2 hover:bg-hover hover:text-ink"
PHONE_PLACE = (
    "flex-1 grid justify-items-center gap-[2px] py-2 text-ink-2 aria-[current=page]:text-accent-text "
    "aria-[current=page]:font-semibold"
)
NAV_ON = (
    " aria-[current=page]:bg-surface aria-[current=page]:text-ink aria-[current=page]:font-[560] "
    "aria-[current=page]:shadow-[0_0_0_1px_var(--line)]"
)

PLACES = (
    ("Today", routes.TODAY, "sun", "g_t"),
    ("Projects", routes.PROJECTS, "folder", "g_p"),
    ("Calendar", routes.CALENDAR, "calendar-days", "g_c"),
    ("Briefs", routes.BRIEFS, "newspaper", "g_r"),
    ("Notes", routes.NOTES, "notebook-pen", "g_o"),
    ("Notifications", routes.NOTIFICATIONS, "bell", "g_n"),
    ("Jobs", routes.JOBS, "list-todo", "g_j"),
)
COUNTS = {routes.NOTIFICATIONS: (News.unread, " unread"), routes.JOBS: (Running.live, " running")}

ON_PHONE = (routes.TODAY, routes.PROJECTS, routes.NOTIFICATIONS)


def count_of(href: str, look: str) -> rx.Component:
    """How many wait behind a place."""
    if href not in COUNTS:
        return rx.fragment()
    count, noun = COUNTS[href]
    return rx.cond(count > 0, rx.el.b(count, rx.el.span(noun, class_name="sr-only"), class_name=look))


def is_here(href: str) -> rx.Var[bool]:
    """Is this the place of the page that is open?"""
    path = rx.State.router.url.path
    return path == href if href == routes.TODAY else path.startswith(href)


def running() -> rx.Component:
    """The stack of what runs."""
    return Stack.create(
        jobs=Running.jobs,
        ready=Running.ready,
        offline=is_offline,
        on_cancel=JobActions.cancel,
        on_retry=JobActions.retry,
    )


def sign_out(look: str) -> rx.Component:
    """The way out, as a form that the browser sends."""
    return NativeForm.create(
        rx.el.button(icon("log-out"), "Sign out", type="submit", class_name=look),
        action=routes.AUTH_SIGN_OUT,
        method="post",
        custom_attrs={"data-native": "true"},
    )


def top_bar() -> rx.Component:
    """The head of a phone."""
    return rx.el.header(
        brand(),
        rx.el.button(
            icon("search", 18),
            type="button",
            aria_label="Search and commands",
            custom_attrs={"data-opens": "command-bar"},
            class_name="ml-auto grid place-items-center size-10 rounded-s text-ink-2",
        ),
        class_name="md:hidden sticky top-0 z-10 flex items-center px-3 py-1 bg-canvas border-b border-line",
    )


def bottom_bar() -> rx.Component:
    """The places that a phone shows, and the way to the others."""
    shown = [place for place in PLACES if place[1] in ON_PHONE]
    places = (*shown[:2], ("Dump", routes.DUMP, "pencil-line", ""), *shown[2:])
    return rx.el.div(
        rx.el.div(running(), class_name="px-3 pb-2"),
        rx.el.nav(
            *[
                rx.el.a(
                    icon(icon_name, 20),
                    rx.el.span(label, class_name="text-[11px]"),
                    count_of(
                        href,
                        "absolute top-[3px] left-1/2 ml-1 min-w-4 px-1 rounded-full bg-accent text-accent-ink "
                        "text-[10px] leading-4 font-semibold text-center tabular-nums",
                    ),
                    href=href,
                    aria_current=rx.cond(is_here(href), "page", "false"),
                    class_name="relative " + PHONE_PLACE,
                )
                for label, href, icon_name, _ in places
            ],
            rx.el.button(
                icon("menu", 20),
                rx.el.span("More", class_name="text-[11px]"),
                type="button",
                aria_haspopup="dialog",
                custom_attrs={"data-opens": "more-places"},
                class_name=PHONE_PLACE,
            ),
            aria_label="Places",
            class_name="flex bg-surface border-t border-line pb-[env(safe-area-inset-bottom)]",
        ),
        _more(),
        class_name="md:hidden fixed bottom-0 inset-x-0 z-20",
    )


def _more() -> rx.Component:
    """Every place that the bar of a phone has no room for, and what is done with the account."""
    rest = [place for place in PLACES if place[1] not in ON_PHONE]
    look = NAV + " w-full min-h-11 text-base"
    return dialog(
        "more-places",
        "More",
        rx.el.div(
            *[
                rx.el.a(icon(icon_name), label, href=href, custom_attrs={"data-closes": "true"}, class_name=look)
                for label, href, icon_name, _ in rest
            ],
            rx.el.a(
                icon("settings"),
                "Settings",
                href=routes.settings("profile"),
                custom_attrs={"data-closes": "true"},
                class_name=look,
            ),
            rx.el.button(
                icon("sun-moon"), "Light or dark", type="button", on_click=rx.toggle_color_mode, class_name=look
            ),
            sign_out(look),
            class_name="grid gap-1",
        ),
    )
