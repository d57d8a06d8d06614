"""Jobs over HTTP: one's own, and nobody else's."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
import sqlalchemy as sa
from starlette.applications import Starlette

from buildos_app.accounts.sessions import cookie_name, open_session
from buildos_app.accounts.tokens import make_token
from buildos_app.api.queue_jobs import ROUTES
from buildos_app.db.session import queue_session, user_session
from buildos_app.phases.jobs import GeneratePhases
from buildos_app.queue.client import add_job, register_job_types
from buildos_app.settings import get_settings

JOBS = "/api/queue-jobs"
SHAPE = {"id", "type", "title", "subject", "status", "progress", "result", "error", "attempts", "max_attempts"} | {
    "scheduled_for",
    "created_at",
    "completed_at",
    "href",
}


@pytest_asyncio.fixture
async def browser(user_id: UUID) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser that is signed in as the person of `user_id`."""
    async with queue_session() as session:
        await register_job_types(session)
    token = await open_session(user_id, user_agent="test", address="127.0.0.1")
    transport = httpx2.ASGITransport(app=Starlette(routes=list(ROUTES)))
    async with httpx2.AsyncClient(
        transport=transport, base_url=get_settings().base_url, cookies={cookie_name(): token}
    ) as client:
        yield client


async def phases_job(user_id: UUID, name: str = "Garden") -> UUID:
    async with user_session(user_id) as session:
        return await add_job(session, user_id, GeneratePhases(project_id=uuid4(), project_name=name))


async def end(job_id: UUID, status: str, message: str | None = None) -> None:
    """As a worker would."""
    change = sa.text("UPDATE queue_jobs SET status = CAST(:status AS queue_status), error_message = :m WHERE id = :id")
    async with queue_session() as session:
        await session.execute(change, {"status": "processing", "id": job_id, "m": None})
        await session.execute(change, {"status": status, "id": job_id, "m": message})


async def test_a_job_is_told_as_the_design_says(browser: httpx2.AsyncClient, user_id: UUID) -> None:
    job_id = await phases_job(user_id)

    answer = await browser.get(f"{JOBS}/{job_id}")

    job = answer.json()
    assert (answer.status_code, set(job)) == (200, SHAPE)
    assert (job["status"], job["progress"], job["result"], job["error"]) == ("pending", {}, None, None)
    assert job["href"].startswith("/projects/")
    assert (await browser.get(f"{JOBS}/generate_phases_{job_id}")).json() == job


async def test_the_list_is_filtered_and_paged(browser: httpx2.AsyncClient, user_id: UUID) -> None:
    ids = [str(await phases_job(user_id, f"P{number}")) for number in range(3)]
    await end(UUID(ids[0]), "failed", "no")

    async def listed(**filters: Any) -> list[str]:
        return [job["id"] for job in (await browser.get(JOBS, params=filters)).json()["jobs"]]

    assert await listed() == ids[::-1]
    assert await listed(status="failed") == ids[:1]
    assert await listed(type="send_sms") == []
    first = (await browser.get(JOBS, params={"limit": 2})).json()
    assert await listed(limit=2, before=first["next"]) == ids[:1]
    assert (await browser.get(JOBS, params={"limit": 2, "before": first["next"]})).json()["next"] is None


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 101}, {"status": "odd"}, {"before": "x"}, {"user_id": "x"}])
async def test_odd_filters_are_refused(browser: httpx2.AsyncClient, wrong: dict[str, Any]) -> None:
    answer = await browser.get(JOBS, params=wrong)

    assert (answer.status_code, next(iter(wrong)) in answer.json()["error"]) == (400, True)


async def test_cancel_and_retry(browser: httpx2.AsyncClient, user_id: UUID) -> None:
    job_id = await phases_job(user_id)
    assert (await browser.post(f"{JOBS}/{job_id}/retry")).status_code == 409

    assert (await browser.delete(f"{JOBS}/{job_id}")).json() == {"outcome": "cancelled"}

    again = await browser.delete(f"{JOBS}/{job_id}")
    assert (again.status_code, again.json()["error"]) == (409, "This job is cancelled already; nothing was changed.")
    retried = await browser.post(f"{JOBS}/{job_id}/retry")
    assert (retried.status_code, retried.json()["status"]) == (201, "pending")
    assert retried.json()["id"] != str(job_id)


async def test_a_failure_is_told_in_plain_words(browser: httpx2.AsyncClient, user_id: UUID) -> None:
    job_id = await phases_job(user_id)
    await end(job_id, "failed", "stalled: the worker was lost")

    error = (await browser.get(f"{JOBS}/{job_id}")).json()["error"]

    assert "stalled" not in error
    assert "retry it" in error


async def test_others_jobs_do_not_exist(browser: httpx2.AsyncClient, user_id: UUID, other_user_id: UUID) -> None:
    theirs = await phases_job(other_user_id)

    answers = [
        await browser.get(f"{JOBS}/{theirs}"),
        await browser.get(f"{JOBS}/generate_phases_{theirs}"),
        await browser.delete(f"{JOBS}/{theirs}"),
        await browser.post(f"{JOBS}/{theirs}/retry"),
        await browser.get(f"{JOBS}/{uuid4()}"),
        await browser.get(f"{JOBS}/not-an-id"),
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(404, '{"error":"There is no such job."}')}
    assert (await browser.get(JOBS)).json()["jobs"] == []


async def test_nobody_and_other_sites_are_refused(browser: httpx2.AsyncClient, user_id: UUID) -> None:
    job_id = await phases_job(user_id)
    forged = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await browser.delete(f"{JOBS}/{job_id}", headers=forged)).status_code == 401
    assert (await browser.post(f"{JOBS}/{job_id}/retry", headers=forged)).status_code == 401
    browser.cookies.clear()

    for method, path in (("GET", JOBS), ("GET", f"{JOBS}/{job_id}"), ("DELETE", f"{JOBS}/{job_id}")):
        assert (await browser.request(method, path)).status_code == 401


async def test_a_personal_token_is_enough(browser: httpx2.AsyncClient, user_id: UUID) -> None:
    job_id = await phases_job(user_id)
    async with user_session(user_id) as session:
        token = await make_token(session, user_id, "script")
    browser.cookies.clear()

    answer = await browser.get(f"{JOBS}/{job_id}", headers={"authorization": f"Bearer {token}"})

    assert answer.json()["id"] == str(job_id)
