"""How a process writes its log: one record cannot look like two, holds no secret, and cannot fill the disk."""

import logging
import sys
import time
from collections import Counter

from buildos_app.monitoring.errors import redacted

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LONGEST_RECORD = 8_000
MOST_PER_MINUTE = 120
"""Records of one logger; what anybody on the network can set off is cut off there."""
_OURS = ("buildos_app", "worker")
_WITH_HANDLERS = ("engineio.server", "socketio.server")
"""They bring handlers of their own, which would write what they are sent as it is."""


def set_up_logging() -> None:
    """Let this process write to standard error, ours from INFO and everything else from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneRecord(FORMAT))
    handler.addFilter(NoFlood())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    for name in _WITH_HANDLERS:
        logging.getLogger(name).handlers.clear()


class OneRecord(logging.Formatter):
    """Escapes what a terminal would obey, and indents every line but the first: no text can begin a record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record without secrets; of a very long one its two ends."""
        text = redacted(super().format(record), longest=sys.maxsize)
        if len(text) > LONGEST_RECORD:
            text = f"{text[: LONGEST_RECORD // 2]} … {text[-LONGEST_RECORD // 2 :]}"
        first, *more = text.split("\n")
        return "\n".join([_visible(first), *("    " + _visible(line) for line in more)])


class NoFlood(logging.Filter):
    """Lets through so many records of a logger a minute, and says once that it holds back the rest. Errors of ours, and
    what workers say, which strangers do not reach, have no limit."""

    def __init__(self) -> None:
        super().__init__()
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Is this record written?"""
        if record.name.startswith("worker") or (record.name.startswith(_OURS) and record.levelno >= logging.ERROR):
            return True
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        self._counts[record.name] += 1
        if self._counts[record.name] == MOST_PER_MINUTE:
            record.msg, record.args, record.exc_info = "more of these than are written in a minute", (), None
        return self._counts[record.name] <= MOST_PER_MINUTE


def _visible(line: str) -> str:
    return "".join(each if each.isprintable() or each == "\t" else repr(each)[1:-1] for each in line)
