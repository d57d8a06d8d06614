"""One origin in development, as in production: Vite hands our plain HTTP routes to the backend."""

import json
from typing import Any

from reflex.plugins import Plugin

BACKEND_PATHS = ("/auth/", "/api/", "/health")


class DevProxy(Plugin):
    """Adds a proxy to the generated Vite configuration, so that forms, cookies and redirects behave alike."""

    def __init__(self, backend_port: int) -> None:
        self.backend_port = backend_port

    def pre_compile(self, **context: Any) -> None:
        """Called by Reflex before the configuration files are written."""
        context["add_modify_task"]("vite.config.js", self._with_proxy)

    def _with_proxy(self, source: str) -> str:
        target = {"target": f"http://127.0.0.1:{self.backend_port}", "changeOrigin": False, "xfwd": True}
        rules = json.dumps(dict.fromkeys(BACKEND_PATHS, target))
        return source.replace("  server: {\n", f"  server: {{\n    proxy: {rules},\n", 1)
