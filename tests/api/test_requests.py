"""Who a request comes from."""

from uuid import UUID

import pytest
from starlette.requests import Request

from buildos_app.accounts.sessions import open_session
from buildos_app.accounts.tokens import make_token
from buildos_app.api.requests import network_of, person_of
from buildos_app.db.session import user_session


def request(method: str = "GET", **headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "headers": named, "path": "/api/anything"})


@pytest.fixture
async def cookie(user_id: UUID) -> str:
    return "buildos_session=" + await open_session(user_id, user_agent="", address="")


async def test_a_cookie_names_its_person(user_id: UUID, cookie: str) -> None:
    assert await person_of(request(cookie=cookie)) == user_id
    assert await person_of(request(cookie=cookie + "x")) is None
    assert await person_of(request()) is None


async def test_a_token_names_its_person_and_wins_over_a_cookie(user_id: UUID, other_user_id: UUID, cookie: str) -> None:
    async with user_session(other_user_id) as session:
        token = await make_token(session, other_user_id, "Script")

    assert await person_of(request("POST", authorization=f"Bearer {token}")) == other_user_id
    assert await person_of(request(authorization=f"bearer {token}", cookie=cookie)) == other_user_id
    assert await person_of(request(authorization="Bearer bos_wrong", cookie=cookie)) is None


@pytest.mark.parametrize("headers", [{"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}])
async def test_another_site_changes_nothing_with_a_cookie(headers: dict[str, str], user_id: UUID, cookie: str) -> None:
    assert await person_of(request("POST", cookie=cookie, **headers)) is None
    assert await person_of(request("GET", cookie=cookie, **headers)) == user_id


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_our_pages_change_things_with_a_cookie(method: str, user_id: UUID, cookie: str) -> None:
    assert await person_of(request(method, cookie=cookie, sec_fetch_site="same-origin")) == user_id


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("no address", "no address"),
    ],
)
def test_limits_count_by_network(address: str, network: str) -> None:
    assert network_of(address) == network
