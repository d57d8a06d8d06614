"""Everything that the sandbox serves as Google, below /google."""

from starlette.routing import BaseRoute, Mount

from buildos_app.sandbox.google.api import api_routes
from buildos_app.sandbox.google.control import control_routes, person_routes
from buildos_app.sandbox.google.oauth import oauth_routes
from buildos_app.sandbox.google.world import World


def google_routes(world: World) -> list[BaseRoute]:
    """OAuth, Calendar v3, the page of the person, and the control API."""
    served = [*oauth_routes(world), *api_routes(world), *person_routes(world)]
    return [Mount("/google", routes=served), *control_routes(world)]
