"""The queue against a plain model of it: random histories of calls; after each call both are in the same state."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

LIVE = {"pending", "processing", "retrying"}
WAITING = {"pending", "retrying"}
MAX_ATTEMPTS = 3
TYPES = ("generate_phases", "send_sms")


@dataclass
class Model:
    """A job as the design describes it."""

    number: int
    person: int
    job_type: str
    priority: int
    key: str | None
    due: bool
    status: str = "pending"
    attempts: int = 0
    token: int | None = None
    cancel_requested: bool = False
    result: dict[str, int] | None = None

    @property
    def line(self) -> tuple[int, int]:
        """Its place among the jobs of its type that are due: nobody here has more than ten, so there are no turns."""
        return self.priority, self.number

    def end_badly(self, status: str) -> None:
        self.status = "cancelled" if self.cancel_requested else status
        self.attempts += 1
        self.token = None


@dataclass
class Held:
    """A claim: it may be stale by now."""

    job: Model
    id: UUID
    token: int = field(default=0)


class Lifecycle(RuleBasedStateMachine):
    """One connection as the service role; two people."""

    connection: psycopg.Connection[Any]
    people: tuple[UUID, UUID]
    jobs = Bundle("jobs")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.connection.execute("TRUNCATE queue_jobs CASCADE")
        self.models: dict[UUID, Model] = {}

    def value(self, statement: str, *parameters: object) -> Any:
        row = self.connection.execute(statement.encode(), parameters).fetchone()
        assert row is not None
        return row[0]

    def live(self, person: int, job_type: str, key: str | None) -> UUID | None:
        for id, job in self.models.items():
            if key and (job.person, job.job_type, job.key) == (person, job_type, key) and job.status in LIVE:
                return id
        return None

    @rule(
        target=jobs,
        person=st.integers(0, 1),
        job_type=st.sampled_from(TYPES),
        priority=st.sampled_from([1, 10, 11, 100]),
        key=st.sampled_from([None, "a", "b"]),
        due=st.booleans(),
    )
    def add(self, person: int, job_type: str, priority: int, key: str | None, due: bool) -> Any:
        there = self.live(person, job_type, key)
        job_id: UUID = self.value(
            "SELECT add_queue_job(%s, %s, '{}', %s, now() + %s, %s)",
            self.people[person],
            job_type,
            priority,
            timedelta(0) if due else timedelta(hours=1),
            key,
        )
        if there is not None:
            assert job_id == there
            return multiple()
        assert job_id not in self.models
        self.models[job_id] = Model(len(self.models), person, job_type, priority, key, due)
        return job_id

    @rule(target=claims, types=st.sets(st.sampled_from(TYPES), min_size=1), most=st.integers(1, 4))
    def claim(self, types: set[str], most: int) -> Any:
        due = [
            (job.line, id)
            for id, job in self.models.items()
            if job.status in WAITING and job.due and job.job_type in types
        ]
        expected = [id for _, id in sorted(due)[:most]]

        rows = self.connection.execute(
            "SELECT id, lease_token FROM claim_pending_jobs(%s, %s)", [sorted(types), most]
        ).fetchall()

        assert [id for id, _ in rows] == expected
        for id, token in rows:
            self.models[id].status, self.models[id].token = "processing", token
        return multiple(*(Held(self.models[id], id, token) for id, token in rows))

    @rule(held=claims, number=st.integers(0, 9))
    def complete(self, held: Held, number: int) -> None:
        ours = held.job.token == held.token

        accepted = self.value("SELECT complete_queue_job(%s, %s, %s)", held.id, f'{{"n": {number}}}', held.token)

        assert accepted is ours
        if ours:
            held.job.status, held.job.token, held.job.result = "completed", None, {"n": number}

    @rule(held=claims, retry=st.booleans())
    def fail(self, held: Held, retry: bool) -> None:
        ours = held.job.token == held.token

        status = self.value("SELECT fail_queue_job(%s, 'no', %s, %s)", held.id, retry, held.token)

        if ours:
            again = retry and held.job.attempts + 1 < MAX_ATTEMPTS
            held.job.end_badly("retrying" if again else "failed")
            held.job.due = held.job.due and held.job.status != "retrying"
        assert status == (held.job.status if ours else "fenced")

    @rule(held=claims)
    def snooze(self, held: Held) -> None:
        ours = held.job.token == held.token

        assert self.value("SELECT snooze_queue_job(%s, %s, now() + interval '1 hour')", held.id, held.token) is ours
        if ours:
            held.job.status, held.job.token, held.job.due = "pending", None, False

    @rule(held=claims)
    def hand_back(self, held: Held) -> None:
        ours = held.job.token == held.token

        assert self.value("SELECT release_queue_jobs(ARRAY[%s], ARRAY[%s]::bigint[])", held.id, held.token) == ours
        if ours:
            held.job.status = "cancelled" if held.job.cancel_requested else "pending"
            held.job.token = None

    @rule(held=claims)
    def beat(self, held: Held) -> None:
        rows = self.connection.execute(
            "SELECT job_id, cancel_requested FROM heartbeat_jobs(ARRAY[%s], ARRAY[%s]::bigint[], '1 minute')",
            [held.id, held.token],
        ).fetchall()

        assert rows == ([(held.id, held.job.cancel_requested)] if held.job.token == held.token else [])

    @rule(held=consumes(claims))
    def lose(self, held: Held) -> None:
        """Its worker is gone: the lease runs out and the job is taken back."""
        ours = held.job.token == held.token
        self.connection.execute(
            "UPDATE queue_jobs SET lease_expires_at = now() - interval '1 second' WHERE id = %s AND lease_token = %s",
            [held.id, held.token],
        )

        assert self.value("SELECT reset_stalled_jobs()") == ours
        if ours:
            held.job.end_badly("failed" if held.job.attempts + 1 >= MAX_ATTEMPTS else "pending")

    @rule(job_id=jobs)
    def cancel(self, job_id: UUID) -> None:
        job = self.models[job_id]
        before = job.status

        told = self.value("SELECT cancel_queue_job(%s)", job_id)

        if before in WAITING:
            job.status = "cancelled"
        if before == "processing":
            job.cancel_requested = True
        assert told == ("requested" if before == "processing" else job.status)

    @rule(job_id=jobs)
    def become_due(self, job_id: UUID) -> None:
        job = self.models[job_id]
        if job.status in WAITING and not job.due:
            self.connection.execute("UPDATE queue_jobs SET scheduled_for = created_at WHERE id = %s", [job_id])
            job.due = True

    @rule(target=jobs, job_id=jobs)
    def retry_by_hand(self, job_id: UUID) -> Any:
        job = self.models[job_id]
        if job.status not in ("failed", "cancelled"):
            with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
                self.value("SELECT retry_queue_job(%s)", job_id)
            return multiple()
        there = self.live(job.person, job.job_type, job.key)
        new: UUID = self.value("SELECT retry_queue_job(%s)", job_id)
        if there is not None:
            assert new == there
            return multiple()
        self.models[new] = Model(len(self.models), job.person, job.job_type, job.priority, job.key, True)
        return new

    @rule(
        job_id=jobs, status=st.sampled_from(["pending", "processing", "completed", "failed", "cancelled", "retrying"])
    )
    def meddle(self, job_id: UUID, status: str) -> None:
        """Nothing that is final can be changed, not even by hand."""
        if self.models[job_id].status not in LIVE:
            with pytest.raises(psycopg.errors.CheckViolation):
                self.connection.execute("UPDATE queue_jobs SET status = %s WHERE id = %s", [status, job_id])

    @invariant()
    def both_agree(self) -> None:
        rows = self.connection.execute(
            "SELECT id, status, attempts, lease_token, cancel_requested, result, due, started_at IS NOT NULL,"
            " completed_at IS NOT NULL FROM queue_jobs"
        ).fetchall()
        assert {row[0]: row[1:6] for row in rows} == {
            id: (job.status, job.attempts, job.token, job.cancel_requested, job.result)
            for id, job in self.models.items()
        }
        for id, status, *_, due, started, ended in rows:
            job = self.models[id]
            assert due is (job.due if status in WAITING else True)
            assert ended is (status not in LIVE)
            assert started or status != "processing"
            assert not (started and status in WAITING)


def test_random_histories_end_as_the_model_says(database: str, user_id: UUID, other_user_id: UUID) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        Lifecycle.connection, Lifecycle.people = connection, (user_id, other_user_id)
        checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
        run_state_machine_as_test(
            Lifecycle,
            settings=settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=checks),
        )
