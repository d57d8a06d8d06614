"""Google's OAuth 2.0 for web servers: the consent page, codes with PKCE, refreshing, revoking, who it is."""

import hashlib
import secrets
from base64 import b64decode, urlsafe_b64encode
from datetime import timedelta
from html import escape
from urllib.parse import unquote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from buildos_app.sandbox.google.furnish import furnish
from buildos_app.sandbox.google.look import page
from buildos_app.sandbox.google.world import Code, World
from buildos_app.settings import get_settings

CLIENT_ID, CLIENT_SECRET = "sandbox-client", "sandbox-secret"
CALLBACK = "/api/calendar/callback"
CODE_LIFETIME = timedelta(minutes=10)


def oauth_routes(world: World) -> list[Route]:
    """Every route of signing in."""

    async def consent(request: Request) -> Response:
        """GET asks the person; POST is their answer."""
        asked = {**request.query_params}
        if problem := _refused(asked):
            return HTMLResponse(page("Access blocked", f"<p>Error 400: {escape(problem)}</p>"), 400)
        if request.method == "GET":
            return HTMLResponse(page("Sign in with Google (sandbox)", _form(asked)))
        form = await request.form()
        back = {"state": asked["state"]} if "state" in asked else {}
        if form.get("answer") != "allow":
            return _back(asked, {**back, "error": "access_denied"})
        return _back(asked, {**back, "code": _code(world, asked, str(form.get("email", ""))), "scope": asked["scope"]})

    async def token(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        world.calls.append({"call": f"token.{form.get('grant_type', '')}"})
        if fault := world.next_fault("token"):
            return _error(fault.reason, "The sandbox was told to refuse.", fault.status)
        if _client(request, form) != (CLIENT_ID, CLIENT_SECRET):
            return _error("invalid_client", "The OAuth client was not found.", 401)
        if form.get("grant_type") == "refresh_token":
            return _refresh(world, form)
        return _exchange(world, form)

    async def revoke(request: Request) -> Response:
        given = str((await request.form()).get("token", "")) or request.query_params.get("token", "")
        owner = world.refresh_tokens.get(given) or world.access_tokens.get(given)
        world.calls.append({"call": "revoke"})
        if owner is None:
            return _error("invalid_token", "Token expired or revoked")
        world.revoke(owner[0])
        return JSONResponse({})

    async def who(request: Request) -> Response:
        _, _, given = request.headers.get("authorization", "").partition(" ")
        email, expires_at, _scope = world.access_tokens.get(given, ("", world.now(), ""))
        if not email or expires_at <= world.now():
            return JSONResponse({"error": {"code": 401, "message": "Invalid Credentials"}}, 401)
        return JSONResponse({"id": _subject(email), "sub": _subject(email), "email": email, "verified_email": True})

    return [
        Route("/o/oauth2/v2/auth", consent, methods=["GET", "POST"]),
        Route("/token", token, methods=["POST"]),
        Route("/revoke", revoke, methods=["POST"]),
        Route("/oauth2/v2/userinfo", who),
        Route("/oauth2/v3/userinfo", who),
    ]


def _refused(asked: dict[str, str]) -> str:
    if asked.get("client_id") != CLIENT_ID:
        return "invalid_client"
    if not _is_registered(asked.get("redirect_uri", "")):
        return "redirect_uri_mismatch"
    if asked.get("response_type") != "code" or not asked.get("scope"):
        return "invalid_request"
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        return "invalid_request: code_challenge_method"
    return ""


def _is_registered(redirect_uri: str) -> bool:
    """The one address of this installation, or the same path on this machine."""
    parts = urlsplit(redirect_uri)
    ours = redirect_uri == get_settings().base_url + CALLBACK
    return ours or (parts.hostname in ("localhost", "127.0.0.1") and parts.path == CALLBACK and not parts.query)


def _code(world: World, asked: dict[str, str], email: str) -> str:
    email = email.strip().lower() or "you@gmail.example"
    if email not in world.accounts:
        furnish(world, email)
    code = "4/" + secrets.token_urlsafe(32)
    world.codes[code] = Code(
        email=email,
        client_id=asked["client_id"],
        redirect_uri=asked["redirect_uri"],
        challenge=asked.get("code_challenge", ""),
        scope=asked["scope"],
        offline=asked.get("access_type") == "offline",
        expires_at=world.now() + CODE_LIFETIME,
    )
    return code


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """The client's id and secret: by HTTP Basic, or in the form."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    client_id, _, secret = b64decode(value).decode().partition(":")
    return unquote(client_id), unquote(secret)


def _exchange(world: World, form: dict[str, str]) -> Response:
    code = world.codes.pop(form.get("code", ""), None)
    if code is None or code.expires_at <= world.now():
        return _error("invalid_grant", "Malformed auth code.")
    if code.redirect_uri != form.get("redirect_uri"):
        return _error("redirect_uri_mismatch", "Bad Request")
    if code.challenge and code.challenge != _challenge(form.get("code_verifier", "")):
        return _error("invalid_grant", "Invalid code verifier.")
    answer = _tokens(world, code.email, code.scope)
    if code.offline:
        refresh_token = "1//" + secrets.token_urlsafe(32)
        world.refresh_tokens[refresh_token] = (code.email, code.scope)
        answer["refresh_token"] = refresh_token
    return JSONResponse(answer)


def _refresh(world: World, form: dict[str, str]) -> Response:
    known = world.refresh_tokens.get(form.get("refresh_token", ""))
    if known is None:
        return _error("invalid_grant", "Token has been expired or revoked.")
    return JSONResponse(_tokens(world, *known))


def _tokens(world: World, email: str, scope: str) -> dict[str, object]:
    token = world.issue(email, scope)
    return {"access_token": token, "expires_in": world.token_seconds - 1, "scope": scope, "token_type": "Bearer"}


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _subject(email: str) -> str:
    return str(int(hashlib.sha256(email.encode()).hexdigest()[:16], 16))


def _error(error: str, description: str, status: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)


def _back(asked: dict[str, str], answer: dict[str, str]) -> Response:
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)


def _form(asked: dict[str, str]) -> str:
    return (
        "<p>This is the sandbox that comes with BuildOS, not Google. Choose any address: its calendar is made up.</p>"
        "<form method=post><label>Account <input name=email type=email required "
        f"value='{escape(asked.get('login_hint') or 'you@gmail.example')}'></label>"
        "<p><b>BuildOS</b> wants to see, edit, share and permanently delete all the calendars you can access.</p>"
        "<p><button name=answer value=allow>Allow</button> "
        "<button name=answer value=deny formnovalidate>Deny</button></p></form>"
    )
