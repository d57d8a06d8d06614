import os

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.jobs",
    "tests.fixtures.processes",
    "tests.fixtures.tabs",
]
collect_ignore = [] if "TEST_POOLER_URL" in os.environ else ["pooler"]
