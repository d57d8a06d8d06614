"""The place of an event and the address of its meeting, as reminders by text say them."""

from typing import Any

import pytest

from buildos_app.calendar.meetings import meeting_of, place_of

TEAMS = "https://teams.microsoft.com/l/meetup-join/x"
VIDEO = {"entryPointType": "video", "uri": "https://video.example/1"}


@pytest.mark.parametrize(
    ("event", "place", "meeting"),
    [
        ({}, "", ""),
        (
            {"location": " Room  4 ", "hangoutLink": "https://meet.google.com/a-b"},
            "Room 4",
            "https://meet.google.com/a-b",
        ),
        ({"location": "https://us02web.zoom.us/j/1?pwd=2"}, "", "https://us02web.zoom.us/j/1?pwd=2"),
        ({"description": '<a href="https://teams.microsoft.com/l/meetup-join/x">Join</a>'}, "", TEAMS),
        ({"description": "Slides: https://example.org/zoom.us/j/1, and http://zoom.us/j/1"}, "", ""),
        (
            {"conferenceData": {"entryPoints": [{"entryPointType": "phone", "uri": "tel:+1"}, VIDEO]}},
            "",
            "https://video.example/1",
        ),
    ],
)
def test_where_an_event_is(event: dict[str, Any], place: str, meeting: str) -> None:
    assert (place_of(event), meeting_of(event)) == (place, meeting)
