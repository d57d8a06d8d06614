"""What counts effects: an outside service that acts once per idempotency key, and two tables."""

import json
import threading
from collections import defaultdict
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg

TICK = timedelta(milliseconds=250)
TABLES = """
    CREATE TABLE chaos_rows (number int NOT NULL);
    CREATE TABLE chaos_ticks (tick timestamptz NOT NULL);
    GRANT INSERT ON chaos_rows TO buildos_web;
    GRANT INSERT ON chaos_ticks TO buildos_worker;
"""


class Outside:
    """The service: for each job's number, the keys that it was asked with. More than one key is a doubled effect."""

    def __init__(self) -> None:
        self.keys: defaultdict[int, set[str]] = defaultdict(set)
        self.requests = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["content-length"]))
                if not text:
                    return  # it was killed while it spoke
                words: dict[str, Any] = json.loads(text)
                outside.requests += 1
                outside.keys[words["number"]].add(words["key"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


def balance(
    connection: psycopg.Connection[Any], outside: Outside, effects: set[int], rows: set[int]
) -> tuple[int, int]:
    """(lost, doubled) of all effects: `effects` are the numbers of all jobs, `rows` of those that write a row."""
    found = connection.execute("SELECT number, count(*) FROM chaos_rows GROUP BY 1").fetchall()
    written: dict[int, int] = dict(found)
    ended = {
        number
        for (number,) in connection.execute(
            "SELECT (metadata ->> 'number')::int FROM queue_jobs WHERE status = 'completed' AND metadata ? 'number'"
        )
    }
    ticks = connection.execute("SELECT count(*) - count(DISTINCT tick) FROM chaos_ticks").fetchone() or (0,)
    lost = len(effects - ended) + len(effects - outside.keys.keys()) + len(rows - written.keys())
    doubled = sum(len(keys) - 1 for keys in outside.keys.values()) + sum(count - 1 for count in written.values())
    return lost, doubled + ticks[0]
