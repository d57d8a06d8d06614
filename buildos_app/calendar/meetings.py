"""Where one has to be for an event: its place, and the address of its video meeting."""

import re

from buildos_app.calendar_port import Event

LONGEST_PLACE, LONGEST_ADDRESS = 200, 300
_ADDRESS = re.compile(r"https://[^\s<>\"'\0]+")
_MEETING = re.compile(
    r"https://(?:meet\.google\.com/|(?:[\w-]+\.)*zoom\.us/(?:j|my|w)/|(?:[\w-]+\.)+webex\.com/"
    r"|teams\.(?:microsoft|live)\.com/(?:l/meetup-join|meet)/)",
    re.ASCII,
)
"""Meetings of these hosts only: whoever invites a person writes all that an event says, and its address goes out in a
text that comes from us."""


def place_of(event: Event) -> str:
    """The place in words; empty where it is no place but an address of the web."""
    place = " ".join(str(event.get("location") or "").replace("\0", "").split())
    return "" if _ADDRESS.search(place) else place[:LONGEST_PLACE]


def meeting_of(event: Event) -> str:
    """The address of a video meeting at Meet, Zoom, Teams or Webex: the calendar's own, else the first in its words."""
    own = [str(event.get("hangoutLink") or "")]
    conference = event.get("conferenceData")
    for entry in (conference.get("entryPoints") or []) if isinstance(conference, dict) else []:
        own += [str(entry.get("uri") or "")] if entry.get("entryPointType") == "video" else []
    written = _ADDRESS.findall(f"{event.get('location') or ''} {event.get('description') or ''}")
    found = [each for each in (*own, *(address.rstrip(".,;:)") for address in written)) if _MEETING.match(each)]
    return next((each for each in found if _ADDRESS.fullmatch(each) and len(each) <= LONGEST_ADDRESS), "")
