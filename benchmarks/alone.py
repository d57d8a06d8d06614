"""A PostgreSQL of a benchmark's own, which is gone with its folder."""

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from buildos_app.db.embedded import leave
from buildos_app.db.engine import dispose
from buildos_app.db.ready import ensure_ready


def run_alone(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `main` on an empty migrated database."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="buildos-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["BUILDOS_DATA_DIR"] = folder
        os.environ.pop("DATABASE_URL", None)
        ensure_ready()
        try:
            asyncio.run(_and_dispose(main))
        finally:
            leave(Path(folder))


async def _and_dispose(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    await main()
    await dispose()
