"""Figures and technical names in the words of people."""

import re

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_PURPOSES = {
    "analyse_dump": "Finding out what a dump is about",
    "extract_context": "Reading a dump for projects",
    "extract_tasks": "Reading a dump for tasks",
    "organise_phases": "Planning phases",
    "plan_phases": "Planning phases",
    "say_ready": "Testing the engine",
    "write_brief": "Writing a brief",
}


def dollars(micros: int) -> str:
    """Millionths of a dollar as money: "$0.00", "under $0.01", "$12.34"."""
    if 0 < micros < 10_000:
        return "under $0.01"
    return f"${micros / 1_000_000:,.2f}"


def device_words(user_agent: str) -> str:
    """The browser and the system that a User-Agent header names: "Firefox on Linux"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or (user_agent[:60] if user_agent.isprintable() and user_agent else "Unknown browser")


def purpose_words(purpose: str) -> str:
    """What a call of the language model was for: the log's `extract_tasks` is "Reading a dump for tasks"."""
    return _PURPOSES.get(purpose) or re.sub("_+", " ", purpose).strip().capitalize()


def seconds_words(seconds: float) -> str:
    """A short stretch of time: "80 ms", "4.2 s", "3 min", "2 h", "5 days"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds:.0f} s"


def size_words(count: int) -> str:
    """How big a file is: "3 kB", "1.2 MB"."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} kB"
