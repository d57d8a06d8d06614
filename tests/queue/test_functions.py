"""The queue's SQL functions on their own, as any client of PostgreSQL would use them."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import RFC_4122, UUID

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

SEVEN = {
    "generate_daily_brief",
    "generate_brief_email",
    "generate_phases",
    "onboarding_analysis",
    "send_sms",
    "sync_calendar",
    "process_brain_dump",
}
PHASES = "generate_phases"


class Queue:
    """One connection, autocommit, with a method per function."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)

    def value(self, query: str, *arguments: Any) -> Any:
        row = self.connection.execute(query, arguments).fetchone()
        return next(iter(row.values())) if row else None

    def run(self, query: str, *arguments: Any) -> None:
        self.connection.execute(query, arguments)

    def add(self, user_id: UUID | None, job_type: str = PHASES, **options: Any) -> UUID:
        names = ", ".join(f"{name} => %s" for name in ("p_user_id", "p_job_type", "p_metadata", *options))
        job_id: UUID = self.value(f"SELECT add_queue_job({names})", user_id, job_type, Jsonb({}), *options.values())
        return job_id

    def claim(self, *job_types: str, batch_size: int = 5) -> list[dict[str, Any]]:
        query = "SELECT * FROM claim_pending_jobs(%s, %s)"
        return self.connection.execute(query, [list(job_types or (PHASES,)), batch_size]).fetchall()

    def job(self, job_id: UUID) -> dict[str, Any]:
        row = self.connection.execute("SELECT * FROM queue_jobs WHERE id = %s", [job_id]).fetchone()
        assert row is not None
        return row


@pytest.fixture
def queue(database: str) -> Iterator[Queue]:
    queue = Queue(database)
    yield queue
    queue.connection.close()


def test_the_seven_job_types_are_known(queue: Queue) -> None:
    rows = queue.connection.execute("SELECT job_type FROM queue_settings").fetchall()

    assert {row["job_type"] for row in rows} >= SEVEN


def test_a_new_job_waits_with_no_attempt(queue: Queue, user_id: UUID) -> None:
    job = queue.job(queue.add(user_id, p_priority=3))

    assert (job["status"], job["attempts"], job["priority"], job["max_attempts"]) == ("pending", 0, 3, 3)
    assert job["started_at"] is None
    assert job["processed_at"] is None
    assert job["completed_at"] is None
    assert job["queue_job_id"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"job_type": "make_coffee"}, "unknown job type 'make_coffee'"),
        ({"p_priority": 0}, "priority must be between 1 and 100"),
        ({"p_priority": 101}, "priority must be between 1 and 100"),
        ({"p_on_conflict": "explode"}, "unknown conflict mode 'explode'"),
    ],
)
def test_what_is_wrong_is_said(queue: Queue, user_id: UUID, options: dict[str, Any], message: str) -> None:
    with pytest.raises(psycopg.Error, match=message):
        queue.add(user_id, **options)


def test_metadata_is_an_object(queue: Queue, user_id: UUID) -> None:
    with pytest.raises(psycopg.Error, match="metadata must be a JSON object"):
        queue.run("SELECT add_queue_job(%s, %s, %s)", user_id, PHASES, Jsonb([1]))


def test_a_live_key_is_there_once(queue: Queue, user_id: UUID, other_user_id: UUID) -> None:
    first = queue.add(user_id, p_dedup_key="garden")

    assert queue.add(user_id, p_dedup_key="garden") == first
    assert queue.add(user_id, p_dedup_key="kitchen") != first
    assert queue.add(user_id, "sync_calendar", p_dedup_key="garden") != first
    assert queue.add(other_user_id, p_dedup_key="garden") != first
    assert queue.add(user_id) != queue.add(user_id)


def test_a_finished_job_frees_its_key(queue: Queue, user_id: UUID) -> None:
    first = queue.add(user_id, p_dedup_key="garden")
    queue.claim()
    assert queue.add(user_id, p_dedup_key="garden") == first
    queue.run("SELECT complete_queue_job(%s)", first)

    assert queue.add(user_id, p_dedup_key="garden") != first


