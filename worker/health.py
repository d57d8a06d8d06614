"""GET /health and GET /metrics on the loopback address (behaviour.md 0a and 8.6)."""

import asyncio
import json
import logging
import time

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from buildos_app.db.session import queue_session
from buildos_app.errors import ConfigurationError
from buildos_app.queue import client
from worker.runner import Runner

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"
PORTS_TO_TRY = 20
REFRESH_SECONDS = 2.0
LONGEST_QUESTION_SECONDS = 5.0


class HealthServer:
    """Answers one small question; nothing else of the worker can be reached from outside."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._started = time.monotonic()
        self._queues: dict[str, dict[str, int]] = {}
        self._stats: list[tuple[str, str, int]] = []
        self._reachable = False

    async def start(self, port: int) -> None:
        """Listen on `port`, or on the next free one, and say which. Raises ConfigurationError when 20 are busy."""
        await self._refresh()
        self._watching = asyncio.create_task(self._watch(), name="health")
        for candidate in range(port, port + PORTS_TO_TRY):
            try:
                self._server = await asyncio.start_server(self._answer, HOST, candidate)
            except OSError:
                continue
            if candidate != port:
                logger.warning("port %d is taken (another worker?): health is on %d", port, candidate)
            logger.info("health on http://%s:%d/health", HOST, candidate)
            return
        raise ConfigurationError(f"Ports {port} to {port + PORTS_TO_TRY - 1} are busy: set WORKER_HEALTH_PORT.")

    def close(self) -> None:
        """Answer no more."""
        self._watching.cancel()
        self._server.close()

    def health(self) -> tuple[int, dict[str, object]]:
        """The HTTP status and the body."""
        last_poll = self._runner.last_poll
        polls = time.monotonic() - self._runner.polled_at < 3 * self._runner.poll_seconds
        status = "unhealthy" if not self._reachable else "healthy" if polls else "degraded"
        return 200 if self._reachable else 503, {
            "status": status,
            "uptime": round(time.monotonic() - self._started, 1),
            "queues": self._queues,
            "lastPoll": last_poll.isoformat() if last_poll else None,
        }

    def metrics(self) -> str:
        """Counters and gauges in the text format of Prometheus."""
        runner = self._runner
        lines = ["# TYPE buildos_up gauge", f"buildos_up {int(self._reachable)}", "# TYPE buildos_queue_jobs gauge"]
        lines += [f'buildos_queue_jobs{{job_type="{kind}",status="{status}"}} {n}' for kind, status, n in self._stats]
        lines.append("# TYPE buildos_jobs_running gauge")
        running = runner.slots.running_by_type
        lines += [f'buildos_jobs_running{{job_type="{kind}"}} {running[kind]}' for kind in runner.job_types]
        lines.append("# TYPE buildos_job_runs_total counter")
        lines += [
            f'buildos_job_runs_total{{job_type="{kind}",outcome="{outcome}"}} {count}'
            for (kind, outcome), count in sorted(runner.slots.runs.items())
        ]
        lines.append("# TYPE buildos_job_seconds_total counter")
        seconds = sorted(runner.slots.seconds.items())
        lines += [f'buildos_job_seconds_total{{job_type="{kind}"}} {total:.3f}' for kind, total in seconds]
        return "\n".join(lines) + "\n"

    def _page(self, place: str) -> tuple[int, str, str]:
        """Status, content type and text of an answer."""
        if place == "/health":
            status, body = self.health()
            return status, "application/json", json.dumps(body)
        if place == "/metrics":
            return 200, "text/plain; version=0.0.4", self.metrics()
        return 404, "application/json", json.dumps({"error": "GET /health and GET /metrics are all there is."})

    async def _watch(self) -> None:
        """Ask the database now and then, so that no answer has to wait for it."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            await self._refresh()

    async def _refresh(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_QUESTION_SECONDS), queue_session() as session:
                self._stats = await client.live_queue_stats(session)
        except (DBAPIError, PoolTimeout, OSError):
            self._reachable = False
            return
        queues = {name: {"processing": 0, "pending": 0} for name in self._runner.job_types}
        for job_type, status, count in self._stats:
            if status in ("processing", "pending"):
                queues.setdefault(job_type, {"processing": 0, "pending": 0})[status] = count
        self._queues, self._reachable = queues, True

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                request = await reader.readuntil(b"\r\n")
            method, path, *_ = request.decode("latin-1").split(" ")
            place = path.partition("?")[0] if method in ("GET", "HEAD") else ""
            status, kind, text = self._page(place)
            payload = text.encode()
            head = f"HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {len(payload)}\r\n"
            writer.write(f"{head}connection: close\r\n\r\n".encode() + (b"" if method == "HEAD" else payload))
            await writer.drain()
        except (ValueError, OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()
