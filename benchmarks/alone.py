"""A PostgreSQL of a benchmark's own, which is gone with its folder."""

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from buildos_app.db.embedded import leave
from buildos_app.db.engine import dispose
from buildos_app.db.ready import ensure_ready
from buildos_app.settings import get_settings

Result = TypeVar("Result")


def run_alone(main: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """What `main` returns, run on an empty migrated database."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="buildos-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        os.environ["BUILDOS_DATA_DIR"] = str(folder / "data")
        os.environ.pop("DATABASE_URL", None)
        get_settings.cache_clear()
        ensure_ready()
        try:
            return asyncio.run(_and_dispose(main))
        finally:
            leave(folder / "data")


async def _and_dispose(main: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    try:
        return await main()
    finally:
        await dispose()
