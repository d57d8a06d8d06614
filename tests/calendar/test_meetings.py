"""The place of an event and the address of its meeting, as reminders by text say them."""

from typing import Any

import pytest

from buildos_app.calendar.meetings import meeting_of, place_of

TEAMS = "https://teams.microsoft.com/l/meetup-join/x"
WEBEX = "https://acme.webex.com/meet/ana"
PHONE = {"entryPointType": "phone", "uri": "tel:+1"}


def conference(address: str) -> dict[str, Any]:
    return {"conferenceData": {"entryPoints": [PHONE, {"entryPointType": "video", "uri": address}]}}


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
        (conference(WEBEX), "", WEBEX),
    ],
)
def test_where_an_event_is(event: dict[str, Any], place: str, meeting: str) -> None:
    assert (place_of(event), meeting_of(event)) == (place, meeting)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil-zoom.us/j/1",
        "https://zoom.us.evil.example/j/1",
        "https://evil.example/zoom.us/j/1",
        "https://zoom.us@evil.example/j/1",
        "https://zoom.us/phish",
        "https://meet.google.com.evil.example/a",
        "https://meet.google.com@evil.example/a",
        "https://evil-meet.google.com/a",
        "https://teams.microsoft.com.evil.example/meet/1",
        "https://evilteams.microsoft.com/meet/1",
        "https://webex.com@evil.example/",
        "https://evil-webex.com/meet/1",
        "http://zoom.us/j/1",
        "https://video.example/1",
    ],
)
def test_the_address_of_a_stranger_is_no_meeting(address: str) -> None:
    for event in ({"hangoutLink": address}, conference(address), {"location": address}, {"description": address}):
        assert meeting_of(event) == "", event