def test_replace_changes_a_waiting_job(queue: Queue, user_id: UUID) -> None:
    first = queue.add(user_id, p_dedup_key="garden")
    query = "SELECT add_queue_job(%s, %s, %s, p_dedup_key => 'garden', p_on_conflict => 'replace')"

    assert queue.value(query, user_id, PHASES, Jsonb({"newer": True})) == first
    assert queue.job(first)["metadata"] == {"newer": True}


def test_after_running_adds_one_behind(queue: Queue, user_id: UUID) -> None:
    first = queue.add(user_id, p_dedup_key="garden")
    queue.claim()
    second = queue.add(user_id, p_dedup_key="garden", p_on_conflict="after_running")

    assert second != first
    assert queue.add(user_id, p_dedup_key="garden", p_on_conflict="after_running") == second


def test_the_same_key_at_the_same_moment_makes_one_job(queue: Queue, user_id: UUID, database: str) -> None:
    gate = threading.Barrier(8)
    ids: list[UUID] = []

    def add() -> None:
        own = Queue(database)
        gate.wait()
        ids.append(own.add(user_id, p_dedup_key="garden"))
        own.connection.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_claiming_takes_priority_first(queue: Queue, user_id: UUID) -> None:
    low, high, middle = (queue.add(user_id, p_priority=priority) for priority in (20, 1, 10))

    assert [job["id"] for job in queue.claim(batch_size=3)] == [high, middle, low]


def test_claiming_leaves_what_is_not_due_and_other_types(queue: Queue, user_id: UUID) -> None:
    queue.add(user_id, "sync_calendar")
    later = queue.value(
        "SELECT add_queue_job(%s, %s, '{}', p_scheduled_for => now() + interval '1 hour')", user_id, PHASES
    )
    assert queue.claim() == []

    queue.run("UPDATE queue_jobs SET scheduled_for = now() - interval '1 second' WHERE id = %s", later)

    assert [job["id"] for job in queue.claim()] == [later]


def test_nobody_claims_a_job_twice(queue: Queue, user_id: UUID, database: str) -> None:
    for _ in range(60):
        queue.add(user_id)
    gate = threading.Barrier(6)
    claimed: list[UUID] = []

    def claim() -> None:
        own = Queue(database)
        gate.wait()
        while jobs := own.claim(batch_size=3):
            claimed.extend(job["id"] for job in jobs)
        own.connection.close()

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == 60
    assert len(set(claimed)) == 60


@pytest.mark.parametrize("batch_size", [0, -1])
def test_an_empty_batch_claims_nothing(queue: Queue, user_id: UUID, batch_size: int) -> None:
    queue.add(user_id)

    assert queue.claim(batch_size=batch_size) == []


def test_a_claimed_job_is_completed_with_its_result(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    (claimed,) = queue.claim()
    assert (claimed["status"], claimed["attempts"]) == ("processing", 0)
    assert claimed["started_at"] is not None

    assert queue.value("SELECT complete_queue_job(%s, %s)", job_id, Jsonb({"phases": 3})) is True

    job = queue.job(job_id)
    assert (job["status"], job["result"], job["attempts"]) == ("completed", {"phases": 3}, 0)
    assert job["processed_at"] == job["completed_at"]
    assert queue.value("SELECT complete_queue_job(%s)", job_id) is False


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 2), (1, 4)])
def test_a_retry_waits_longer_each_time(queue: Queue, user_id: UUID, attempts: int, minutes: int) -> None:
    job_id = queue.add(user_id, p_max_attempts=9)
    queue.run("UPDATE queue_jobs SET attempts = %s WHERE id = %s", attempts, job_id)
    queue.claim()

    assert queue.value("SELECT fail_queue_job(%s, 'broken', true)", job_id) == "retrying"

    job = queue.job(job_id)
    wait = (job["scheduled_for"] - job["updated_at"]).total_seconds()
    assert minutes * 60 <= wait <= minutes * 60 * 1.1
    assert (job["attempts"], job["error_message"]) == (attempts + 1, "broken")
    assert job["started_at"] is None
    assert [entry["error"] for entry in job["errors"]] == ["broken"]


