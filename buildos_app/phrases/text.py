"""Texts that somebody else wrote, made fit for a column and a page."""


def clean(text: str, length: int) -> str:
    """One line that any column and any page takes: no control characters, no half of a character."""
    whole = text.encode("utf-8", "replace").decode()
    return " ".join("".join(letter if letter.isprintable() else " " for letter in whole).split())[:length].strip()
