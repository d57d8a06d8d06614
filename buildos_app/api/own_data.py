"""An export to fetch, an archive to import: plain routes, because a file is no event."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from buildos_app.api.requests import person_of
from buildos_app.db.session import user_session
from buildos_app.errors import UserError
from buildos_app.models.data_file import DataFileKind
from buildos_app.own_data.archive import LARGEST_ARCHIVE, Archive
from buildos_app.own_data.files import read_file, save_file
from buildos_app.own_data.jobs import ImportData
from buildos_app.queue.client import add_job

_SIGN_IN = JSONResponse({"error": "Sign in first, or send a personal token."}, 401)


async def fetch_export(request: Request) -> Response:
    """`GET /api/export/{id}`: the person's own archive; 404 for anybody else's."""
    user_id = await person_of(request)
    if user_id is None:
        return _SIGN_IN
    try:
        async with user_session(user_id) as session:
            name, content = await read_file(session, UUID(request.path_params["file_id"]))
    except (UserError, ValueError) as error:
        return JSONResponse({"error": str(error) if isinstance(error, UserError) else "There is no such file."}, 404)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)


async def import_archive(request: Request) -> Response:
    """`POST /api/import` with the zip as the body: looks at it, keeps it, and adds the job that reads it."""
    user_id = await person_of(request)
    if user_id is None:
        return _SIGN_IN
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > LARGEST_ARCHIVE:
            return JSONResponse({"error": "This file is larger than any export of BuildOS."}, 413)
    try:
        counts = Archive(bytes(content)).manifest.counts
    except UserError as error:
        return JSONResponse({"error": str(error)}, 400)
    async with user_session(user_id) as session:
        file_id = await save_file(session, user_id, DataFileKind.IMPORT, "import.zip", bytes(content), counts)
        job_id = await add_job(session, user_id, ImportData(file_id=file_id))
    return JSONResponse({"go": "/settings/data", "job_id": str(job_id)}, 202)
