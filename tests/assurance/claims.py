"""The claims of `claims.txt`, as values."""

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("claims.txt")


@dataclass(frozen=True)
class Claim:
    """Something that is claimed, under the items of its section, and the tests that show it; none where it is open."""

    section: str
    items: tuple[str, ...]
    words: str
    tests: tuple[str, ...]


def read_claims() -> list[Claim]:
    """Every claim, in the order of the file. Raises ValueError for a line that is none."""
    found, section = [], ""
    for line in FILE.read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line and not line.startswith("#"):
            items, words, tests = map(str.strip, line.split(" | "))
            shown_by = () if tests == "open" else tuple(tests.split())
            found.append(Claim(section, tuple(map(str.strip, items.split(","))), words, shown_by))
    return found
