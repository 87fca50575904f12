"""What a command may do in the folder of a conversation, and what comes of it."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cc_connect.contract.content import Attachment, Diff


class Trouble(StrEnum):
    """Why something cannot be done."""

    MISSING = "missing"
    OUTSIDE = "outside"
    NO_FOLDER = "no_folder"
    NO_TEXT = "no_text"
    NO_GIT = "no_git"
    NO_REPOSITORY = "no_repository"
    TOO_LONG = "too_long"
    TIMEOUT = "timeout"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Unable:
    """It cannot be done; `subject` is what it was about, or what went wrong."""

    trouble: Trouble
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a file, counted from 1; `last` is the last one shown, `total` how many."""

    path: str
    text: str
    first: int
    last: int
    total: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in a folder; names of folders end in a slash. `more` are left out."""

    path: str
    names: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the last commit.

    `untracked` are files that git does not know yet; `whole` is all of it as a file, when it is
    long.
    """

    files: tuple[Diff, ...]
    untracked: tuple[str, ...] = ()
    whole: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """A program ended, or was ended when its time was over (`code` None).

    `output` is the end of what it wrote; `cut` says that there was more before.
    """

    output: str
    code: int | None
    cut: bool = False


class Workplace(Protocol):
    """The folder of a conversation. Nothing here goes outside it, symbolic links included."""

    def look(self, path: str, first: int, last: int) -> Awaitable[Excerpt | Listing | Unable]:
        """Lines of a file (counted from 1, both ends included), or the names in a folder."""
        ...

    def append(self, path: str, line: str) -> Awaitable[Unable | None]:
        """Add a line to a text file, which is made when it is not there."""
        ...

    def changes(self, path: str) -> Awaitable[Changes | Unable]:
        """What differs from the last commit, in all of the folder or below a path."""
        ...

    def changes_of(self, turn: str) -> Awaitable[Changes | Unable]:
        """What a turn changed in the folder, while that is kept."""
        ...

    def run(
        self, command: str, values: Mapping[str, str], folder: str = ""
    ) -> Awaitable[Ran | Unable]:
        """Run a shell command here, or in another folder that the configuration names.

        `values` are put into its environment. It is ended with all it started after 60 seconds.
        """
        ...
