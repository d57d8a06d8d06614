"""The name of the app, its ports and its plugins. Everything else is in `buildos_app/settings.py`."""

import sys

import reflex as rx

from buildos_app.settings import get_settings
from buildos_app.ui.dev_proxy import DevProxy
from buildos_app.ui.theme import TAILWIND

settings = get_settings()
in_one_port = "--single-port" in sys.argv or "prod" in sys.argv

config = rx.Config(
    app_name="buildos_app",
    frontend_port=settings.web_port,
    **({} if in_one_port else {"backend_port": settings.backend_port}),
    deploy_url=settings.base_url,
    cors_allowed_origins=[settings.base_url],
    redis_url=settings.redis_url or None,
    state_manager_mode="redis" if settings.redis_url else "memory",
    redis_token_expiration=900,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[rx.plugins.TailwindV4Plugin(TAILWIND), DevProxy(settings.backend_port)],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
