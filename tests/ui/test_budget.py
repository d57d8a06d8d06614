"""What a page may cost: as many queries in a large account as in a small one, and less than 100 kB of state."""

from typing import Any
from uuid import UUID

import pytest

from benchmarks.workspace import addresses, fill, open_page
from tests.fixtures.database import make_user

MOST_BYTES = 100_000


@pytest.fixture
async def accounts(database: str) -> dict[str, UUID]:
    """A small account and one that is larger than every page of a list."""
    sizes = {"small": (2, 12), "large": (120, 2_400)}
    made = {}
    for name, (projects, tasks) in sizes.items():
        made[name] = await make_user(f"{name}@example.org")
        await fill(made[name], projects=projects, tasks=tasks)
    return made


async def test_pages_cost_the_same_in_a_large_account(open_tab: Any, accounts: dict[str, UUID]) -> None:
    found: dict[str, dict[str, int]] = {}
    sizes = {}
    for name, user_id in accounts.items():
        for route, path in (await addresses(user_id)).items():
            figures = await open_page(open_tab, user_id, route, path)
            found.setdefault(route, {})[name] = figures.queries
            sizes[route] = figures.size

    assert {route: counts for route, counts in found.items() if counts["large"] > counts["small"]} == {}
    assert {route: size for route, size in sizes.items() if size > MOST_BYTES} == {}