def test_the_third_wait_is_eight_minutes(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id, p_max_attempts=9)
    queue.run("UPDATE queue_jobs SET attempts = 2 WHERE id = %s", job_id)
    queue.claim()
    queue.run("SELECT fail_queue_job(%s, 'broken', true)", job_id)

    job = queue.job(job_id)

    assert 480 <= (job["scheduled_for"] - job["updated_at"]).total_seconds() <= 528


def test_a_due_retry_is_claimed_and_the_last_failure_is_final(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id, p_max_attempts=2)
    queue.claim()
    queue.run("SELECT fail_queue_job(%s, 'once', true)", job_id)
    assert queue.claim() == []
    queue.run("UPDATE queue_jobs SET scheduled_for = now() WHERE id = %s", job_id)

    assert [job["id"] for job in queue.claim()] == [job_id]
    assert queue.value("SELECT fail_queue_job(%s, 'twice', true)", job_id) == "failed"
    assert queue.job(job_id)["attempts"] == 2


def test_without_a_retry_the_first_failure_is_final(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    queue.claim()

    assert queue.value("SELECT fail_queue_job(%s, 'no use')", job_id) == "failed"


def test_a_lost_lease_cannot_finish_the_job(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    (lost,) = queue.claim()
    queue.run("UPDATE queue_jobs SET lease_expires_at = now() - interval '1 s' WHERE id = %s", job_id)
    assert queue.value("SELECT reset_stalled_jobs()") == 1
    (held,) = queue.claim()

    assert queue.value("SELECT complete_queue_job(%s, NULL, %s)", job_id, lost["lease_token"]) is False
    assert queue.value("SELECT fail_queue_job(%s, 'x', true, %s)", job_id, lost["lease_token"]) == "fenced"
    assert queue.value("SELECT complete_queue_job(%s, NULL, %s)", job_id, held["lease_token"]) is True


def test_a_stalled_job_is_pending_again_and_counted(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    queue.claim()
    assert queue.value("SELECT reset_stalled_jobs()") == 0
    queue.run(
        "UPDATE queue_jobs SET started_at = now() - interval '16 min', updated_at = now() - interval '16 min'"
        " WHERE id = %s",
        job_id,
    )

    assert queue.value("SELECT reset_stalled_jobs('15 minutes')") == 1

    job = queue.job(job_id)
    assert (job["status"], job["attempts"], job["started_at"]) == ("pending", 1, None)
    assert job["error_message"] == "stalled: the worker was lost"


def test_a_job_that_always_stalls_fails_in_the_end(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id, p_max_attempts=1)
    queue.claim()
    queue.run("UPDATE queue_jobs SET lease_expires_at = now() - interval '1 s' WHERE id = %s", job_id)
    queue.run("SELECT reset_stalled_jobs()")

    assert queue.job(job_id)["status"] == "failed"


def test_a_waiting_job_is_cancelled_at_once(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)

    assert queue.value("SELECT cancel_queue_job(%s)", job_id) == "cancelled"
    assert queue.value("SELECT cancel_queue_job(%s)", job_id) == "cancelled"
    assert queue.claim() == []


def test_a_running_job_is_asked_to_end(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    queue.claim()

    assert queue.value("SELECT cancel_queue_job(%s)", job_id) == "requested"
    assert queue.value("SELECT fail_queue_job(%s, 'Cancelled.', true)", job_id) == "cancelled"


def test_a_final_row_never_changes(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    queue.run("SELECT cancel_queue_job(%s)", job_id)

    with pytest.raises(psycopg.Error, match="cancelled and final"):
        queue.run("UPDATE queue_jobs SET status = 'pending' WHERE id = %s", job_id)
    with pytest.raises(psycopg.Error, match="cancelled and final"):
        queue.run("UPDATE queue_jobs SET priority = 1 WHERE id = %s", job_id)


def test_no_status_is_skipped(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)

    with pytest.raises(psycopg.Error, match="cannot go from pending to completed"):
        queue.run("UPDATE queue_jobs SET status = 'completed' WHERE id = %s", job_id)


def test_statistics_count_by_type_and_status(queue: Queue, user_id: UUID) -> None:
    queue.add(user_id)
    queue.add(user_id)
    queue.add(user_id, "send_sms")
    queue.claim(batch_size=1)

    rows = queue.connection.execute("SELECT * FROM get_queue_stats()").fetchall()

    assert {(row["job_type"], row["status"]): row["count"] for row in rows} == {
        (PHASES, "pending"): 1,
        (PHASES, "processing"): 1,
        ("send_sms", "pending"): 1,
    }


def test_a_heartbeat_keeps_the_lease_and_brings_the_wish_to_cancel(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    (held,) = queue.claim()
    queue.run("SELECT cancel_queue_job(%s)", job_id)
    query = "SELECT * FROM heartbeat_jobs(%s, %s, '2 hours')"

    kept = queue.connection.execute(query, [[job_id], [held["lease_token"]]]).fetchall()
    lost = queue.connection.execute(query, [[job_id], [held["lease_token"] - 1]]).fetchall()

    assert [(row["job_id"], row["cancel_requested"]) for row in kept] == [(job_id, True)]
    assert lost == []
    assert queue.job(job_id)["lease_expires_at"] > held["lease_expires_at"]


def test_a_stopping_worker_hands_back_without_counting(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    (held,) = queue.claim()

    assert queue.value("SELECT release_queue_jobs(%s, %s)", [job_id], [held["lease_token"]]) == 1

    job = queue.job(job_id)
    assert (job["status"], job["attempts"]) == ("pending", 0)


def test_a_snoozed_job_comes_back_uncounted(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    (held,) = queue.claim()

    assert queue.value("SELECT snooze_queue_job(%s, %s, now() + interval '1 h')", job_id, held["lease_token"]) is True

    job = queue.job(job_id)
    assert (job["status"], job["attempts"], job["due"]) == ("pending", 0, False)


def test_progress_belongs_to_the_lease(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id)
    (held,) = queue.claim()
    query = "SELECT set_job_progress(%s, %s, %s)"

    assert queue.value(query, job_id, held["lease_token"], Jsonb({"percent": 40})) is True
    assert queue.value(query, job_id, held["lease_token"] - 1, Jsonb({"percent": 90})) is False
    assert queue.job(job_id)["progress"] == {"percent": 40}


def test_retrying_by_hand_makes_a_new_job(queue: Queue, user_id: UUID) -> None:
    job_id = queue.add(user_id, p_dedup_key="garden")
    with pytest.raises(psycopg.Error, match="pending cannot be retried"):
        queue.run("SELECT retry_queue_job(%s)", job_id)
    queue.run("SELECT cancel_queue_job(%s)", job_id)

    again = queue.value("SELECT retry_queue_job(%s)", job_id)

    assert again != job_id
    assert queue.job(again)["dedup_key"] == "garden"
    assert queue.job(job_id)["status"] == "cancelled"


def test_what_comes_due_is_promoted_and_announced(queue: Queue, user_id: UUID, database: str) -> None:
    job_id = queue.value(
        "SELECT add_queue_job(%s, %s, '{}', p_scheduled_for => now() + interval '1 hour')", user_id, PHASES
    )
    queue.run("ALTER TABLE queue_jobs DISABLE TRIGGER guard")
    queue.run("UPDATE queue_jobs SET scheduled_for = now() - interval '1 s' WHERE id = %s", job_id)
    queue.run("ALTER TABLE queue_jobs ENABLE TRIGGER guard")
    with psycopg.connect(database, autocommit=True) as listener:
        listener.execute("LISTEN queue_jobs")

        assert queue.value("SELECT promote_due_jobs()") == 1

        (told,) = listener.notifies(timeout=5, stop_after=1)
    assert told.payload == PHASES
    assert queue.job(job_id)["due"] is True


def test_a_new_job_is_announced_when_its_transaction_commits(queue: Queue, user_id: UUID, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as listener:
        listener.execute("LISTEN queue_jobs")
        with queue.connection.transaction():
            queue.add(user_id)
            assert list(listener.notifies(timeout=0)) == []

        (told,) = listener.notifies(timeout=5, stop_after=1)
    assert told.payload == PHASES


def test_one_person_does_not_hold_up_the_others(queue: Queue, user_id: UUID, other_user_id: UUID) -> None:
    for _ in range(40):
        queue.add(user_id)
    last = queue.add(other_user_id)

    assert last in [job["id"] for job in queue.claim(batch_size=25)]


def test_a_burst_of_ten_thousand_is_passed_within_twenty_claims(
    queue: Queue, user_id: UUID, other_user_id: UUID
) -> None:
    queue.value(
        "SELECT count(*) FROM add_queue_jobs('generate_phases', array_fill(%s::uuid, ARRAY[10000]),"
        " array_fill('{}'::jsonb, ARRAY[10000]))",
        user_id,
    )
    single = queue.add(other_user_id)

    assert single in [job["id"] for job in queue.claim(batch_size=20)]


def as_person(connection: psycopg.Connection[Any], user_id: UUID) -> None:
    connection.execute("SET LOCAL ROLE buildos_web")
    connection.execute("SELECT set_config('app.user_id', %s, true)", [str(user_id)])


def test_the_web_role_acts_for_its_person_only(queue: Queue, user_id: UUID, other_user_id: UUID) -> None:
    foreign = queue.add(other_user_id)
    with queue.connection.transaction():
        as_person(queue.connection, user_id)
        own = queue.add(user_id)
        assert queue.value("SELECT count(*) FROM queue_jobs") == 1
        assert queue.value("SELECT cancel_queue_job(%s)", own) == "cancelled"

    attacks = [
        ("SELECT add_queue_job(%s, 'generate_phases', '{}')", other_user_id, "for oneself only"),
        ("SELECT cancel_queue_job(%s)", foreign, "no such job"),
        ("SELECT retry_queue_job(%s)", foreign, "no such job"),
        ("SELECT complete_queue_job(%s)", foreign, "permission denied"),
        ("SELECT fail_queue_job(%s, 'x')", foreign, "permission denied"),
        ("SELECT * FROM claim_pending_jobs(ARRAY['generate_phases'], %s)", 5, "permission denied"),
        ("SELECT reset_stalled_jobs(%s)", "1 second", "permission denied"),
        ("UPDATE queue_jobs SET priority = 1 WHERE id = %s", own, "permission denied"),
        ("DELETE FROM queue_jobs WHERE id = %s", own, "permission denied"),
    ]
    for statement, argument, message in attacks:
        with pytest.raises(psycopg.Error, match=message), queue.connection.transaction():
            as_person(queue.connection, user_id)
            queue.connection.execute(statement, [argument])
    assert queue.job(foreign)["status"] == "pending"


def test_the_queue_keeps_its_rows_when_a_claimer_dies(queue: Queue, user_id: UUID, database: str) -> None:
    job_id = queue.add(user_id)
    dying = psycopg.connect(database)
    dying.execute("SELECT * FROM claim_pending_jobs(ARRAY['generate_phases'], 5)")
    assert queue.value("SELECT pg_terminate_backend(%s, 10000)", dying.info.backend_pid)
    dying.close()

    assert [job["id"] for job in queue.claim()] == [job_id]


def test_many_jobs_are_added_at_once_and_announced_once(
    queue: Queue, user_id: UUID, other_user_id: UUID, database: str
) -> None:
    users = [user_id] * 500 + [other_user_id] * 3
    with psycopg.connect(database, autocommit=True) as listener:
        listener.execute("LISTEN queue_jobs")
        rows = queue.connection.execute(
            "SELECT add_queue_jobs(%s, %s, %s)", [PHASES, users, [Jsonb({"number": n}) for n in range(503)]]
        ).fetchall()
        told = list(listener.notifies(timeout=0.5))

    assert len({row["add_queue_jobs"] for row in rows}) == 503
    assert [notice.payload for notice in told] == [PHASES]
    assert queue.value("SELECT count(DISTINCT metadata) FROM queue_jobs") == 503
    claimed = queue.claim(batch_size=20)
    assert sum(job["user_id"] == other_user_id for job in claimed) == 3


@pytest.mark.parametrize("job_type", ["make_coffee"])
def test_many_jobs_of_an_unknown_type_are_refused(queue: Queue, user_id: UUID, job_type: str) -> None:
    with pytest.raises(psycopg.Error, match="unknown job type"):
        queue.run("SELECT add_queue_jobs(%s, %s, %s)", job_type, [user_id], [Jsonb({})])


def test_as_many_metadata_as_users(queue: Queue, user_id: UUID) -> None:
    with pytest.raises(psycopg.Error, match="as many metadata as users"):
        queue.run("SELECT add_queue_jobs(%s, %s, %s)", PHASES, [user_id], [Jsonb({}), Jsonb({})])


def test_the_monitoring_queries(queue: Queue, user_id: UUID) -> None:
    late, failed, done = (queue.add(user_id, "send_sms"), queue.add(user_id), queue.add(user_id))
    queue.run("UPDATE queue_jobs SET scheduled_for = now() - interval '2 hours' WHERE id = %s", late)
    queue.claim()
    queue.run("SELECT fail_queue_job(%s, 'no such number')", failed)
    queue.run("SELECT complete_queue_job(%s)", done)

    def ask(function: str) -> list[dict[str, Any]]:
        return queue.connection.execute(f"SELECT * FROM {function}()").fetchall()

    (waiting,), (broken,), (taken,) = (ask(f"get_{name}") for name in ("waiting_jobs", "failed_jobs", "job_durations"))
    assert (waiting["job_type"], waiting["count"]) == ("send_sms", 1)
    assert (broken["job_type"], broken["count"], broken["messages"]) == (PHASES, 1, ["no such number"])
    assert (taken["job_type"], taken["count"]) == (PHASES, 1)
    assert taken["seconds"] >= 0


def test_a_limited_type_runs_no_more_than_that(queue: Queue, user_id: UUID, database: str) -> None:
    queue.run("UPDATE queue_settings SET max_running = 3 WHERE job_type = %s", PHASES)
    for _ in range(20):
        queue.add(user_id)
    gate = threading.Barrier(6)
    claimed: list[UUID] = []

    def claim() -> None:
        own = Queue(database)
        gate.wait()
        claimed.extend(job["id"] for job in own.claim(batch_size=2))
        own.connection.close()

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == 3
    assert queue.claim() == []
    queue.run("SELECT complete_queue_job(%s)", claimed[0])
    assert len(queue.claim()) == 1
    queue.run("UPDATE queue_jobs SET lease_expires_at = now() - interval '1 s' WHERE id = %s", claimed[1])
    assert len(queue.claim()) == 1


def test_an_urgent_lane_takes_urgent_jobs_only(queue: Queue, user_id: UUID) -> None:
    urgent, normal = queue.add(user_id, p_priority=2), queue.add(user_id)
    query = "SELECT id FROM claim_pending_jobs(%s, 5, p_max_priority => 5)"

    assert [row["id"] for row in queue.connection.execute(query, [[PHASES]]).fetchall()] == [urgent]
    assert queue.connection.execute(query, [[PHASES]]).fetchall() == []
    assert [job["id"] for job in queue.claim()] == [normal]


def test_a_person_hears_of_their_new_job_once(queue: Queue, user_id: UUID, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as listener:
        listener.execute("LISTEN user_events")
        with queue.connection.transaction():
            queue.add(user_id)
            queue.add(user_id)
        told = list(listener.notifies(timeout=0.5))

    assert [notice.payload for notice in told] == [f'{{"user_id" : "{user_id}"}}']


def test_many_jobs_are_completed_at_once(queue: Queue, user_id: UUID) -> None:
    for _ in range(3):
        queue.add(user_id)
    first, second, third = queue.claim()
    queue.run("UPDATE queue_jobs SET lease_expires_at = now() - interval '1 s' WHERE id = %s", second["id"])
    queue.value("SELECT reset_stalled_jobs()")
    claimed = [first, second, third]

    fenced = queue.connection.execute(
        "SELECT complete_queue_jobs(%s, %s, %s) AS id",
        [[job["id"] for job in claimed], [job["lease_token"] for job in claimed], [Jsonb({"n": 1}), None, None]],
    ).fetchall()

    assert fenced == [{"id": second["id"]}]
    assert [queue.job(job["id"])["status"] for job in claimed] == ["completed", "pending", "completed"]
    assert [queue.job(job["id"])["result"] for job in claimed] == [{"n": 1}, None, None]
    assert queue.job(third["id"])["lease_token"] is None


def test_the_same_completion_twice_counts_once(queue: Queue, user_id: UUID) -> None:
    queue.add(user_id)
    (job,) = queue.claim()

    first = queue.value("SELECT complete_queue_jobs(%s, %s)", [job["id"]], [job["lease_token"]])
    again = queue.value("SELECT complete_queue_jobs(%s, %s)", [job["id"]], [job["lease_token"]])

    assert (first, again) == (None, job["id"])


def test_a_queue_job_id_is_unique_because_nobody_can_write_it(queue: Queue, user_id: UUID) -> None:
    job = queue.job(queue.add(user_id))

    assert job["queue_job_id"] == f"generate_phases_{job['id']}"
    for statement in (
        "INSERT INTO queue_jobs (job_type, queue_job_id) VALUES ('generate_phases', %s)",
        "UPDATE queue_jobs SET queue_job_id = %s",
    ):
        with pytest.raises(psycopg.errors.GeneratedAlways):
            queue.run(statement, job["queue_job_id"])


def test_jobs_added_at_once_have_ids_of_their_own(queue: Queue, user_id: UUID) -> None:
    ids = queue.connection.execute(
        "SELECT add_queue_jobs('generate_phases', array_agg(%s::uuid), array_agg('{}'::jsonb)) AS id"
        " FROM generate_series(1, 2000)",
        [user_id],
    ).fetchall()

    assert len({row["id"] for row in ids}) == 2000
    assert {row["id"].version for row in ids} == {7}
    assert {row["id"].variant for row in ids} == {RFC_4122}


def test_a_tick_is_begun_once(queue: Queue, database: str) -> None:
    hour, other = "begin_tick('duty', '1 hour')", "begin_tick('other duty', '1 hour')"
    with psycopg.connect(database) as early, psycopg.connect(database, autocommit=True) as late:
        begun = early.execute(f"SELECT {hour}").fetchone()
        waits = threading.Thread(target=lambda: answers.append(late.execute(f"SELECT {hour}").fetchone()))
        answers: list[Any] = []
        waits.start()
        assert queue.value(f"SELECT {other}") is not None
        early.commit()
        waits.join(10)

    assert begun is not None and begun[0].minute == begun[0].second == 0
    assert answers == [(None,)]


def test_a_tick_whose_duty_failed_is_free_again(queue: Queue, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("SELECT begin_tick('duty', '1 hour')")
        connection.rollback()

    assert queue.value("SELECT begin_tick('duty', '1 hour')") is not None


def test_a_clock_that_goes_back_begins_nothing_twice(queue: Queue) -> None:
    queue.value("SELECT begin_tick('duty', '1 hour')")
    queue.run("UPDATE queue_ticks SET tick = tick + interval '3 hours'")

    assert queue.value("SELECT begin_tick('duty', '1 hour')") is None


def test_live_statistics_leave_history_out(queue: Queue, user_id: UUID) -> None:
    for _ in range(3):
        queue.add(user_id)
    queue.add(user_id, p_scheduled_for=queue.value("SELECT now() + interval '1 day'"))
    done, _ = queue.claim(batch_size=2)
    queue.value("SELECT complete_queue_job(%s)", done["id"])

    rows = queue.connection.execute("SELECT status, count FROM get_live_queue_stats()").fetchall()

    assert {row["status"]: row["count"] for row in rows} == {"pending": 2, "processing": 1}
