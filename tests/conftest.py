pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.jobs",
    "tests.fixtures.processes",
    "tests.fixtures.tabs",
]
