"""How Twilio's SDK reaches Twilio: over our own HTTP client, at another address where the settings say so."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx2
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from buildos_app.errors import ServiceUnavailable

_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
MOST_SECONDS_TO_WAIT = 6 * 3600.0


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """The SDK's HTTP client. Whatever is worth another try leaves it as ServiceUnavailable; nothing is logged.

    A request has ended after `seconds` in all: what was not accepted by then never will be.
    """

    def __init__(self, client: httpx2.AsyncClient, base_url: str, seconds: float) -> None:
        self._client = client
        self._base_url = base_url
        self._seconds = seconds
        self.is_async = True

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature
        allow_redirects: bool = False,
    ) -> Response:
        """Called by the SDK."""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._client.request(
                    method, self._address(uri), params=params, data=data, headers=headers, auth=auth
                )
        except _UNSENT as error:
            raise ServiceUnavailable("Twilio cannot be reached.") from error
        except (httpx2.TimeoutException, TimeoutError) as error:
            raise ServiceUnavailable("Twilio took too long to answer.", kind="timeout", perhaps_done=True) from error
        except httpx2.HTTPError as error:
            raise ServiceUnavailable("The connection to Twilio broke.", perhaps_done=True) from error
        if answer.status_code == 429 and _code(answer) not in _FOR_THE_PERSON:
            raise ServiceUnavailable(
                "Twilio asks us to slow down.",
                retry_after=_retry_after(answer),
                kind="rate_limited",
                code=_code(answer) or _TOO_MANY,
            )
        if answer.status_code >= 500 or answer.status_code == 408:
            words = f"Twilio is not ready ({answer.status_code})."
            raise ServiceUnavailable(words, retry_after=_retry_after(answer), code=_code(answer), perhaps_done=True)
        return Response(answer.status_code, answer.text, answer.headers)

    def _address(self, uri: str) -> str:
        if not self._base_url:
            return uri
        parts = urlsplit(uri)
        return f"{self._base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")


_TOO_MANY = 20429
_FOR_THE_PERSON = (60202, 60203, 60207, 60212)
"""Limits of Verify for one number: trying again in the background would not help anybody."""


def _code(answer: httpx2.Response) -> int | None:
    try:
        code = json.loads(answer.text).get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) else None


def _retry_after(answer: httpx2.Response) -> float | None:
    """The seconds of Retry-After, if it says some."""
    value = answer.headers.get("retry-after", "")
    return min(float(value), MOST_SECONDS_TO_WAIT) if value.isascii() and value.isdecimal() else None
