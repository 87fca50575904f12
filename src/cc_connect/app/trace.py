"""The way of one message through the program, as `cc-connect trace` prints it."""

from collections.abc import Iterable
from datetime import UTC, datetime

from cc_connect.store.tracing import TraceLine


def written(lines: Iterable[TraceLine]) -> str:
    """One step a line, times in UTC."""
    return "\n".join(_line(line) for line in lines)


def _line(line: TraceLine) -> str:
    at = datetime.fromtimestamp(line.at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return f"{at}  {line.step:<9} {line.detail}".rstrip()
