"""Google's OAuth 2.0 by google-auth-oauthlib and google-auth, with PKCE."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from buildos_app.calendar_port import CalendarClient, Grant
from buildos_app.clock import now
from buildos_app.errors import AccessRevoked, RequestRejected, ServiceUnavailable
from buildos_app.integrations.google.client import GoogleClient
from buildos_app.settings import Settings

SCOPES = ["openid", "https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/calendar"]
CALENDAR_SCOPE = SCOPES[-1]
TIMEOUT_SECONDS = 20
SHORTEST_LIFE = timedelta(minutes=5)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

os.environ.setdefault("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")  # Google answers with the scopes granted before as well


class Google:
    """The provider. `first_pause` is the first wait before a busy server is asked again, in seconds."""

    def __init__(self, settings: Settings, *, name: str = "Google", first_pause: float = 1.0) -> None:
        self.name = name
        self._settings = settings
        self._first_pause = first_pause
        self._is_local = urlsplit(settings.google_token_uri).hostname in _LOOPBACK
        if settings.google_token_uri.startswith("http://") and (self._is_local or not settings.is_production):
            os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")  # a stand-in without TLS

    @property
    def can_push_to_us(self) -> bool:
        """Google posts to public https addresses only, a stand-in on this machine also to this machine."""
        address = urlsplit(self._settings.base_url)
        return self._is_local or (address.scheme == "https" and address.hostname not in _LOOPBACK)

    def consent_url(self, state: str, verifier: str, redirect_uri: str, login_hint: str = "") -> str:
        """See CalendarProvider."""
        hint = {"login_hint": login_hint} if login_hint else {}
        url, _ = self._flow(verifier, redirect_uri).authorization_url(
            state=state, access_type="offline", prompt="consent", include_granted_scopes="true", **hint
        )
        return str(url)

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> Grant:
        """See CalendarProvider."""
        try:
            token = await asyncio.to_thread(_fetch, self._flow(verifier, redirect_uri), code)
        except (requests.RequestException, TransportError) as error:
            raise ServiceUnavailable("Google does not answer.") from error
        except OAuth2Error as error:
            raise RequestRejected(f"Google refused the sign-in: {error.error}.") from error
        return _grant(token)

    async def refresh(self, refresh_token: str) -> Grant:
        """See CalendarProvider."""
        credentials = Credentials(  # type: ignore[no-untyped-call]
            token=None,
            refresh_token=refresh_token,
            token_uri=self._settings.google_token_uri,
            client_id=self._settings.google_client_id,
            client_secret=self._settings.google_client_secret.get_secret_value(),
        )
        try:
            await asyncio.to_thread(_refresh, credentials)
        except RefreshError as error:
            if _says_gone(error):
                raise AccessRevoked("Google no longer lets BuildOS in.") from error
            raise ServiceUnavailable("Google gave no new access just now.") from error
        except (requests.RequestException, TransportError) as error:
            raise ServiceUnavailable("Google does not answer.") from error
        expires_at = credentials.expiry.replace(tzinfo=UTC) if credentials.expiry else now() + SHORTEST_LIFE
        scope = " ".join(credentials.granted_scopes or ())
        return Grant(str(credentials.token), _changed(credentials.refresh_token, refresh_token), expires_at, scope)

    async def revoke(self, token: str) -> None:
        """See CalendarProvider."""
        try:
            answer = await asyncio.to_thread(
                requests.post,
                self._revoke_uri,
                data={"token": token},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
            answer.close()
        except requests.RequestException as error:
            raise ServiceUnavailable("Google does not answer.") from error

    def client(self, access_token: str) -> CalendarClient:
        """See CalendarProvider."""
        return GoogleClient(access_token, self._settings.google_api_base_url, first_pause=self._first_pause)

    @property
    def _revoke_uri(self) -> str:
        """Beside the address of tokens: https://oauth2.googleapis.com/revoke."""
        parts = urlsplit(self._settings.google_token_uri)
        return urlunsplit(parts._replace(path=parts.path.removesuffix("/token") + "/revoke"))

    def _flow(self, verifier: str, redirect_uri: str) -> Flow:
        web = {
            "client_id": self._settings.google_client_id,
            "client_secret": self._settings.google_client_secret.get_secret_value(),
            "auth_uri": self._settings.google_auth_uri,
            "token_uri": self._settings.google_token_uri,
        }
        return Flow.from_client_config({"web": web}, SCOPES, redirect_uri=redirect_uri, code_verifier=verifier)


def _fetch(flow: Flow, code: str) -> dict[str, Any]:
    with flow.oauth2session:
        token: dict[str, Any] = flow.fetch_token(code=code, timeout=TIMEOUT_SECONDS)
    return token


def _refresh(credentials: Credentials) -> None:
    session = requests.Session()
    session.max_redirects = 0
    with session:
        credentials.refresh(Request(session))  # type: ignore[no-untyped-call]


def _says_gone(error: RefreshError) -> bool:
    details = error.args[1] if len(error.args) > 1 else {}
    said = details.get("error") if isinstance(details, dict) else ""
    return said in ("invalid_grant", "unauthorized_client")


def _changed(new: str | None, old: str) -> str:
    return new if new and new != old else ""


def _grant(token: dict[str, Any]) -> Grant:
    scopes = token.get("scope", "")
    scope = " ".join(scopes) if isinstance(scopes, list | tuple) else str(scopes)
    if scope and CALENDAR_SCOPE not in scope.split():
        raise RequestRejected("Google was not asked for the calendar. Connect again and leave its box ticked.")
    if "expires_at" in token:
        expires_at = datetime.fromtimestamp(float(token["expires_at"]), UTC)
    else:
        expires_at = now() + timedelta(seconds=float(token.get("expires_in", SHORTEST_LIFE.total_seconds())))
    return Grant(str(token["access_token"]), str(token.get("refresh_token") or ""), expires_at, scope)
