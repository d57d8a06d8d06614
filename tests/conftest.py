import os
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.jobs",
    "tests.fixtures.processes",
    "tests.fixtures.google",
    "tests.fixtures.tabs",
    "tests.fixtures.phone",
    "tests.fixtures.web",
]
collect_ignore = [] if "TEST_POOLER_URL" in os.environ else ["pooler"]

settings.register_profile("buildos", deadline=None)  # a busy machine is slow, and that is no failure
settings.load_profile("buildos")


class BrowserTestsTogether(LoadScopeScheduling):
    """With two test processes, one runs all browser tests, which share one product; the rest is dealt out by module.

    By hand, because xdist 3.8 writes its groups into a field that pytest 9.2 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", maxsplit=1)[0]
        alone = not module.startswith("tests/e2e/") or module == "tests/e2e/test_start.py"
        return module if alone else "tests/e2e"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BrowserTestsTogether:
    """Called by xdist, in the process that deals out."""
    return BrowserTestsTogether(config, log)
