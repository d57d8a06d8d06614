"""GET /health on the loopback address, in the shape of the design (behaviour.md 0a and 8.6)."""

import asyncio
import json
import logging
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import DBAPIError

from buildos_app.db.session import queue_session
from buildos_app.errors import ConfigurationError
from buildos_app.queue import client
from worker.runner import Runner

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"
PORTS_TO_TRY = 20
REMEMBER_SECONDS = 2.0
LONGEST_QUESTION_SECONDS = 5.0


class HealthServer:
    """Answers one small question; nothing else of the worker can be reached from outside."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._started = time.monotonic()
        self._queues: dict[str, dict[str, int]] = {}
        self._asked = float("-inf")

    async def start(self, port: int) -> asyncio.Server:
        """Listen on `port`, or on the next free one, and say which. Raises ConfigurationError when 20 are busy."""
        for candidate in range(port, port + PORTS_TO_TRY):
            try:
                server = await asyncio.start_server(self._answer, HOST, candidate)
            except OSError:
                continue
            if candidate != port:
                logger.warning("port %d is taken (another worker?): health is on %d", port, candidate)
            logger.info("health on http://%s:%d/health", HOST, candidate)
            return server
        raise ConfigurationError(f"Ports {port} to {port + PORTS_TO_TRY - 1} are busy: set WORKER_HEALTH_PORT.")

    async def health(self) -> tuple[int, dict[str, object]]:
        """The HTTP status and the body."""
        reachable = await self._refresh()
        last_poll = self._runner.last_poll
        limit = timedelta(seconds=3 * self._runner.poll_seconds)
        polls = last_poll is not None and datetime.now(UTC) - last_poll < limit
        status = "unhealthy" if not reachable else "healthy" if polls else "degraded"
        return 200 if reachable else 503, {
            "status": status,
            "uptime": round(time.monotonic() - self._started, 1),
            "queues": self._queues,
            "lastPoll": last_poll.isoformat() if last_poll else None,
        }

    async def _refresh(self) -> bool:
        """Ask the database at most every two seconds and for at most five."""
        if time.monotonic() - self._asked < REMEMBER_SECONDS:
            return True
        try:
            async with asyncio.timeout(LONGEST_QUESTION_SECONDS), queue_session() as session:
                stats = await client.queue_stats(session)
        except (DBAPIError, OSError, TimeoutError):
            return False
        queues: dict[str, dict[str, int]] = defaultdict(lambda: {"processing": 0, "pending": 0})
        for name in self._runner.job_types:
            queues[name] = {"processing": 0, "pending": 0}
        for job_type, status, count in stats:
            if status in ("processing", "pending"):
                queues[job_type][status] = count
        self._queues, self._asked = dict(queues), time.monotonic()
        return True

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                request = await reader.readuntil(b"\r\n")
            method, path, *_ = request.decode("latin-1").split(" ")
            known = method in ("GET", "HEAD") and path.partition("?")[0] == "/health"
            status, body = await self.health() if known else (404, {"error": "GET /health is all there is."})
            payload = json.dumps(body).encode()
            head = f"HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {len(payload)}\r\n"
            writer.write(f"{head}connection: close\r\n\r\n".encode() + (b"" if method == "HEAD" else payload))
            await writer.drain()
        except (ValueError, OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()
