"""Words of others made fit for a column and a page, and counts in words."""


def clean(text: str, length: int) -> str:
    """One line that any column and any page takes: no control characters, no half of a character."""
    whole = text.encode("utf-8", "replace").decode()
    return " ".join("".join(letter if letter.isprintable() else " " for letter in whole).split())[:length].strip()


def counted(number: int, noun: str) -> str:
    """ "1 word", "2 words"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
