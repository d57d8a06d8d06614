"""What mail leads back to: ending it by one click, and counting that it was opened."""

from base64 import b64decode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from buildos_app.api.requests import LARGEST_BODY
from buildos_app.briefs.email import count_opening
from buildos_app.briefs.preferences import set_email
from buildos_app.db.session import public_session, service_session
from buildos_app.mail.identity import unsubscriber
from buildos_app.mail.render import render_html

PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


async def unsubscribe(request: Request) -> Response:
    """GET asks, because scanners open links; POST does it, without a sign-in (RFC 8058)."""
    token = request.path_params["token"]
    user_id = unsubscriber(token)
    if user_id is None:
        return _page("This link is not complete", "Open it from the mail again, or turn mail off in the settings.", 404)
    if request.method != "POST":
        return _page("No more briefs by e-mail?", "They stay in the app.", action=token)
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        return PlainTextResponse("That is too long.", 413)
    async with service_session("unsubscribe from brief mail", user_id=user_id) as session:
        await set_email(session, user_id, wanted=False)
    return _page("No more briefs come by e-mail", "You can turn them on again in the settings.")


async def opened(request: Request) -> Response:
    """One pixel, always the same and never kept, whatever the id is."""
    try:
        tracking_id = UUID(request.path_params["tracking_id"])
    except ValueError:
        tracking_id = None
    if tracking_id is not None and request.method == "GET":
        async with public_session() as session:
            await count_opening(session, tracking_id)
    return Response(PIXEL, media_type="image/gif", headers={"cache-control": "no-store"})


def _page(title: str, what: str, status: int = 200, *, action: str = "") -> Response:
    return HTMLResponse(
        render_html("unsubscribe", subject=title, base_url="/", title=title, what=what, action=action), status
    )
