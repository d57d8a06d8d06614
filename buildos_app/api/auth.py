"""Sign up, sign in, sign out: plain routes and full page loads, because a cookie is fixed when the socket opens."""

import logging
from collections.abc import Awaitable, Callable

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from buildos_app.accounts import accounts, mail
from buildos_app.accounts.sessions import LIFETIME, close_session, cookie_name, open_session
from buildos_app.api.requests import LARGEST_BODY, client_address, is_same_origin, network_of, safe_path
from buildos_app.errors import Busy, NotPermitted, UserError
from buildos_app.settings import get_settings

logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


def from_our_pages(handler: Handler) -> Handler:
    """Refuse forms that another site sent, and bodies that no form of ours has."""

    async def guarded(request: Request) -> Response:
        if not is_same_origin(request):
            return JSONResponse({"error": "This form was sent from another site."}, 403)
        length = request.headers.get("content-length", "")
        if not length.isdecimal():  # browsers always say it; without it a body could go on for ever
            return JSONResponse({"error": "The length of the form is missing."}, 411)
        if int(length) > LARGEST_BODY:
            return JSONResponse({"error": "That is too long."}, 413)
        return await handler(request)

    return guarded


@from_our_pages
async def sign_up(request: Request) -> Response:
    """Make an account and sign in with it."""
    form = await request.form()
    try:
        if not get_settings().allow_signup:
            raise NotPermitted("New accounts are made by the administrator of this installation.")
        await accounts.count_try("sign up", _network(request), most=accounts.MOST_SIGN_UPS)
        user_id = await accounts.sign_up(
            email=str(form.get("email", "")),
            password=str(form.get("password", "")),
            name=str(form.get("name", "")),
            timezone=str(form.get("timezone", "")),
        )
    except UserError as error:
        return _refused(error)
    if get_settings().has_email or not get_settings().is_production:
        await mail.ask_for_confirmation(user_id)
    token = await open_session(
        user_id, user_agent=request.headers.get("user-agent", ""), address=client_address(request)
    )
    return _signed_in(request, token, "/")


@from_our_pages
async def sign_in(request: Request) -> Response:
    """Check the password and give this browser a new session."""
    form = await request.form()
    try:
        await accounts.count_try("sign in", _network(request), most=accounts.MOST_SIGN_INS)
        user_id = await accounts.sign_in(
            email=str(form.get("email", "")), password=str(form.get("password", "")), address=_network(request)
        )
    except UserError as error:
        logger.warning("refused a sign-in from %s: %s", client_address(request), type(error).__name__)
        return _refused(error)
    logger.info("signed in %s from %s", user_id, client_address(request))
    token = await open_session(
        user_id, user_agent=request.headers.get("user-agent", ""), address=client_address(request)
    )
    return _signed_in(request, token, safe_path(str(form.get("next", "/"))))


@from_our_pages
async def sign_out(request: Request) -> Response:
    """End this browser's session on the server, then forget the cookie."""
    if token := request.cookies.get(cookie_name()):
        await close_session(token)
    response = _go(request, "/sign-in")
    response.delete_cookie(cookie_name(), path="/", secure=get_settings().uses_tls, httponly=True, samesite="lax")
    response.headers["clear-site-data"] = '"storage"'
    return response


@from_our_pages
async def forgot_password(request: Request) -> Response:
    """Send a link for a new password. The answer, and its time, are the same whether there is such an account."""
    form = await request.form()
    address = str(form.get("email", ""))
    try:
        await accounts.count_try("reset", _network(request))
    except UserError as error:
        return _refused(error)
    said = {"said": "If there is an account with this address, a link is on its way. Look into your mailbox."}
    return JSONResponse(said, background=BackgroundTask(mail.ask_for_reset, address))


@from_our_pages
async def reset_password(request: Request) -> Response:
    """Use the link: the new password holds, and every browser signs in again."""
    form = await request.form()
    try:
        await accounts.count_try("token", _network(request))
        await mail.reset_password(str(form.get("token", "")), str(form.get("password", "")))
    except UserError as error:
        return _refused(error)
    return JSONResponse({"said": "Your new password is saved. Sign in with it below."})


@from_our_pages
async def confirm_address(request: Request) -> Response:
    """Use the link of a confirmation; whoever has it needs no sign-in."""
    form = await request.form()
    try:
        await accounts.count_try("token", _network(request))
        await mail.confirm_address(str(form.get("token", "")))
    except UserError as error:
        return _refused(error)
    return JSONResponse({"said": "Your address is confirmed. Thank you."})


def _network(request: Request) -> str:
    return network_of(client_address(request))


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _go(request: Request, path: str) -> Response:
    return JSONResponse({"go": path}) if _wants_json(request) else RedirectResponse(path, 303)


def _signed_in(request: Request, token: str, path: str) -> Response:
    response = _go(request, path)
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=get_settings().uses_tls,
        httponly=True,
        samesite="lax",
    )
    return response


def _refused(error: UserError) -> Response:
    if isinstance(error, accounts.TooManyTries):
        return JSONResponse({"error": str(error)}, 429, {"retry-after": str(error.seconds)})
    if isinstance(error, Busy):
        return JSONResponse({"error": str(error)}, 503, {"retry-after": "5"})
    return JSONResponse({"error": str(error)}, 400)
