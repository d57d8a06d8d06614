"""The error log holds what an administrator needs, and nothing that somebody could steal."""

import pytest

from buildos_app.monitoring.errors import redacted


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("refused sk-proj-abcdefgh12345678", "refused", "abcdefgh"),
        ("postgresql://me:hunter22@db.example/x", "postgresql://me:", "hunter22"),
        ("password=correct-horse failed", "failed", "correct-horse"),
        ("Authorization: Bearer eyJhbGciOi.x.y", "[redacted]", "eyJhbGciOi"),
        ("no such user mira@example.org", "no such user", "mira@"),
        ("could not text +49 171 5551234", "could not text", "5551234"),
        ("api_key: 'abcd1234efgh'", "api_key", "abcd1234"),
    ],
)
def test_secrets_are_taken_out(text: str, kept: str, gone: str) -> None:
    assert kept in redacted(text)
    assert gone not in redacted(text)


def test_plain_words_stay() -> None:
    text = "The language model is busy (429). Asked 3 times in 12 s for project 01a209ef-7279-723d-a249-ba3d6f647f0b."

    assert redacted(text) == text


def test_a_long_message_is_cut_and_takes_no_time() -> None:
    assert len(redacted("password " * 100_000)) == 2000
    assert len(redacted("a" * 1_000_000 + "@")) == 2000
