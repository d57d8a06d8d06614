"""The sandbox's Twilio, put together."""

from starlette.routing import BaseRoute, Mount

from buildos_app.sandbox.twilio.callbacks import Callbacks
from buildos_app.sandbox.twilio.control import control_routes
from buildos_app.sandbox.twilio.ledger import Ledger
from buildos_app.sandbox.twilio.messages import message_routes
from buildos_app.sandbox.twilio.phone import phone_routes
from buildos_app.sandbox.twilio.verify import verify_routes


def twilio_routes() -> list[BaseRoute]:
    """An account with an empty ledger: its API, its phones, and the control API."""
    ledger = Ledger()
    callbacks = Callbacks(ledger)
    return [
        *message_routes(ledger, callbacks),
        *verify_routes(ledger),
        *phone_routes(ledger, callbacks),
        Mount("/control/twilio", routes=control_routes(ledger, callbacks)),
    ]
