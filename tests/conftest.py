pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.queue",
    "tests.fixtures.sandbox",
    "tests.fixtures.tabs",
]
