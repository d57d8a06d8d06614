"""Slugs: the readable part of a project's identity, unique per person (behaviour.md 1.4)."""

import re
import unicodedata
from collections.abc import Container

LONGEST = 60


def slugify(name: str) -> str:
    """Lower case, accents dropped, everything else but letters and digits a hyphen; never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "project"


def unique_slug(name: str, taken: Container[str]) -> str:
    """The slug of a name, with a number behind it where others of the person have it."""
    slug = slugify(name)
    candidate, number = slug, 1
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
