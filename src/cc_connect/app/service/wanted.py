"""What a service is to run."""

from dataclasses import dataclass
from pathlib import Path


class ServiceFailed(Exception):
    """The service manager refuses or is not there; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a service is made of.

    Attributes:
        command: The program with its arguments; every path in it absolute.
        path: `PATH` of the agents. Nothing else of our environment goes into a service.
        secrets: A file of `NAME=value` lines, for the person to write; read by the service only.
        log: Where a manager without a journal writes the log.
    """

    command: tuple[str, ...]
    path: str
    secrets: Path
    log: Path
