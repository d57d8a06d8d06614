"""The front door: the app, its pages, its plain routes, and what runs while it serves."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import cast
from uuid import uuid4

import reflex as rx
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from reflex.event import EventSpec

from buildos_app.api.handshake import SessionHandshake
from buildos_app.api.middleware import Pages, SecurityHeaders, pages_folder
from buildos_app.api.routes import routes as api_routes
from buildos_app.db.engine import dispose
from buildos_app.db.ready import ensure_ready
from buildos_app.db.session import queue_session
from buildos_app.errors import UserError
from buildos_app.monitoring.logs import set_up_logging
from buildos_app.queue.client import register_job_types
from buildos_app.queue.job import load_job_types
from buildos_app.settings import get_settings
from buildos_app.ui import routes
from buildos_app.ui.gate import Gate
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.news import News, load_news
from buildos_app.ui.pages.admin.sections import SECTIONS as ADMIN_SECTIONS
from buildos_app.ui.pages.briefs.brief import brief
from buildos_app.ui.pages.briefs.brief_state import BriefState
from buildos_app.ui.pages.briefs.page import briefs
from buildos_app.ui.pages.briefs.state import BriefsState, TodaysBriefState
from buildos_app.ui.pages.calendar.changes import CalendarChangesState, calendar_changes
from buildos_app.ui.pages.calendar.page import calendar
from buildos_app.ui.pages.calendar.state import CalendarState
from buildos_app.ui.pages.dump.page import dump
from buildos_app.ui.pages.dump.state import DumpState
from buildos_app.ui.pages.dumps.page import dumps
from buildos_app.ui.pages.dumps.state import DumpsState
from buildos_app.ui.pages.jobs.page import jobs
from buildos_app.ui.pages.jobs.state import JobsState
from buildos_app.ui.pages.not_found.page import error_boundary, not_found
from buildos_app.ui.pages.notes.page import notes
from buildos_app.ui.pages.notes.state import NotesState
from buildos_app.ui.pages.notifications.page import notifications
from buildos_app.ui.pages.notifications.state import NotificationsState
from buildos_app.ui.pages.project.edit_state import ProjectEditState
from buildos_app.ui.pages.project.frame import tab_page
from buildos_app.ui.pages.project.state import ProjectState
from buildos_app.ui.pages.project.tabs import TABS
from buildos_app.ui.pages.projects.page import projects
from buildos_app.ui.pages.projects.state import ProjectsState
from buildos_app.ui.pages.review.page import review
from buildos_app.ui.pages.review.state import ReviewState
from buildos_app.ui.pages.search.page import search_page
from buildos_app.ui.pages.search.state import SearchPageState
from buildos_app.ui.pages.settings.frame import settings_page
from buildos_app.ui.pages.settings.sections import SECTIONS
from buildos_app.ui.pages.sign_in.links import confirm_address, forgot_password, reset_password
from buildos_app.ui.pages.sign_in.page import sign_in, sign_up
from buildos_app.ui.pages.today.page import today
from buildos_app.ui.pages.today.state import TodayState
from buildos_app.ui.pages.welcome.page import welcome
from buildos_app.ui.pages.welcome.state import WelcomeState
from buildos_app.ui.ports import open_ports, the_ports
from buildos_app.ui.push import announce, hub, prune
from buildos_app.ui.sections import section_page

logger = logging.getLogger(__name__)


@asynccontextmanager
async def database() -> AsyncIterator[None]:
    """Find or start the database before the first request, so that a bare `reflex run` works too.

    It learns of every job class, so that jobs of a new one can be added before a worker was started.
    """
    set_up_logging()
    await asyncio.to_thread(ensure_ready)
    async with queue_session() as session:
        await register_job_types(session)
    gc.freeze()  # what is imported by now stays for ever; a collection that looked at it would stop all for 0.2 s
    yield
    await dispose()


def report(exception: Exception) -> EventSpec:
    """Tell the person: what they can act on as it is; anything else goes to the log, and they get its reference."""
    if isinstance(exception, UserError):
        return cast(EventSpec, Inbox.report(str(exception)))
    reference = uuid4().hex[:8]
    logger.error("unexpected error %s", reference, exc_info=exception)
    return cast(EventSpec, Inbox.fail(f"Something went wrong. Try again; the log has it under {reference}."))


def report_of_a_browser(exception: Exception) -> None:
    """Log what a tab says went wrong in it. Anybody can say anything here, so it is short and no error of ours."""
    logger.warning("a browser reports: %s", str(exception)[:500])


app = rx.App(
    html_lang="en",
    stylesheets=["/theme.css"],
    toaster=None,
    head_components=[
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(
            rel="preload",
            href="/fonts/inter-latin-wght-normal.woff2",
            custom_attrs={"as": "font"},
            type="font/woff2",
            cross_origin="anonymous",
        ),
        rx.el.script(src="/js/app.js", defer=True),
        rx.el.script(src="/js/panel.js", defer=True),
        rx.el.script(src="/js/calendar.js", defer=True),
    ],
    api_transformer=[
        api_routes(the_ports),
        partial(
            Pages, folder=pages_folder(), public=routes.PUBLIC_PAGES, sign_in=routes.SIGN_IN, always=routes.OPEN_PAGES
        ),
        SecurityHeaders,
        SessionHandshake,
        partial(wrap_asgi_with_proxy_headers, trusted_hosts=get_settings().proxies),
    ],
    frontend_exception_handler=report_of_a_browser,
    backend_exception_handler=report,
)
app.app_wraps.pop((5, "Overlay"))
app.app_wraps[55, "ErrorBoundary"] = error_boundary
app.add_middleware(Gate())
hub.app, hub.handlers, hub.read_first, hub.look = app, (News.sync, Inbox.sync), load_news, Inbox.look
load_job_types()

for task in (database, open_ports, announce, prune):
    app.register_lifespan_task(task)

app.add_page(sign_in, route=routes.SIGN_IN, title="Sign in · BuildOS")
app.add_page(sign_up, route=routes.SIGN_UP, title="Make an account · BuildOS")
app.add_page(forgot_password, route=routes.FORGOT_PASSWORD, title="Forgot your password · BuildOS")
app.add_page(reset_password, route=routes.RESET_PASSWORD, title="Choose a new password · BuildOS")
app.add_page(confirm_address, route=routes.CONFIRM_ADDRESS, title="Confirm your address · BuildOS")
app.add_page(
    today,
    route=routes.TODAY,
    title="Today · BuildOS",
    on_load=[Inbox.open, TodayState.load, TodaysBriefState.load, WelcomeState.look],
)
app.add_page(welcome, route=routes.WELCOME, title="A good start · BuildOS", on_load=[Inbox.open, WelcomeState.open])
app.add_page(dump, route=routes.DUMP, title="Brain dump · BuildOS", on_load=[Inbox.open, DumpState.load])
app.add_page(dumps, route=routes.DUMPS, title="Your dumps · BuildOS", on_load=[Inbox.open, DumpsState.load])
app.add_page(review, route="/dump/[dump_id]", title="Review · BuildOS", on_load=[Inbox.open, ReviewState.load])
app.add_page(projects, route=routes.PROJECTS, title="Projects · BuildOS", on_load=[Inbox.open, ProjectsState.load])
for tab in TABS:
    app.add_page(
        tab_page(tab),
        route=routes.project("[project_id]", tab.address),
        title=f"{tab.label} · BuildOS",
        on_load=[Inbox.open, ProjectEditState.close, ProjectState.load, *tab.on_load],
    )
app.add_page(search_page, route=routes.SEARCH, title="Search · BuildOS", on_load=[Inbox.open, SearchPageState.load])
app.add_page(notes, route=routes.NOTES, title="Notes · BuildOS", on_load=[Inbox.open, NotesState.load])
app.add_page(
    briefs,
    route=routes.BRIEFS,
    title="Briefs · BuildOS",
    on_load=[Inbox.open, TodaysBriefState.load, BriefsState.load],
)
app.add_page(brief, route=routes.brief("[brief_date]"), title="Brief · BuildOS", on_load=[Inbox.open, BriefState.load])
app.add_page(
    notifications,
    route=routes.NOTIFICATIONS,
    title="Notifications · BuildOS",
    on_load=[Inbox.open, NotificationsState.load],
)
for section in ADMIN_SECTIONS:
    app.add_page(
        section_page("Administration", routes.ADMIN, section, ADMIN_SECTIONS, width=""),
        route=routes.admin(section.name),
        title=f"{section.label} · BuildOS",
        on_load=[Inbox.sync, section.on_load],
    )
for section in SECTIONS:
    app.add_page(
        settings_page(section, SECTIONS),
        route=routes.settings(section.name),
        title=f"{section.label} · BuildOS",
        on_load=[Inbox.open, *(section.on_load if isinstance(section.on_load, list) else [section.on_load])],
    )
app.add_page(calendar, route=routes.CALENDAR, title="Calendar · BuildOS", on_load=[Inbox.open, CalendarState.load])
app.add_page(
    calendar_changes,
    route=routes.CALENDAR_CHANGES,
    title="Changed on both sides · BuildOS",
    on_load=[Inbox.open, CalendarChangesState.load],
)
app.add_page(jobs, route=routes.JOBS, title="Jobs · BuildOS", on_load=[Inbox.open, JobsState.load])
app.add_page(not_found, route="404", title="Not found · BuildOS")
