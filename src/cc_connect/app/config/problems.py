"""What is wrong with a configuration, where, and what to do about it.

Reading never stops at the first mistake: everything that is found goes into one `Problems`, and a
person gets the whole list at once. No message repeats a secret or a value taken from the
environment.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from cc_connect.app.config.locate import Keys, Places
from cc_connect.contract.errors import CcConnectError

MAX_KEPT = 500
"""Problems kept; the others are counted. A list longer than this has one cause, not 500."""

_LONGEST_SHOWN = 60
_LONGEST_GUESSED = 60
_GUESSES = 100
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class ConfigError(CcConnectError):
    """The configuration file cannot be read at all (missing, a folder, no permission)."""


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to tell the person who wrote the file.

    Attributes:
        path: The key, as `projects[0].agent.options.mode`; empty for the file as a whole.
        line: From 1; None when there is no place (something is missing at the top).
        column: From 1, in characters.
        hint: What to do or what was probably meant; reads on after the message.
        file: Name of the file as it is shown.
        project: Index of the project it belongs to; None for what all projects share.
    """

    severity: Severity
    path: str
    line: int | None
    column: int | None
    message: str
    hint: str = ""
    file: str = "config.toml"
    project: int | None = None

    def __str__(self) -> str:
        """One line: `config.toml:12:3: projects[0].agent.type: unknown agent ..., did you ...?`."""
        parts = [self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"]
        if self.severity is Severity.WARNING:
            parts.append("warning")
        if self.path:
            parts.append(self.path)
        tail = f", {self.hint}" if self.hint else ""
        return ": ".join(parts) + f": {self.message}{tail}"


@dataclass(frozen=True, slots=True)
class Source:
    """The file a configuration came from, as far as messages need it.

    Attributes:
        file: Name of the file as it is shown.
        from_env: Values that came (in part) from the environment: never shown in a message.
        elsewhere: For a key that is often put in a wrong table: the tables it belongs to.
        home: What `~` stands for.
        cwd: Where the project works that there is when the file has none.
    """

    file: str = "config.toml"
    places: Places = field(default_factory=Places)
    from_env: frozenset[Keys] = frozenset()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    home: Path = Path("~")
    cwd: Path = Path()


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a configuration: a file and the way to a key in it."""

    source: Source = field(default_factory=Source)
    keys: Keys = ()

    def at(self, *keys: str | int) -> "Where":
        """The place of a key, or list element, inside this one."""
        return Where(self.source, (*self.keys, *keys))

    @property
    def from_env(self) -> bool:
        """Whether this very value came from the environment."""
        return self.keys in self.source.from_env

    @property
    def project(self) -> int | None:
        """Index of the project this lies in."""
        return project_of(self.keys)

    def __str__(self) -> str:
        """The way as a person writes it: `projects[0].agent.options`."""
        text = ""
        for key in self.keys:
            if isinstance(key, int):
                text += f"[{key}]"
            else:
                name = key if _BARE_KEY.fullmatch(key) else quoted(key)
                text += f".{shortened(name)}" if text else shortened(name)
        return text


NOWHERE = Where()
"""For a configuration that did not come from a file."""


IS_MISSING = "is missing"


class Problems:
    """A growing list of problems. Marks which projects, and which keys, have an error.

    Attributes:
        patchy: Parts of the text could not be read at all, so that a key which seems to be missing
            may stand in one of them: that is not told.
    """

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.errors = 0
        self.dropped = 0
        self.patchy = False
        self.shared_failed = False
        self._failed: set[Keys] = set()
        self._guesses = _GUESSES

    def error(self, where: Where, message: str, hint: str = "") -> None:
        """Note something that must be mended before its project (or everything) can run."""
        self.errors += 1
        self.fail(where)
        if self.patchy and message == IS_MISSING:
            return
        self._add(Severity.ERROR, where, message, hint)

    def warn(self, where: Where, message: str, hint: str = "") -> None:
        """Note something that a person should know and that stops nothing."""
        self._add(Severity.WARNING, where, message, hint)

    def fail(self, where: Where) -> None:
        """Mark a value as unusable without a message of its own."""
        keys = where.keys
        if project_of(keys) is None:
            self.shared_failed = True
        self._failed.update(keys[:length] for length in range(1, len(keys) + 1))

    def failed(self, where: Where) -> bool:
        """Whether there is an error at this place or inside it."""
        return where.keys in self._failed

    def guess(self, word: str, known: Iterable[str]) -> str:
        """The hint `did you mean "..."?`, or nothing. Gives up on the hundredth guess."""
        if self._guesses <= 0 or len(word) > _LONGEST_GUESSED:
            return ""
        self._guesses -= 1
        folded = {_folded(name): name for name in sorted(known)}
        close = get_close_matches(_folded(word), folded, n=1)
        return f"did you mean {quoted(folded[close[0]])}?" if close else ""

    def in_order(self) -> tuple[Problem, ...]:
        """Every problem kept, in the order of the file; the last line counts those not kept."""
        ordered = sorted(self.kept, key=lambda problem: (problem.line or 0, problem.column or 0))
        if self.dropped:
            more = f"and {self.dropped} more problems"
            ordered.append(Problem(Severity.WARNING, "", None, None, more, file=ordered[0].file))
        return tuple(ordered)

    def _add(self, severity: Severity, where: Where, message: str, hint: str) -> None:
        if len(self.kept) >= MAX_KEPT:
            self.dropped += 1
            return
        spot = where.source.places.find(where.keys)
        self.kept.append(
            Problem(
                severity,
                str(where),
                spot.line if spot else None,
                spot.column if spot else None,
                message,
                hint,
                where.source.file,
                where.project,
            )
        )


def project_of(keys: Keys) -> int | None:
    """Index of the project that a key belongs to; None when all projects share it."""
    match keys:
        case ("projects", int(index), *_):
            return index
        case _:
            return None


def quoted(text: str) -> str:
    """A text in quotes, on one line and of bounded length, safe for a terminal."""
    return f'"{shortened(_plain(text))}"'


def shortened(text: str) -> str:
    """A text cut to what fits into a message."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _plain(text: str) -> str:
    head = text[: _LONGEST_SHOWN + 1]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in head)


def _folded(word: str) -> str:
    return word.casefold().replace("-", "_")
