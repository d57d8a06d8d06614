"""A brief as a file."""

from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from buildos_app.api.requests import person_of
from buildos_app.briefs.queries import get_brief
from buildos_app.db.session import user_session


async def download(request: Request) -> Response:
    """The brief of a day as Markdown, to its person."""
    user_id = await person_of(request)
    if user_id is None:
        return JSONResponse({"error": "Sign in first."}, 401)
    try:
        day = date.fromisoformat(request.path_params["brief_date"])
    except ValueError:
        return JSONResponse({"error": "There is no such brief."}, 404)
    async with user_session(user_id) as session:
        brief = await get_brief(session, day)
    if brief is None or brief.completed_at is None:
        return JSONResponse({"error": "There is no such brief."}, 404)
    headers = {"content-disposition": f'attachment; filename="brief-{day}.md"', "cache-control": "no-store"}
    return Response(brief.markdown, media_type="text/markdown; charset=utf-8", headers=headers)
