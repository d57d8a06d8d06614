"""The short form of `make chaos`: each fault once or twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from buildos_app.settings import get_settings
from tests.chaos.marks import KILLED_AT
from tests.chaos.run import Chaos, everything


@pytest.fixture
def chaos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str) -> Iterator[Chaos]:
    """A server of its own, so that no other test meets these faults."""
    monkeypatch.setenv("DATABASE_URL", "")
    yield Chaos(tmp_path, seed=11)
    get_settings.cache_clear()


def test_no_fault_loses_or_doubles_an_effect(chaos: Chaos, record_property: Any) -> None:
    with chaos:
        everything(chaos, len(KILLED_AT))

        lost, doubled = chaos.settle()
    for name, count in {"faults": chaos.faults, "lost": lost, "doubled": doubled}.items():
        record_property(name, count)
    assert (lost, doubled) == (0, 0)
    assert chaos.faults > len(KILLED_AT)
