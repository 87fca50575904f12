"""Logging: one line an event, as `key=value` pairs, on standard error.

`level` and `msg` come first, then `project` and `platform`, then the rest, so that a person reads
what happened before the details. Nothing here ever holds a prompt, an answer or a token above
DEBUG; `redact` is the net below that rule.
"""

import logging
import re
import sys
import time
from collections import deque
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
FIRST = ("level", "msg", "project", "platform")
_SECRET_KEY = re.compile(r"token|secret|password|api_?key|authorization|cookie", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"sk-[A-Za-z0-9_-]{8,}|Bearer\s+\S+|[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,}"
    r"|(?<=/webhooks/)\d+/[\w-]+|(?<=/interactions/)\d+/[\w-]+"
    r"|(?<=[?&]token=)[^&\s]+|(?<=[?&]code=)[^&\s]+",
)
_BARE = re.compile(r"[\w./:@#+,%~|*-]+", re.ASCII)

Event = MutableMapping[str, Any]


def redact(_: object, __: str, event: Event) -> Event:
    """Blank out what looks like a secret, by the name of the field or by its form."""
    for key, value in event.items():
        if isinstance(value, str):
            if _SECRET_KEY.search(key):
                event[key] = "***"
            elif _SECRET_VALUE.search(value):
                event[key] = _SECRET_VALUE.sub("***", value)
    return event


def _names(_: object, name: str, event: Event) -> Event:
    level = {"warn": "WARNING", "exception": "ERROR"}.get(name, name.upper())
    ordered: Event = {"level": "WARN" if level == "WARNING" else level, "msg": event.pop("event")}
    for key in FIRST[2:]:
        if key in event:
            ordered[key] = event.pop(key)
    ordered.update(sorted(event.items()))
    return ordered


def _line(_: object, __: str, event: Event) -> str:
    exception = event.pop("exception", None)
    line = " ".join(f"{key}={_value(key, value)}" for key, value in event.items())
    return f"{line}\n{exception}" if exception else line


def _value(key: str, value: object) -> str:
    text = str(value)
    if key != "msg" and _BARE.fullmatch(text):
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'


class Recent:
    """The last lines that were logged, for `cc-connect logs`; each has a number."""

    def __init__(self, kept: int = 1000) -> None:
        self._lines: deque[str] = deque(maxlen=kept)
        self._count = 0

    def keep(self, _: object, __: str, line: Any) -> str:  # noqa: ANN401 - the text of `_line`
        """A processor, the last one."""
        self._lines.append(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {line}")
        self._count += 1
        return str(line)

    def since(self, after: int, count: int) -> tuple[list[str], int]:
        """The last `count` of the lines behind number `after`, and the number of the last one."""
        fresh = min(max(self._count - after, 0), len(self._lines), count)
        return list(self._lines)[len(self._lines) - fresh :], self._count


RECENT = Recent()


class _Bridge(logging.Handler):
    """Brings what libraries log in the standard way into the same lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log it under the name of the library; chatter below warnings is left out."""
        logger = structlog.get_logger(record.name)
        exception = {"exc_info": record.exc_info} if record.exc_info else {}
        logger.log(record.levelno, record.getMessage(), library=record.name, **exception)


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Set up logging for the program. May be called again to change the level."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            redact,
            _names,
            _line,
            RECENT.keep,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS.get(level, logging.INFO)),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Bridge(logging.WARNING)]
