"""What was found, as values, and how it is written."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from cc_connect.contract.plugin import Note


class Grade(StrEnum):
    """How bad it is."""

    GOOD = "good"
    ODD = "odd"
    """A person should look at it; something may be missing."""
    BAD = "bad"
    """Something does not work before this is mended."""


MARKS = {Grade.GOOD: "✓", Grade.ODD: "!", Grade.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line, in the language that was asked for."""

    text: str
    grade: Grade = Grade.GOOD

    def __str__(self) -> str:
        """The line with its mark."""
        return f"{MARKS[self.grade]} {self.text}"


def of_notes(before: str, notes: Iterable[Note]) -> list[Finding]:
    """The notes of a plug-in, each with what it is about before it."""
    return [Finding(f"{before}: {note.text}", _grade(note)) for note in notes]


def _grade(note: Note) -> Grade:
    if note.good:
        return Grade.GOOD
    return Grade.BAD if note.fatal else Grade.ODD


def failed(findings: Iterable[Finding]) -> bool:
    """Whether something does not work."""
    return any(one.grade is Grade.BAD for one in findings)


def packed(findings: Iterable[Finding]) -> str:
    """For the way over the local socket."""
    return json.dumps([asdict(one) for one in findings])


def unpacked(text: str) -> list[Finding]:
    """The reverse of `packed`."""
    return [Finding(one["text"], Grade(one["grade"])) for one in json.loads(text)]
