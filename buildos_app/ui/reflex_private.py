"""The private names of Reflex 0.10.1 that we use, in one place and under test; the version is pinned for them."""

from itertools import islice
from typing import Any

import reflex as rx
from reflex.event import Event
from reflex.state import BaseState


def is_connected(app: rx.App, client_token: str) -> bool:
    """Has this process an open socket for this tab?"""
    tokens = app.event_namespace._token_manager
    record = tokens.token_to_socket.get(client_token)
    return record is not None and record.instance_id == tokens.instance_id


async def send_event(app: rx.App, client_token: str, handler: Any) -> None:
    """Run an event handler for a tab, with its arguments if any, through the gate, as if the tab had asked for it.

    With a root of its own: sent while another tab's event is handled, it would take over that tab's address.
    """
    processor, event = app.event_processor, Event.from_event_type(handler)[0]
    root = processor._root_context
    context = root.fork(token=client_token, router_data=event.router_data) if root else None
    await processor.enqueue(client_token, event, context)


def waiting_frames(app: rx.App, client_token: str) -> int:
    """How many frames wait for this tab's socket: engine.io queues them without a bound. 0 without a socket."""
    namespace = app.event_namespace
    record = namespace._token_manager.token_to_socket.get(client_token)
    if record is None or app.sio is None:
        return 0
    engine_id = app.sio.manager.eio_sid_from_sid(record.sid, namespace.namespace)
    socket = app.sio.eio.sockets.get(engine_id)
    return socket.queue.qsize() if socket else 0


def is_of_a_browser(event: Event) -> bool:
    """Did a browser send this event? Those that we send or chain carry no address."""
    return bool(event.router_data)


def waiting_of(app: rx.App, client_token: str) -> int:
    """How many events of this tab have come in and are not done, those in the background aside."""
    return len(app._event_processor._token_queues.get(client_token, ())) if app._event_processor else 0


def waiting_events(app: rx.App, *, of_each: int) -> int:
    """How many events that browsers sent to this process are not done; a tab counts for no more than `of_each`."""
    if app._event_processor is None:  # this app serves no sockets
        return 0
    queues = app._event_processor._token_queues.values()
    return sum(is_of_a_browser(entry.event) for queue in queues for entry, _ in islice(queue, of_each))


async def changes_of(state: BaseState) -> dict[str, Any]:
    """What changed in a tab's state since it was last sent to it; it counts as sent."""
    root = state._get_root_state()
    delta: dict[str, Any] = await root._get_resolved_delta()
    root._clean()
    return delta


def is_framework_handler(event_name: str) -> bool:
    """Does this event belong to Reflex itself (hydration, navigation, client storage)?"""
    return all(part.startswith("reflex___") for part in event_name.split(".")[:-1])


ROOT = "reflex___state____state"
FRAMEWORK_HANDLERS = {
    f"{ROOT}.hydrate": "a tab asks for its whole state",
    f"{ROOT}.hydrate_and_load": "the same, and what its page loads",
    f"{ROOT}.set_is_hydrated": "ends a load; a flag of the tab itself",
    f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal": "what a page loads, each handler by the gate",
    f"{ROOT}.reflex___state____on_load_internal_state.set_is_hydrated": "ends a load; a flag of the tab itself",
    f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception": "a line of the log, cut off",
}
"""The handlers of Reflex that anybody may call, and why. The rest, `setvar` above all, is refused: no page uses it."""


def is_hydration(event_name: str) -> bool:
    """Is this the first event of a tab, which asks for the whole state?"""
    return is_framework_handler(event_name) and event_name.rpartition(".")[2] in {"hydrate", "hydrate_and_load"}


def raw_header(state: rx.State, name: str) -> str:
    """A header of the websocket's handshake as it came."""
    value: str = state.router.headers.raw_headers.get(name, "")
    return value
