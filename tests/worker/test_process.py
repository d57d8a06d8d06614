"""`python -m worker` as people run it."""

import json
import signal
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest
from psycopg.types.json import Jsonb

from buildos_app.db.session import service_session
from buildos_app.models.project import Project, Task
from tests.fixtures.processes import Sandbox, free_port

READY = "worker: worker"


class Jobs:
    """The queue as an outside observer sees it; `until` waits for the announcements."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("LISTEN user_events")

    def add(self, user_id: UUID, job_type: str, metadata: dict[str, Any]) -> UUID:
        row = self.connection.execute("SELECT add_queue_job(%s, %s, %s)", [user_id, job_type, Jsonb(metadata)])
        return row.fetchone()[0]  # type: ignore[index, no-any-return]

    def row(self, job_id: UUID) -> dict[str, Any]:
        with self.connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            row = cursor.execute("SELECT * FROM queue_jobs WHERE id = %s", [job_id]).fetchone()
        assert row is not None
        return row

    def until(self, job_id: UUID, *statuses: str, timeout: float = 20) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while (row := self.row(job_id))["status"] not in statuses:
            left = deadline - time.monotonic()
            assert left > 0, f"the job is still {row['status']}: {row['error_message']}"
            list(self.connection.notifies(timeout=left, stop_after=1))
        return row


@pytest.fixture
def jobs(database: str) -> Iterator[Jobs]:
    jobs = Jobs(database)
    yield jobs
    jobs.connection.close()


@pytest.fixture
async def project(user_id: UUID) -> UUID:
    async with service_session("test") as session:
        project = Project(user_id=user_id, name="Garden", slug="garden")
        session.add(project)
        await session.flush()
        session.add_all(
            Task(user_id=user_id, project_id=project.id, title=title) for title in ("Order timber", "Paint the fence")
        )
    return project.id


def health(port: int) -> dict[str, Any]:
    return json.loads(httpx2.get(f"http://127.0.0.1:{port}/health").raise_for_status().content)  # type: ignore[no-any-return]


def test_health_has_the_shape_of_the_design(start: Any, jobs: Jobs, user_id: UUID) -> None:
    port = free_port()
    waiting = jobs.add(user_id, "send_sms", {})
    start("-m", "worker", WORKER_HEALTH_PORT=str(port), WORKER_JOB_TYPES="generate_phases").wait_for(READY)

    body = health(port)

    assert set(body) == {"status", "uptime", "queues", "lastPoll"}
    assert body["status"] == "healthy"
    assert body["uptime"] >= 0
    assert body["queues"]["generate_phases"] == {"processing": 0, "pending": 0}
    assert body["queues"]["send_sms"] == {"processing": 0, "pending": 1}
    assert datetime.fromisoformat(body["lastPoll"]).tzinfo is not None
    assert jobs.row(waiting)["status"] == "pending"
    assert httpx2.get(f"http://127.0.0.1:{port}/secrets").status_code == 404


def test_a_second_worker_takes_the_next_port_and_says_so(start: Any, database: str) -> None:
    port = free_port()
    start("-m", "worker", WORKER_HEALTH_PORT=str(port)).wait_for(READY)

    second = start("-m", "worker", WORKER_HEALTH_PORT=str(port))

    said = second.wait_for("is taken")
    assert f"port {port} is taken (another worker?)" in said
    taken = int(said.rpartition(" ")[2])
    second.wait_for(READY)
    assert health(taken)["status"] == health(port)["status"] == "healthy"


def test_a_job_is_picked_up_within_a_second_of_its_commit(start: Any, jobs: Jobs, user_id: UUID, project: UUID) -> None:
    start("-m", "worker", WORKER_HEALTH_PORT=str(free_port()), WORKER_POLL_SECONDS="60").wait_for(READY)

    job_id = jobs.add(user_id, "generate_phases", {"project_id": str(project)})
    row = jobs.until(job_id, "completed")

    assert (row["started_at"] - row["created_at"]).total_seconds() < 1
    assert row["result"] == {"phase_count": 1, "task_count": 2}
    assert row["progress"]["percent"] == 100


def test_without_announcements_the_poll_finds_it(start: Any, jobs: Jobs, user_id: UUID, project: UUID) -> None:
    start("-m", "worker", WORKER_HEALTH_PORT=str(free_port()), WORKER_POLL_SECONDS="1").wait_for(READY)
    jobs.connection.execute("ALTER FUNCTION pg_catalog.pg_notify(text, text) RENAME TO pg_notify_away")
    jobs.connection.execute("CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE sql AS ''")
    job_id = jobs.add(user_id, "generate_phases", {"project_id": str(project)})
    jobs.connection.execute("DROP FUNCTION public.pg_notify(text, text)")
    jobs.connection.execute("ALTER FUNCTION pg_catalog.pg_notify_away(text, text) RENAME TO pg_notify")

    jobs.until(job_id, "completed")


def test_a_job_without_a_processor_fails_at_once(start: Any, jobs: Jobs, user_id: UUID) -> None:
    start("-m", "worker", WORKER_HEALTH_PORT=str(free_port())).wait_for(READY)

    row = jobs.until(jobs.add(user_id, "send_sms", {}), "failed")

    assert "send_sms" in row["error_message"]
    assert row["attempts"] == 1
    with jobs.connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        logged = cursor.execute("SELECT * FROM error_logs").fetchone()
    assert logged is not None
    assert (logged["job_id"], logged["user_id"], logged["attempt"]) == (row["id"], user_id, 1)
    assert (logged["error_type"], logged["job_type"], logged["outcome"]) == ("InvalidPayload", "send_sms", "failed")


def test_metrics_count_what_was_done(start: Any, jobs: Jobs, user_id: UUID, project: UUID) -> None:
    port = free_port()
    start("-m", "worker", WORKER_HEALTH_PORT=str(port)).wait_for(READY)
    jobs.until(jobs.add(user_id, "generate_phases", {"project_id": str(project)}), "completed")
    jobs.until(jobs.add(user_id, "send_sms", {}), "failed")

    answer = httpx2.get(f"http://127.0.0.1:{port}/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4"
    lines = answer.text.splitlines()
    assert "buildos_up 1" in lines
    assert 'buildos_job_runs_total{job_type="generate_phases",outcome="completed"} 1' in lines
    assert 'buildos_job_runs_total{job_type="send_sms",outcome="failed"} 1' in lines
    assert any(line.startswith('buildos_job_seconds_total{job_type="generate_phases"} 0.') for line in lines)


def test_a_payload_that_does_not_fit_fails_at_once(start: Any, jobs: Jobs, user_id: UUID) -> None:
    start("-m", "worker", WORKER_HEALTH_PORT=str(free_port())).wait_for(READY)

    row = jobs.until(jobs.add(user_id, "generate_phases", {"project_id": "the garden"}), "failed")

    assert "project_id" in row["error_message"]
    assert "the garden" not in row["error_message"]


def test_sigterm_finishes_what_runs(start: Any, jobs: Jobs, user_id: UUID, project: UUID, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "hold"})
    worker = start("-m", "worker", WORKER_HEALTH_PORT=str(free_port()), OPENAI_BASE_URL=sandbox.openai_url)
    worker.wait_for(READY)
    running = jobs.add(user_id, "generate_phases", {"project_id": str(project)})
    sandbox.calls(at_least=1)

    worker.stop(signal.SIGTERM)
    worker.wait_for("stopping")
    late = jobs.add(user_id, "generate_phases", {"project_id": str(project)})
    sandbox.release()

    assert worker.exit_code() == 0
    assert jobs.row(running)["status"] == "completed"
    assert jobs.row(late)["status"] == "pending"


def test_a_killed_worker_loses_no_job(start: Any, jobs: Jobs, user_id: UUID, project: UUID, sandbox: Sandbox) -> None:
    sandbox.next({"kind": "hold"})
    first = start("-m", "worker", WORKER_HEALTH_PORT=str(free_port()), OPENAI_BASE_URL=sandbox.openai_url)
    first.wait_for(READY)
    job_id = jobs.add(user_id, "generate_phases", {"project_id": str(project)})
    sandbox.calls(at_least=1)
    first.kill()
    jobs.connection.execute("UPDATE queue_jobs SET lease_expires_at = now() - interval '1 s' WHERE id = %s", [job_id])

    start("-m", "worker", WORKER_HEALTH_PORT=str(free_port()), OPENAI_BASE_URL=sandbox.openai_url).wait_for(READY)

    assert jobs.until(job_id, "completed")["attempts"] == 1


def test_a_cancelled_job_stops_the_model(
    start: Any, jobs: Jobs, user_id: UUID, project: UUID, sandbox: Sandbox
) -> None:
    sandbox.next({"kind": "hold"})
    worker = start("-m", "worker", WORKER_HEALTH_PORT=str(free_port()), OPENAI_BASE_URL=sandbox.openai_url)
    worker.wait_for(READY)
    job_id = jobs.add(user_id, "generate_phases", {"project_id": str(project)})
    sandbox.calls(at_least=1)

    jobs.connection.execute("SELECT cancel_queue_job(%s)", [job_id])

    jobs.until(job_id, "cancelled")
    sandbox.calls(aborted=1)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"WORKER_JOB_TYPES": "make_coffee"}, "WORKER_JOB_TYPES names unknown types: make_coffee."),
        ({"WORKER_CONCURRENCY": "many"}, "WORKER_CONCURRENCY"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://nobody@127.0.0.1/none"}, "DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_one_line(start: Any, database: str, settings: dict[str, str], line: str) -> None:
    worker = start("-m", "worker", WORKER_HEALTH_PORT=str(free_port()), **settings)

    assert worker.exit_code() == 2
    worker.wait_for(line)
    assert len([said for said in worker.output if said]) == 1
