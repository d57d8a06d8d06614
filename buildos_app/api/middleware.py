"""What wraps every request: headers, and the pages that only signed-in people get."""

import hashlib
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from buildos_app.accounts.sessions import hash_token, resolve_session, token_of
from buildos_app.settings import get_settings

NO_DOCUMENTS = ("/assets/", "/fonts/", "/js/")  # scripts, styles and fonts: no browser asks them for a policy
IMMUTABLE = "public, max-age=31536000, immutable"
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """The headers of security.md on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; add the headers when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-content-type-options"] = "nosniff"
                if not scope["path"].startswith(NO_DOCUMENTS):
                    headers.update(_fixed_headers())
                if scope["path"].startswith("/assets/") and message["status"] in (200, 304):
                    headers["cache-control"] = IMMUTABLE
                else:
                    headers.setdefault("cache-control", "no-store" if _is_private(scope["path"]) else "no-cache")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Pages:
    """Clean addresses for the built pages, and the way to the sign-in page for who is not signed in."""

    def __init__(
        self, app: ASGIApp, *, folder: Path, public: frozenset[str], sign_in: str, always: frozenset[str] = frozenset()
    ) -> None:
        self.app = app
        self.public = public
        self.always = always
        self.sign_in = sign_in
        built = (path.relative_to(folder) for path in folder.rglob("*.html") if path.name != "index.html")
        self.pages = {f"/{path.with_suffix('').as_posix()}" for path in built} - {"/404"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect who must sign in, or who has; hand `/today` to the file `today.html`."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not self._is_page(scope["path"]):
            await self.app(scope, receive, send)
            return
        token = token_of(Headers(scope=scope).get("cookie", ""))
        signed_in = bool(token) and await resolve_session(hash_token(token or "")) is not None
        if scope["path"] in self.public and signed_in:
            await RedirectResponse("/", 303)(scope, receive, send)
        elif scope["path"] not in self.public | self.always and not signed_in:
            back = "" if scope["path"] == "/" else "?" + urlencode({"next": scope["path"]})
            await RedirectResponse(self.sign_in + back, 303)(scope, receive, send)
        else:
            await self.app(self._as_file(scope), receive, send)

    def _is_page(self, path: str) -> bool:
        return path == "/" or path in self.pages or path.startswith(("/briefs/", "/dump/", "/projects/"))

    def _as_file(self, scope: Scope) -> Scope:
        if scope["path"] not in self.pages:
            return scope
        path = scope["path"] + ".html"
        return {**scope, "path": path, "raw_path": path.encode()}


def _is_private(path: str) -> bool:
    return path.startswith(("/api/", "/auth/"))


@cache
def _fixed_headers() -> dict[str, str]:
    settings = get_settings()
    headers = {
        "content-security-policy": content_security_policy(),
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if settings.uses_tls:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return headers


@cache
def content_security_policy() -> str:
    """Scripts from here only, plus the inline ones of the built pages by their hashes; nothing is evaluated."""
    scripts = " ".join(["'self'", *sorted(_inline_script_hashes())])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _inline_script_hashes() -> set[str]:
    return {_source_hash(script) for page in _built_pages() for script in _INLINE_SCRIPT.findall(page.read_bytes())}


def _built_pages() -> list[Path]:
    return list(pages_folder().rglob("*.html"))


def pages_folder() -> Path:
    """Where the built pages are."""
    return Path(__file__).resolve().parents[2] / ".web" / "build" / "client"


def _source_hash(script: bytes) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(script).digest()).decode()}'"
