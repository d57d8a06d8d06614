"""How a text travels: in segments of GSM-7 or UCS-2 (3GPP TS 23.038), and how it is cut to a few of them."""

import re
import unicodedata

MOST_SEGMENTS = 2
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("\f^{}\\[~]|€")
"""Two septets each, which never stand in different segments."""
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "-"}
)
_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u20E3]")
_ELLIPSIS = "..."


def is_gsm(text: str) -> bool:
    """Does GSM-7 have every character of it?"""
    return all(character in _GSM or character in _GSM_ESCAPED for character in text)


def count_segments(text: str) -> int:
    """How many segments a text takes: 160 septets or 70 code units in one, 153 or 67 in each of several."""
    if not text:
        return 0
    if is_gsm(text):
        sizes, single, several = [2 if character in _GSM_ESCAPED else 1 for character in text], 160, 153
    else:
        sizes, single, several = [len(character.encode("utf-16-le")) // 2 for character in text], 70, 67
    if sum(sizes) <= single:
        return 1
    count, left = 1, several
    for size in sizes:
        if size > left:
            count, left = count + 1, several
        left -= size
    return count


def fit(text: str, most: int = MOST_SEGMENTS) -> str:
    """The text itself if it takes `most` segments or fewer, else as many of its words as fit, and three dots.

    A first word that is too long is cut where it must be.
    """
    if count_segments(text) <= most:
        return text
    ends = [match.start() for match in re.finditer(r"\s+", text)]
    for end in reversed(ends):
        if end and count_segments(text[:end] + _ELLIPSIS) <= most:
            return text[:end] + _ELLIPSIS
    end = len(text)
    while count_segments(text[:end] + _ELLIPSIS) > most:
        end -= 1
    return text[:end] + _ELLIPSIS


def tidy(text: str) -> str:
    """One line of plain text: quotes and dashes that GSM-7 knows, no Markdown marks, no control characters.

    Emoji go too, of which one alone halves the room, unless there is nothing else.
    """
    text = unicodedata.normalize("NFC", text).translate(_ALIKE)
    text = _EMOJI.sub("", text) if _EMOJI.sub("", text).strip() else text
    text = re.sub(r"[*_`#]{2,}|`|^#+ |^[*-] ", "", text, flags=re.MULTILINE)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
