"""The routes of one's own data: a file for its person alone, an archive that is looked at before it is taken."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx2
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Route

from buildos_app.accounts.tokens import make_token
from buildos_app.api import own_data
from buildos_app.db.session import queue_session, user_session
from buildos_app.models.data_file import DataFileKind
from buildos_app.own_data.archive import LARGEST_ARCHIVE
from buildos_app.own_data.files import save_file
from buildos_app.queue.client import register_job_types
from buildos_app.queue.queries import find_latest_job

ROUTES = [
    Route("/api/export/{file_id}", own_data.fetch_export),
    Route("/api/import", own_data.import_archive, methods=["POST"]),
]


@pytest_asyncio.fixture
async def client(database: str) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=Starlette(routes=ROUTES))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:3000") as client:
        yield client


async def bearer(user_id: UUID) -> dict[str, str]:
    async with user_session(user_id) as session:
        return {"authorization": "Bearer " + await make_token(session, user_id, "Test")}


def archive() -> bytes:
    manifest = {"product": "BuildOS", "format": 1, "user_id": str(uuid4()), "exported_at": "", "counts": {}}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("manifest.json", json.dumps(manifest))
        file.writestr("data/profile.json", "{}")
    return buffer.getvalue()


async def test_an_export_is_for_its_person(client: httpx2.AsyncClient, user_id: UUID, other_user_id: UUID) -> None:
    async with user_session(user_id) as session:
        file_id = await save_file(session, user_id, DataFileKind.EXPORT, "mine.zip", b"zip", {})
    url = f"/api/export/{file_id}"

    answer = await client.get(url, headers=await bearer(user_id))

    assert (answer.status_code, answer.content) == (200, b"zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="mine.zip"'
    assert (await client.get(url)).status_code == 401
    assert (await client.get(url, headers=await bearer(other_user_id))).status_code == 404
    assert (await client.get("/api/export/nonsense", headers=await bearer(user_id))).status_code == 404


async def test_an_archive_becomes_a_job(client: httpx2.AsyncClient, user_id: UUID) -> None:
    headers = await bearer(user_id)
    async with queue_session() as session:
        await register_job_types(session)
    assert (await client.post("/api/import", content=archive())).status_code == 401
    refused = await client.post("/api/import", content=b"no archive", headers=headers)
    assert (refused.status_code, "no export" in refused.json()["error"]) == (400, True)
    large = await client.post("/api/import", content=b"0" * (LARGEST_ARCHIVE + 1), headers=headers)
    assert large.status_code == 413

    answer = await client.post("/api/import", content=archive(), headers=headers)

    assert answer.status_code == 202
    async with user_session(user_id) as session:
        job = await find_latest_job(session, "import_data", {})
    assert job is not None
    assert str(job.id) == answer.json()["job_id"]
