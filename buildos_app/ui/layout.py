"""The shell around every signed-in page: navigation, what runs, command bar, toasts."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.brand import brand
from buildos_app.ui.components.buttons import icon, key
from buildos_app.ui.components.command_bar import command_bar
from buildos_app.ui.components.connection import is_offline, offline_banner
from buildos_app.ui.components.fields import NativeForm, NativeLink
from buildos_app.ui.components.keys_help import keys_help
from buildos_app.ui.components.stack import Stack
from buildos_app.ui.components.toasts import Toasts
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.job_actions import JobActions
from buildos_app.ui.news import News
from buildos_app.ui.running import Running
from buildos_app.ui.tasks.layer import task_layer

NAV = "nav group flex items-center gap-[10px] h-8 px-2 rounded-s text-ink-2 hover:bg-hover hover:text-ink"
NAV_ON = (
    " aria-[current=page]:bg-surface aria-[current=page]:text-ink aria-[current=page]:font-[560] "
    "aria-[current=page]:shadow-[0_0_0_1px_var(--line)]"
)

PLACES = (
    ("Today", routes.TODAY, "sun", "g_t"),
    ("Projects", routes.PROJECTS, "folder", "g_p"),
    ("Briefs", routes.BRIEFS, "newspaper", "g_r"),
    ("Notifications", routes.NOTIFICATIONS, "bell", "g_n"),
    ("Jobs", routes.JOBS, "list-todo", "g_j"),
)
COUNTS = {routes.NOTIFICATIONS: (News.unread, " unread"), routes.JOBS: (Running.live, " running")}


def shell(title: Any, *content: Any, sub: Any = "", actions: Any = None, crumb: Any = None) -> rx.Component:
    """A page: its heading, one line below it, its actions, its content."""
    return rx.fragment(
        NativeLink.create(
            "Skip to content",
            href="#main",
            class_name="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 "
            "focus:bg-surface focus:px-3 focus:py-2 focus:rounded-s",
        ),
        rx.el.div(
            _side(),
            rx.el.div(
                _top_bar(),
                offline_banner(),
                rx.el.main(
                    _head(title, sub, actions, crumb),
                    *content,
                    id="main",
                    tab_index=-1,
                    class_name="w-full max-w-[1240px] px-4 py-4 md:px-12 md:py-8 pb-28 md:pb-12 outline-none",
                ),
                class_name="min-w-0",
            ),
            class_name="md:grid md:grid-cols-[228px_minmax(0,1fr)] min-h-screen bg-canvas text-ink",
        ),
        _bottom_bar(),
        command_bar(),
        keys_help(),
        task_layer(),
        Toasts.create(news=News.items, answer=Inbox.answer, ready=News.ready),
    )


def _head(title: Any, sub: Any, actions: Any, crumb: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            crumb if crumb is not None else rx.fragment(),
            rx.el.h1(title, class_name="text-2xl font-[640] tracking-[-0.022em] break-words"),
            rx.el.p(sub, class_name="text-ink-2 mt-1"),
            class_name="min-w-0",
        ),
        rx.el.div(actions, class_name="flex flex-wrap gap-2 shrink-0") if actions is not None else rx.fragment(),
        class_name="flex flex-col md:flex-row md:items-end justify-between gap-4 mb-5",
    )


def _side() -> rx.Component:
    return rx.el.nav(
        rx.el.div(brand(), class_name="pb-[14px]"),
        rx.el.a(
            "Brain dump",
            key("B"),
            href=routes.DUMP,
            custom_attrs={"data-hotkey": "b"},
            class_name="flex justify-between items-center bg-accent text-accent-ink rounded-s px-[10px] py-2 "
            "font-[560] mb-3 hover:brightness-110",
        ),
        *[_place(*place) for place in PLACES],
        rx.cond(
            Inbox.projects.length() > 0,
            rx.el.div("Projects", class_name="text-xs text-ink-3 px-2 pt-4 pb-[6px]"),
        ),
        rx.foreach(Inbox.projects, _project),
        rx.el.div(_running(), class_name="mt-auto pt-3"),
        _person(),
        aria_label="Main",
        class_name="hidden md:flex sticky top-0 h-screen flex-col gap-[2px] p-4 px-3 border-r border-line "
        "bg-sunken overflow-y-auto",
    )


def _place(label: str, href: str, icon_name: str, hotkey: str) -> rx.Component:
    return rx.el.a(
        icon(icon_name),
        label,
        _count(href, "ml-auto font-medium text-xs text-ink-3 tabular-nums"),
        href=href,
        aria_current=rx.cond(_is_here(href), "page", "false"),
        custom_attrs={"data-hotkey": hotkey},
        class_name=NAV + NAV_ON,
    )


def _count(href: str, look: str) -> rx.Component:
    if href not in COUNTS:
        return rx.fragment()
    count, noun = COUNTS[href]
    return rx.cond(count > 0, rx.el.b(count, rx.el.span(noun, class_name="sr-only"), class_name=look))


def _is_here(href: str) -> rx.Var[bool]:
    path = rx.State.router.url.path
    return path == href if href == routes.TODAY else path.startswith(href)


def _project(item: rx.Var[Any]) -> rx.Component:
    return rx.el.a(
        rx.el.span(aria_hidden="true", style={"background": item.dot}, class_name="size-2 rounded-[3px] mx-1 shrink-0"),
        rx.el.span(item.name, class_name="truncate"),
        href=item.href,
        aria_current=rx.cond(rx.State.router.url.path.startswith(item.href), "page", "false"),
        class_name=NAV + NAV_ON,
    )


def _running() -> rx.Component:
    return Stack.create(
        jobs=Running.jobs,
        ready=Running.ready,
        offline=is_offline,
        on_cancel=JobActions.cancel,
        on_retry=JobActions.retry,
    )


def running_card(job: rx.Var[Any]) -> rx.Component:
    """Something that runs, with its real progress, among the content of a page; opens its page."""
    return rx.el.a(
        rx.el.b(job.title, rx.cond(job.subject != "", f" · {job.subject}", ""), class_name="block font-semibold"),
        rx.el.span(job.detail, class_name="block text-xs text-ink-3 truncate"),
        progress_bar(job.percent, job.title),
        href=job.href,
        class_name="block border border-line rounded-m bg-surface px-3 py-[10px] text-sm",
    )


def progress_bar(percent: Any, label: Any) -> rx.Component:
    """How far something is, in percent."""
    return rx.el.div(
        rx.el.div(
            style={"width": f"{percent}%"},
            class_name="h-full bg-accent rounded-full transition-[width] duration-150 ease-out",
        ),
        role="progressbar",
        aria_label=label,
        aria_valuenow=percent,
        aria_valuemin=0,
        aria_valuemax=100,
        class_name="h-1 rounded-full bg-line overflow-hidden mt-2",
    )


def _person() -> rx.Component:
    return rx.el.div(
        rx.el.details(
            rx.el.summary(
                icon("circle-user-round"),
                rx.el.span(rx.cond(Inbox.name != "", Inbox.name, "You"), class_name="truncate"),
                class_name=NAV + " list-none [&::-webkit-details-marker]:hidden",
            ),
            rx.el.div(
                rx.el.p(Inbox.email, class_name="px-2 py-1 text-xs text-ink-3 truncate"),
                rx.el.button(
                    icon("sun-moon"),
                    "Light or dark",
                    type="button",
                    on_click=rx.toggle_color_mode,
                    class_name=NAV + " w-full",
                ),
                rx.el.a(
                    icon("settings"),
                    "Settings",
                    href=routes.settings("profile"),
                    custom_attrs={"data-hotkey": "g_s", "data-hotkey-hidden": "true"},
                    class_name=NAV + " w-full",
                ),
                rx.el.button(
                    icon("keyboard"),
                    "Keys",
                    type="button",
                    custom_attrs={"data-opens": "keys-help"},
                    class_name=NAV + " w-full",
                ),
                _sign_out(NAV + " w-full"),
                class_name="absolute bottom-full left-0 right-0 mb-1 p-1 bg-surface border border-line rounded-m "
                "shadow-float z-20",
            ),
            class_name="relative",
        ),
        class_name="mt-[6px]",
    )


def _sign_out(look: str) -> rx.Component:
    return NativeForm.create(
        rx.el.button(icon("log-out"), "Sign out", type="submit", class_name=look),
        action=routes.AUTH_SIGN_OUT,
        method="post",
        custom_attrs={"data-native": "true"},
    )


def _top_bar() -> rx.Component:
    return rx.el.header(
        brand(),
        rx.el.button(
            icon("search", 18),
            type="button",
            aria_label="Search and commands",
            custom_attrs={"data-opens": "command-bar"},
            class_name="ml-auto grid place-items-center size-10 rounded-s text-ink-2",
        ),
        rx.el.button(
            icon("sun-moon", 18),
            type="button",
            aria_label="Light or dark",
            on_click=rx.toggle_color_mode,
            class_name="grid place-items-center size-10 rounded-s text-ink-2",
        ),
        rx.el.a(
            icon("settings", 18),
            href=routes.settings("profile"),
            aria_label="Settings",
            class_name="grid place-items-center size-10 rounded-s text-ink-2",
        ),
        _sign_out_icon(),
        class_name="md:hidden sticky top-0 z-10 flex items-center px-3 py-1 bg-canvas border-b border-line",
    )


def _sign_out_icon() -> rx.Component:
    return NativeForm.create(
        rx.el.button(
            icon("log-out", 18),
            type="submit",
            aria_label="Sign out",
            class_name="grid place-items-center size-10 rounded-s text-ink-2",
        ),
        action=routes.AUTH_SIGN_OUT,
        method="post",
        custom_attrs={"data-native": "true"},
    )


def _bottom_bar() -> rx.Component:
    places = (*PLACES[:2], ("Dump", routes.DUMP, "pencil-line", ""), *PLACES[2:4])
    return rx.el.div(
        rx.el.div(_running(), class_name="px-3 pb-2"),
        rx.el.nav(
            *[
                rx.el.a(
                    icon(icon_name, 20),
                    rx.el.span(label, class_name="text-[11px]"),
                    _count(
                        href,
                        "absolute top-[3px] left-1/2 ml-1 min-w-4 px-1 rounded-full bg-accent text-accent-ink "
                        "text-[10px] leading-4 font-semibold text-center tabular-nums",
                    ),
                    href=href,
                    aria_current=rx.cond(_is_here(href), "page", "false"),
                    class_name="relative flex-1 grid justify-items-center gap-[2px] py-2 text-ink-2 "
                    "aria-[current=page]:text-accent-text aria-[current=page]:font-semibold",
                )
                for label, href, icon_name, _ in places
            ],
            aria_label="Places",
            class_name="flex bg-surface border-t border-line pb-[env(safe-area-inset-bottom)]",
        ),
        class_name="md:hidden fixed bottom-0 inset-x-0 z-20",
    )
