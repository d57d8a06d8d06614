"""What every route needs to know of a request: where it came from, and whether a page of ours sent it."""

from starlette.requests import Request

from buildos_app.settings import get_settings

LARGEST_BODY = 64 * 1024


def client_address(request: Request) -> str:
    """The address of the browser, or of the proxy in front of us, which counts its own people."""
    return request.client.host if request.client else ""


def is_same_origin(request: Request) -> bool:
    """Did a page of ours send this? Browsers say so themselves; other programs that send no cookie do not matter."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site:
        return fetch_site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin == get_settings().base_url


def safe_path(path: str) -> str:
    """An internal path to go on to: one leading slash and nothing that a browser reads as another host."""
    plain = path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"
