"""Every page can be drawn: what Reflex refuses shows here in a second, not in a build."""

import pytest

from buildos_app.buildos_app import app


@pytest.mark.parametrize("route", sorted(app._unevaluated_pages))
def test_a_page_can_be_drawn(route: str) -> None:
    component = app._unevaluated_pages[route].component

    assert (component() if callable(component) else component).render()
