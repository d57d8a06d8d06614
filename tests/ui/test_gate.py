"""Every event handler and every route, tried by who must not use it. A new one without an entry here fails."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from reflex.state import all_base_state_classes
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY
from starlette.routing import Route

from buildos_app.accounts.sessions import close_session, open_session
from buildos_app.api.requests import safe_path
from buildos_app.api.routes import routes
from buildos_app.buildos_app import app
from buildos_app.db.session import service_session
from buildos_app.settings import ROOT
from buildos_app.ui.arguments import MOST_FIELDS
from buildos_app.ui.gate import PUBLIC
from buildos_app.ui.pages.project import edit_state
from buildos_app.ui.ports import the_ports
from buildos_app.ui.reflex_private import FRAMEWORK_HANDLERS, is_framework_handler
from buildos_app.ui.session import SessionState
from buildos_app.ui.tasks import panel_views
from tests.db.test_row_level_security import fill
from tests.fixtures.rows import owner_column, rows_of

ID = str(uuid4())

HANDLERS: dict[str, dict[str, Any]] = {
    "inbox.open": {},
    "inbox.sync": {},
    "inbox.look": {"tables": ["projects"]},
    "inbox.report": {"reference": "x"},
    "inbox.fail": {"problem": "x"},
    "today_state.load": {},
    "today_state.toggle": {"task_id": ID},
    "today_state.skip": {"task_id": f"{ID}@2026-11-30"},
    "undo_state.undo": {},
    "hours_state.load": {},
    "hours_state.save": {"form": {"start": "09:00", "end": "17:00"}},
    "project_tasks_state.more": {},
    "project_tasks_state.show": {"which": "done"},
    "project_tasks_state.order": {"sort": "newest"},
    "project_tasks_state.lay_out": {"layout": "board"},
    "project_tasks_state.move": {"task_id": ID, "status": "done"},
    "project_tasks_state.select": {"task_id": ID},
    "project_tasks_state.select_all": {},
    "project_tasks_state.change": {"what": "delete", "value": ""},
    "project_tasks_state.change_date": {"form": {"date": "tomorrow"}},
    "task_panel_state.sync": {},
    "task_panel_state.save": {"form": {"title": "a secret plan"}},
    "task_panel_state.take_newer": {},
    "task_panel_state.keep_mine": {},
    "task_panel_state.set_scope": {"scope": "all"},
    "task_panel_state.close": {},
    "panel_action_state.toggle_done": {},
    "panel_action_state.skip": {},
    "panel_action_state.delete": {},
    "panel_action_state.restore": {},
    "panel_action_state.add_step": {"form": {"step": "x"}},
    "panel_action_state.toggle_step": {"index": 0},
    "panel_action_state.remove_step": {"index": 0},
    "panel_action_state.add_need": {"needs_id": ID},
    "panel_action_state.remove_need": {"needs_id": ID},
    "quick_add_state.read": {"line": "a secret plan tomorrow"},
    "quick_add_state.add": {"form": {"line": "a secret plan"}},
    "dump_state.load": {},
    "dump_state.keep_draft": {"content": "a secret plan"},
    "dump_state.submit": {"form": {"content": "a secret plan"}},
    "dump_state.open_above": {},
    "dump_state.put_away": {},
    "dump_state.skip": {"question_id": ID},
    "review_state.load": {},
    "review_state.follow": {},
    "review_state.stop": {},
    "review_state.read_once_more": {},
    "review_state.toggle": {"operation_id": ID},
    "review_state.edit": {"operation_id": ID},
    "review_state.remove": {"operation_id": ID},
    "review_state.add_task": {"start": 0},
    "review_state.more": {},
    "review_state.undo": {},
    "dumps_state.load": {},
    "dumps_state.search": {"form": {"words": "x"}},
    "dumps_state.choose_day": {"day": "2026-11-23"},
    "dumps_state.more": {},
    "review_state.save_edit": {"form": {"title": "x"}},
    "review_state.close_editor": {},
    "review_state.apply_selected": {},
    "review_state.discard": {},
    "search_state.find": {"text": "timber"},
    "search_page_state.load": {},
    "search_page_state.find": {"form": {"q": "timber"}},
    "search_page_state.only": {"kind": "task"},
    "projects_state.load": {},
    "projects_state.more": {},
    "projects_state.narrow": {"status": "all"},
    "projects_state.order": {"sort": "name"},
    "projects_state.find": {"words": "garden"},
    "project_state.load": {},
    "overview_state.load": {},
    "overview_state.toggle": {"task_id": ID},
    "project_tasks_state.load": {},
    "project_tasks_state.toggle": {"task_id": ID},
    "notes_state.load": {},
    "notes_state.more": {},
    "notes_state.find": {"words": "larch"},
    "notes_state.pick": {"category": "timber"},
    "notes_state.new": {},
    "notes_state.open": {"note_id": ID},
    "notes_state.look": {},
    "notes_state.save": {"form": {"title": "x"}},
    "notes_state.close": {},
    "notes_state.remove": {},
    "notes_state.undo": {},
    "notes_state.to_task": {},
    "project_edit_state.new": {},
    "project_edit_state.edit": {},
    "project_edit_state.look": {},
    "project_edit_state.save": {"form": {"name": "x"}},
    "project_edit_state.close": {},
    "project_edit_state.set_status": {"status": "paused"},
    "project_edit_state.ask_delete": {},
    "project_edit_state.delete": {"form": {}},
    "activity_state.load": {},
    "activity_state.more": {},
    "activity_state.restore": {"number": 1},
    "phases_state.load": {},
    "phases_state.lay_out": {"layout": "timeline"},
    "phases_state.show": {"which": "active"},
    "phases_state.show_in": {"column": ID, "which": "active"},
    "phases_state.open_column": {"column": "backlog"},
    "phases_state.turn_page": {"step": 1},
    "phases_state.toggle": {"task_id": ID},
    "phases_state.cancel_job": {},
    "proposal_state.load": {},
    "proposal_state.look_at": {"order": 1, "page": 0},
    "proposal_state.accept": {},
    "proposal_state.discard": {},
    "plan_state.open": {},
    "plan_state.close": {},
    "plan_state.choose": {"name": "start", "value": "2026-11-23"},
    "plan_state.turn": {"name": "done"},
    "plan_state.generate": {"form": {"instructions": "a secret plan"}},
    "phase_edit_state.new": {},
    "phase_edit_state.edit": {"phase_id": ID},
    "phase_edit_state.save": {"form": {"name": "x"}},
    "phase_edit_state.ask_delete": {"phase_id": ID},
    "phase_edit_state.delete": {"form": {}},
    "phase_edit_state.shift": {"phase_id": ID, "step": 1},
    "phase_edit_state.move": {"task_id": ID, "phase_id": "backlog"},
    "phase_edit_state.set_date": {"form": {"day": "2026-11-23"}},
    "phase_edit_state.close": {},
    "schedule_state.open": {"phase_id": ""},
    "schedule_state.turn": {"task_id": ID},
    "schedule_state.set_start": {"task_id": ID, "at": "2026-11-23T09:00"},
    "schedule_state.save": {"form": {}},
    "schedule_state.ask_unschedule": {},
    "schedule_state.unschedule": {"form": {"dates": "on"}},
    "schedule_state.close": {},
    "backlog_state.open": {},
    "backlog_state.choose": {"task_id": ID, "phase_id": ID},
    "backlog_state.save": {"form": {"starts": "on"}},
    "backlog_state.close": {},
    "overdue_state.open": {},
    "overdue_state.turn": {"number": 0},
    "overdue_state.save": {"form": {"day": "2026-11-23"}},
    "overdue_state.close": {},
    "welcome_state.look": {},
    "welcome_state.open": {},
    "welcome_state.load": {},
    "welcome_state.keep": {"name": "projects", "text": "a secret plan"},
    "welcome_state.go": {"step": 1},
    "welcome_state.skip": {},
    "welcome_state.read": {},
    "welcome_state.cancel": {},
    "welcome_state.accept": {"finding_id": ID},
    "welcome_state.put_away": {"finding_id": ID},
    "notification_settings_state.load": {},
    "notification_settings_state.turn": {"event": "phases_failed", "channel": "list"},
    "profile_state.load": {},
    "profile_state.save": {"form": {"name": "x"}},
    "data_state.load": {},
    "data_state.export": {},
    "data_state.leave": {"form": {"password": "x"}},
    "data_state.stay": {},
    "queue_state.load": {},
    "queue_state.choose_range": {"name": "week"},
    "queue_state.choose_type": {"job_type": "x"},
    "queue_state.more": {},
    "queue_state.select": {"job_id": ID},
    "queue_state.select_all": {},
    "queue_state.retry_selected": {},
    "errors_state.load": {},
    "errors_state.more": {},
    "errors_state.show_resolved": {"resolved": True},
    "errors_state.choose_type": {"error_type": "x"},
    "errors_state.select": {"error_id": 1},
    "errors_state.select_all": {},
    "errors_state.resolve": {"form": {"note": "x"}},
    "people_state.load": {},
    "people_state.find": {"form": {"search": "x"}},
    "people_state.more": {},
    "people_state.shut_out": {"person_id": ID},
    "people_state.let_in": {"person_id": ID},
    "people_state.sign_out": {"person_id": ID},
    "models_state.load": {},
    "models_state.choose_days": {"days": 7},
    "models_state.more": {},
    "audit_state.load": {},
    "audit_state.more": {},
    "security_state.load": {},
    "security_state.change_password": {"form": {"current": "x"}},
    "security_state.end": {"session_id": ID},
    "security_state.end_others": {},
    "task_calendar_state.sync": {},
    "task_calendar_state.set_in": {"wanted": True},
    "calendar_state.load": {},
    "calendar_state.go": {"step": 1},
    "calendar_state.show": {"view": "day"},
    "calendar_state.move": {"form": {"task": ID, "day": "2026-11-30", "minutes": "540"}},
    "calendar_state.nudge": {"row": ID, "minutes": 15},
    "calendar_state.find": {"task_id": ID},
    "calendar_state.take": {"start": "2026-11-30T09:00:00+01:00"},
    "calendar_state.stop_looking": {},
    "calendar_changes_state.load": {},
    "calendar_changes_state.more": {},
    "calendar_changes_state.take": {"conflict_id": ID},
    "calendar_settings_state.load": {},
    "calendar_settings_state.refresh": {},
    "calendar_settings_state.choose": {"calendar_id": ID, "chosen": True},
    "calendar_settings_state.set_auto": {"wanted": True},
    "calendar_settings_state.map_project": {"project_id": ID, "calendar_id": ""},
    "calendar_settings_state.sync_now": {},
    "calendar_settings_state.decide": {"calendar_id": ID, "go_on": True},
    "calendar_settings_state.disconnect": {"remove": True},
    "calendar_settings_state.turn_feed": {"on": False},
    "tokens_state.load": {},
    "tokens_state.make": {"form": {"name": "x"}},
    "tokens_state.revoke": {"token_id": ID},
    "model_state.load": {},
    "model_state.check": {},
    "model_state.save_cap": {"form": {"cap": "x"}},
    "news.sync": {},
    "job_actions.cancel": {"job_id": ID},
    "job_actions.retry": {"job_id": ID},
    "jobs_state.load": {},
    "jobs_state.show": {"kind": "failed"},
    "jobs_state.more": {},
    "todays_brief_state.load": {},
    "todays_brief_state.generate": {},
    "todays_brief_state.cancel": {},
    "briefs_state.load": {},
    "briefs_state.find": {"text": "a secret plan"},
    "briefs_state.more": {},
    "brief_state.load": {},
    "brief_state.generate": {},
    "brief_state.cancel": {},
    "brief_state.send": {},
    "brief_state.delete": {},
    "brief_state.toggle": {"task_id": ID},
    "project_briefs_state.load": {},
    "project_briefs_state.more": {},
    "brief_settings_state.load": {},
    "brief_settings_state.read_planned": {},
    "brief_settings_state.skip": {"brief_date": "2026-11-23"},
    "brief_settings_state.try_out": {"field": "time_of_day", "value": "a secret plan"},
    "brief_settings_state.save": {"form": {"time_of_day": "x"}},
    "brief_settings_state.confirm": {},
    "brief_settings_state.change_address": {"form": {"email": "x", "password": "y"}},
    "sms_state.load": {},
    "sms_state.sync": {},
    "sms_state.send_code": {"form": {"number": "+4915112345678"}},
    "sms_state.send_code_again": {},
    "sms_state.check_code": {"form": {"code": "123456"}},
    "sms_state.use_another": {},
    "sms_state.change_number": {},
    "sms_state.ask_to_remove": {},
    "sms_state.remove": {"form": {}},
    "sms_state.turn_off": {},
    "sms_state.turn_on": {},
    "sms_state.save": {"form": {"daily_limit": "x"}},
    "sms_state.resend": {"message_id": ID},
    "sms_state.more": {},
    "notifications_state.load": {},
    "notifications_state.more": {},
    "notifications_state.read_all": {},
    "notifications_state.open": {"notification_id": ID},
    "notifications_state.put_away": {"notification_id": ID},
}

ROUTES = {
    "/api/calendar/connect": "the session cookie, and a page of our own",
    "/api/calendar/callback": "the session cookie, and a state of that very session, once",
    "/api/calendar/webhook": "the HMAC of its channel, before any row is read",
    "/api/calendar/feed/{token}.ics": "the secret address, signed; 404 for any other",
    "/health": "open: says nothing but that the process answers",
    "/auth/sign-up": "open: makes an account",
    "/auth/sign-in": "open: checks a password",
    "/api/export/{file_id}": "the caller's own export; 404 for anybody else's",
    "/api/import": "an archive for the caller's own account",
    "/auth/sign-out": "open: ends the caller's own session",
    "/api/brain-dumps/stream": "a session cookie of our own pages, or a personal token",
    "/api/queue-jobs": "the person's own jobs; 401 to nobody, see tests/api/test_queue_jobs.py",
    "/api/queue-jobs/{job_id}": "one of them, or cancel it; 404 for others'",
    "/api/queue-jobs/{job_id}/retry": "one of them again; 404 for others'",
    "/auth/forgot-password": "open: says the same to everybody; counted by where it comes from",
    "/auth/reset-password": "the token of a mail, once",
    "/auth/confirm-address": "the token of a mail",
    "/api/unsubscribe/{token}": "the signed token of a mail; GET changes nothing",
    "/api/email-tracking/{tracking_id}": "open: always the same picture",
    "/api/webhooks/twilio/status": "Twilio's signature over the public address; see tests/sms/test_webhooks.py",
    "/api/webhooks/twilio/inbound": "Twilio's signature over the public address",
    "/api/briefs/{brief_date}.md": "the person of the session or of a personal token, through row level security",
}

PAGES = {
    "sign-in",
    "sign-up",
    "index",
    "dump",
    "dumps",
    "dump/[dump_id]",
    "projects",
    "welcome",
    "projects/[project_id]",
    "projects/[project_id]/tasks",
    "projects/[project_id]/phases",
    "projects/[project_id]/notes",
    "projects/[project_id]/briefs",
    "briefs",
    "briefs/[brief_date]",
    "forgot-password",
    "reset-password",
    "confirm-address",
    "settings/briefs",
    "projects/[project_id]/activity",
    "notes",
    "notifications",
    "search",
    "jobs",
    "settings/profile",
    "settings/hours",
    "settings/notifications",
    "settings/model",
    "settings/security",
    "settings/data",
    "settings/calendar",
    "calendar",
    "calendar/changes",
    "admin/queue",
    "admin/errors",
    "admin/people",
    "admin/models",
    "admin/audit",
    "settings/tokens",
    "settings/sms",
    "404",
}


def our_states() -> list[type[Any]]:
    """Every state class of ours, however deep."""
    found, todo = [], list(SessionState.get_substates())
    while todo:
        state = todo.pop()
        found.append(state)
        todo += state.get_substates()
    return [SessionState, *found]


def registered_handlers() -> dict[str, str]:
    """Short name to full name of every handler that a socket can call."""
    handlers = {}
    for state in our_states():
        for name in state.event_handlers:
            full = f"{state.get_full_name()}.{name}"
            if not is_framework_handler(full) and name != "setvar":
                handlers[full.rpartition("____")[2]] = full
    return handlers


def test_every_handler_has_an_entry() -> None:
    assert set(registered_handlers()) == set(HANDLERS)


def test_every_route_has_an_entry() -> None:
    assert {route.path for route in routes(the_ports).routes if isinstance(route, Route)} == set(ROUTES)


def test_every_page_has_an_entry() -> None:
    assert set(app._unevaluated_pages) == PAGES


def test_no_handler_is_public() -> None:
    assert frozenset() == PUBLIC


STATES = sorted({name.partition(".")[0] for name in HANDLERS})
WRONG: tuple[Any, ...] = (
    *(
        None,
        True,
        7,
        -1,
        10**30,
        float("nan"),
        "",
        "not an id",
        "\0",
        "a\ud800b",
        "2026-99-99",
        "99999999999",
        "x" * 100_000,
    ),
    *({"a": [1]}, ["<script>"], [[[[[[[[{}]]]]]]]]),
)
FIELD = re.compile(r"""form(?:\.get\(|\[)f?["']([\w-]+)""")
TABLE_OF = {
    "task_id": "tasks",
    "needs_id": "tasks",
    "row": "tasks",
    "project_id": "projects",
    "phase_id": "phases",
    "column": "phases",
    "note_id": "notes",
    "question_id": "brain_dump_questions",
    "operation_id": "brain_dump_operations",
    "notification_id": "notifications",
    "job_id": "queue_jobs",
    "message_id": "sms_messages",
    "calendar_id": "calendars",
    "conflict_id": "calendar_conflicts",
    "finding_id": "onboarding_findings",
    "session_id": "user_sessions",
    "token_id": "personal_tokens",
    "person_id": "users",
}
"""Whose rows an argument names."""
PLACES = {"review_state": "/dump/{id}", "brief_state": "/briefs/2026-11-23"}
WORDS_OF_MIRA = ("Buy timber", "buy timber", "Which yard", "Timber is dear", "Garden", '"Dig"', "+4930123456", "mira")


def handlers_of(state: str) -> list[tuple[str, dict[str, Any]]]:
    """(full name, arguments) of a state's handlers."""
    full = registered_handlers()
    return [(full[name], arguments) for name, arguments in HANDLERS.items() if name.partition(".")[0] == state]


@cache
def fields() -> set[str]:
    """Every field that some handler reads out of a form."""
    sources = (path.read_text() for path in (ROOT / "buildos_app" / "ui").rglob("*.py"))
    found = {name for source in sources for name in FIELD.findall(source)}
    return found | {*panel_views.FIELDS, *edit_state.FIELDS, "new", "again", "current"}


@pytest.mark.parametrize("state", STATES)
async def test_nobody_calls_it(state: str, open_tab: Any) -> None:
    for name, arguments in handlers_of(state):
        tab = await open_tab()

        await tab.send(name, arguments)

        assert tab.redirects == ["/sign-in"], name
    async with service_session("test") as session:
        for table in ("brain_dumps", "queue_jobs", "notifications", "tasks"):
            assert (await session.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0


@pytest.mark.parametrize("state", STATES)
async def test_a_dead_session_calls_it(state: str, open_tab: Any, user_id: Any) -> None:
    for name, arguments in handlers_of(state):
        token = await open_session(user_id, user_agent="", address="")
        tab = await open_tab(token=token)
        await close_session(token)

        await tab.send(name, arguments)

        assert tab.redirects == ["/sign-in"], name


@pytest.mark.parametrize("state", STATES)
async def test_wrong_arguments_break_nothing(state: str, open_tab: Any, user_id: Any, record_property: Any) -> None:
    record_property("hostile_inputs", sum(len(list(wrong(arguments))) for _, arguments in handlers_of(state)))
    async with service_session("test") as session:
        await session.execute(sa.text("UPDATE users SET is_admin = true"))
    for name, arguments in handlers_of(state):
        tab = await open_tab(user_id)

        for payload in wrong(arguments):
            await tab.send(name, payload)

        assert [path for path in tab.redirects if safe_path(path) != path] == [], name


def wrong(arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Arguments of wrong types, sizes and depths in the place of these."""
    if "form" not in arguments:
        yield from (dict.fromkeys(arguments, value) for value in WRONG if arguments)
        return
    for value in WRONG:
        yield {**arguments, "form": {FORM_DATA_ENTRIES_KEY: [[name, value] for name in fields()]}}
        yield {**arguments, "form": {FORM_DATA_ENTRIES_KEY: value}}
    yield {**arguments, "form": "no form"}
    yield {**arguments, "form": dict.fromkeys(map(str, range(MOST_FIELDS + 1)), "x")}
    yield {**arguments, "form": {"x" * 1000: "x"}}


def test_every_argument_that_names_a_row_has_its_table() -> None:
    named = {name for arguments in HANDLERS.values() for name, value in arguments.items() if ID in str(value)}

    assert named - {"form"} <= set(TABLE_OF)


async def test_another_person_calls_it_with_ids_of_the_first(open_tab: Any, user_id: UUID, other_user_id: UUID) -> None:
    """Every handler, on pages whose addresses name Mira's rows, with her ids: nothing of hers is told or changed."""
    async with service_session("test") as session:
        await fill(session, user_id)
        ids = {
            table: str(
                (
                    await session.execute(
                        sa.text(f"SELECT id FROM {table} WHERE {owner_column(table)} = :u LIMIT 1"), {"u": user_id}
                    )
                ).scalar_one()
            )
            for table in set(TABLE_OF.values())
        }
    before = await rows_of(user_id)
    place = f"/projects/{ids['projects']}?task={ids['tasks']}&note={ids['notes']}"

    for state in STATES:
        tab = await open_tab(other_user_id, PLACES.get(state, place).format(id=ids["projects"]))
        handlers = handlers_of(state)
        for name, arguments in sorted(handlers, key=lambda each: not each[0].endswith((".load", ".open", ".sync"))):
            await tab.send(
                name, {key: foreign(value, ids[TABLE_OF.get(key, "tasks")]) for key, value in arguments.items()}
            )
        assert not [word for word in WORDS_OF_MIRA if word in tab.received], state
        assert await rows_of(user_id) == before, state


def foreign(value: Any, row_id: str) -> Any:
    """The argument with that id in the place of the example's."""
    if isinstance(value, dict):
        return {name: foreign(each, row_id) for name, each in value.items()}
    return value.replace(ID, row_id) if isinstance(value, str) else value


def test_no_handler_of_the_framework_is_open_without_a_reason() -> None:
    """A new one is refused until it stands in FRAMEWORK_HANDLERS."""
    theirs = {name for name in RegistrationContext.get().event_handlers if is_framework_handler(name)}

    assert set(FRAMEWORK_HANDLERS) <= theirs
    assert {name.rpartition(".")[2] for name in theirs - set(FRAMEWORK_HANDLERS)} == {"setvar", "update_vars_internal"}


async def test_handlers_that_no_page_uses_do_nothing(open_tab: Any, user_id: UUID, caplog: Any) -> None:
    every = RegistrationContext.get().event_handlers
    unused = [name for name in every if name.endswith((".setvar", ".update_vars_internal"))]
    tab = await open_tab(user_id)
    for name in unused:
        await tab.send(name, {"var_name": "is_hydrated", "value": True, "vars": {"x.y": 1}})

    assert len(unused) > 50
    assert (tab.state, tab.events) == ({}, [])


def test_states_outside_the_gate_hold_no_handler_of_ours() -> None:
    foreign = [
        name
        for name, state in all_base_state_classes.items()
        if state is not None and state.__module__.startswith("buildos_app") and not issubclass(state, SessionState)
    ]
    assert foreign == []
