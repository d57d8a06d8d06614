"""Deny by default: every event of every tab passes here, also those that the server itself sends."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import Event, EventSpec
from reflex.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from buildos_app.accounts.admins import is_admin
from buildos_app.accounts.sessions import resolve_session
from buildos_app.ui.arguments import checked
from buildos_app.ui.inbox import Inbox, say
from buildos_app.ui.push import hub
from buildos_app.ui.reflex_private import (
    FRAMEWORK_HANDLERS,
    changes_of,
    is_framework_handler,
    is_hydration,
    is_of_a_browser,
    raw_header,
    waiting_events,
    waiting_of,
)
from buildos_app.ui.routes import SIGN_IN, TODAY
from buildos_app.ui.session import AdminState, SessionState

logger = logging.getLogger(__name__)

PUBLIC: frozenset[str] = frozenset()
MOST_WAITING = 60
"""How many events may wait in a process before it refuses clicks: about two seconds of work on two cores
(`benchmarks/load.py`)."""
MOST_OF_A_TAB, COUNTED_OF_A_TAB = 30, 3
"""How many events a tab may have waiting, and for how many it counts: nobody is refused for what another one does."""
BUSY = "BuildOS is very busy right now. Nothing was changed; try again in a moment."


class Gate(Middleware):
    """Resolves the session, binds the tab to its person, and wipes a tab whose person changed."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Let the event through (None) or answer it in the handler's place."""
        base = await state.get_state(SessionState)
        owner = await _owner_of(state)
        if base._owner != owner:
            if base._owner and not is_hydration(event.name):
                return _answer(rx.redirect(SIGN_IN))
            if base._owner:
                base = await _wiped(state)
            base._owner = owner
        hub.bind(state.router.session.client_token, owner)
        if event.name in FRAMEWORK_HANDLERS:
            return None
        if is_framework_handler(event.name) or event.name.endswith(".setvar"):
            logger.warning("refused a handler that no page uses: %s", event.name[:200])
            return StateUpdate()
        if not owner and event.name not in PUBLIC:
            return _answer(rx.redirect(SIGN_IN))
        arguments = checked(event)
        if arguments is None:
            logger.warning("refused an event with arguments that do not fit: %s", event.name[:200])
            return StateUpdate()
        if is_admin_handler(event.name) and not await is_admin(UUID(owner)):
            logger.warning("refused %s, who is no administrator: %s", owner, event.name)
            return _answer(rx.redirect(TODAY))
        if is_of_a_browser(event) and _is_too_much(app, state, arguments):
            return await _refused(state)
        event.payload.clear()
        event.payload.update(arguments)
        return None


def is_admin_handler(event_name: str) -> bool:
    """Is this a handler of the administration?"""
    return event_name.startswith(AdminState.get_full_name() + ".")


async def _owner_of(state: BaseState) -> str:
    scheme, _, token_hash = raw_header(state, "authorization").partition(" ")
    if scheme != "Session":
        return ""
    user_id = await resolve_session(bytes.fromhex(token_hash))
    return str(user_id) if user_id else ""


def _is_too_much(app: rx.App, state: BaseState, arguments: Mapping[str, Any]) -> bool:
    """A form is taken however busy the process is: what somebody typed must not be lost."""
    if waiting_of(app, state.router.session.client_token) > MOST_OF_A_TAB:
        return True
    is_form = any(isinstance(value, dict) for value in arguments.values())
    return not is_form and waiting_events(app, of_each=COUNTED_OF_A_TAB) > MOST_WAITING


async def _refused(state: BaseState) -> StateUpdate:
    """What was drawn before it was saved is drawn back, as after any refusal."""
    inbox = await state.get_state(Inbox)
    inbox.refusals += 1
    await say(inbox, BUSY, "error")
    return StateUpdate(delta=await changes_of(state))


async def _wiped(state: BaseState) -> SessionState:
    router_data = state.router_data
    state.reset()
    state.router_data = router_data
    return await state.get_state(SessionState)


def _answer(event: EventSpec) -> StateUpdate:
    return StateUpdate(events=Event.from_event_type(event))
