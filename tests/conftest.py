pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.processes",
    "tests.fixtures.tabs",
]
