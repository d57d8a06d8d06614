"""The shell around every signed-in page: navigation, what runs, command bar, toasts."""

from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.brand import brand
from buildos_app.ui.components.buttons import icon, key
from buildos_app.ui.components.command_bar import command_bar
from buildos_app.ui.components.connection import offline_banner
from buildos_app.ui.components.fields import NativeLink
from buildos_app.ui.components.keys_help import keys_help
from buildos_app.ui.components.toasts import Toasts
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.navigation import NAV, NAV_ON, PLACES, bottom_bar, count_of, is_here, running, sign_out, top_bar
from buildos_app.ui.news import News
from buildos_app.ui.pages.dump.overlay import dump_overlay
from buildos_app.ui.tasks.layer import task_layer


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
                top_bar(),
                offline_banner(),
                rx.el.main(
                    _head(title, sub, actions, crumb),
                    *content,
                    id="main",
                    tab_index=-1,
                    class_name="w-full max-w-[1240px] px-4 py-4 md:px-6 lg:px-12 md:py-8 pb-28 md:pb-12 outline-none",
                ),
                class_name="min-w-0",
            ),
            class_name="md:grid md:grid-cols-[228px_minmax(0,1fr)] min-h-screen bg-canvas text-ink",
        ),
        bottom_bar(),
        command_bar(),
        keys_help(),
        task_layer(),
        dump_overlay(),
        Toasts.create(news=News.items, answer=Inbox.answer, ready=News.ready),
    )


def _head(title: Any, sub: Any, actions: Any, crumb: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            crumb if crumb is not None else rx.fragment(),
            rx.el.h1(title, class_name="text-2xl font-[640] tracking-[-0.022em] break-words"),
            rx.el.p(sub, class_name="text-ink-2 mt-1"),
            class_name="min-w-[min(100%,280px)]",
        ),
        rx.el.div(actions, class_name="flex flex-wrap gap-2") if actions is not None else rx.fragment(),
        class_name="flex flex-wrap items-end justify-between gap-4 mb-5",
    )


def _side() -> rx.Component:
    return rx.el.nav(
        rx.el.div(brand(), class_name="pb-[14px]"),
        rx.el.a(
            "Brain dump",
            key("B"),
            href=routes.DUMP,
            class_name="flex justify-between items-center bg-accent text-accent-ink rounded-s px-[10px] py-2 "
            "font-[560] mb-3 hover:brightness-110",
        ),
        *[_place(*place) for place in PLACES],
        rx.cond(
            Inbox.projects.length() > 0,
            rx.el.div("Projects", class_name="text-xs text-ink-3 px-2 pt-4 pb-[6px]"),
        ),
        rx.foreach(Inbox.projects, _project),
        rx.el.div(running(), class_name="mt-auto pt-3"),
        _person(),
        aria_label="Main",
        class_name="hidden md:flex sticky top-0 h-screen flex-col gap-[2px] p-4 px-3 border-r border-line "
        "bg-sunken overflow-y-auto",
    )


def _place(label: str, href: str, icon_name: str, hotkey: str) -> rx.Component:
    return rx.el.a(
        icon(icon_name),
        label,
        count_of(href, "ml-auto font-medium text-xs text-ink-3 tabular-nums"),
        href=href,
        aria_current=rx.cond(is_here(href), "page", "false"),
        custom_attrs={"data-hotkey": hotkey},
        class_name=NAV + NAV_ON,
    )


def _project(item: rx.Var[Any]) -> rx.Component:
    return rx.el.a(
        rx.el.span(aria_hidden="true", style={"background": item.dot}, class_name="size-2 rounded-[3px] mx-1 shrink-0"),
        rx.el.span(item.name, class_name="truncate"),
        href=item.href,
        aria_current=rx.cond(rx.State.router.url.path.startswith(item.href), "page", "false"),
        class_name=NAV + NAV_ON,
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
                rx.el.a(icon("settings"), "Settings", href=routes.settings("profile"), class_name=NAV + " w-full"),
                rx.cond(
                    Inbox.is_admin,
                    rx.el.a(icon("gauge"), "Administration", href=routes.admin("queue"), class_name=NAV + " w-full"),
                ),
                rx.el.button(
                    icon("keyboard"),
                    "Keys",
                    type="button",
                    custom_attrs={"data-opens": "keys-help"},
                    class_name=NAV + " w-full",
                ),
                sign_out(NAV + " w-full"),
                class_name="absolute bottom-full left-0 right-0 mb-1 p-1 bg-surface border border-line rounded-m "
                "shadow-float z-20",
            ),
            class_name="relative",
        ),
        class_name="mt-[6px]",
    )
