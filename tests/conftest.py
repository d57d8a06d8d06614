import os

from hypothesis import settings

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.jobs",
    "tests.fixtures.processes",
    "tests.fixtures.tabs",
]
collect_ignore = [] if "TEST_POOLER_URL" in os.environ else ["pooler"]

settings.register_profile("buildos", deadline=None)  # a busy machine is slow, and that is no failure
settings.load_profile("buildos")
