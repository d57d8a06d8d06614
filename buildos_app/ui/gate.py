"""Deny by default: every event of every tab passes here, also those that the server itself sends."""

import logging
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
    raw_header,
    waiting_events,
)
from buildos_app.ui.routes import SIGN_IN, TODAY
from buildos_app.ui.session import AdminState, SessionState

logger = logging.getLogger(__name__)

PUBLIC: frozenset[str] = frozenset()
MOST_WAITING = 60
"""How many events may wait in a process before it refuses more: about two seconds of work on two cores
(`benchmarks/load.py`)."""
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
        if waiting_events(app) > MOST_WAITING:
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
