"""What every route needs to know of a request: where it came from, and whether a page of ours sent it."""

from ipaddress import IPv6Address, ip_address
from uuid import UUID

from starlette.requests import Request

from buildos_app.accounts.sessions import cookie_name, hash_token, resolve_session
from buildos_app.accounts.tokens import resolve_token
from buildos_app.settings import get_settings

LARGEST_BODY = 64 * 1024
_IPV6_NETWORK = 64
_READING = ("GET", "HEAD", "OPTIONS")


def client_address(request: Request) -> str:
    """The address of the browser: who is connected, or whom a proxy of TRUSTED_PROXIES names."""
    return request.client.host if request.client else ""


def network_of(address: str) -> str:
    """What limits count by: an IPv4 address, or the network of an IPv6 address, which one household has whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> _IPV6_NETWORK << _IPV6_NETWORK))


def is_same_origin(request: Request) -> bool:
    """Did a page of ours send this? Browsers say so themselves; other programs that send no cookie do not matter."""
    fetch_site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    return fetch_site in (None, "same-origin", "none") and origin in (None, get_settings().base_url)


def safe_path(path: str) -> str:
    """An internal path to go on to: one leading slash and nothing that a browser reads as another host."""
    plain = path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


async def person_of(request: Request) -> UUID | None:
    """Who asks: the person of a personal token (`Authorization: Bearer ...`), else of the session cookie, else None.

    A token that is wrong is not made up for by a cookie. A cookie does not count for a request that changes something
    and that another site sent, so that every route which asks here is safe from forged requests.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await resolve_token(token.strip())
    if request.method not in _READING and not is_same_origin(request):
        return None
    found = await session_of(request)
    return found[0] if found else None


async def session_of(request: Request) -> tuple[UUID, bytes] | None:
    """Who the browser is signed in as, and the hash of that session; personal tokens do not count."""
    cookie = request.cookies.get(cookie_name())
    if not cookie:
        return None
    user_id = await resolve_session(hash_token(cookie))
    return (user_id, hash_token(cookie)) if user_id else None
