"""The way of one message, put together from the tables it went through."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cc_connect.store.statements import statements


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One step of a message.

    Attributes:
        at: When, in Unix seconds.
        step: received, refused, turn, asked, settled, written, sent, delayed, buried, ended.
        detail: Ids, states and reasons; never what was said.
    """

    at: float
    step: str
    detail: str


def traced(link: sqlite3.Connection, message: str, conversation: str) -> list[TraceLine]:
    """All steps in order of time; [] when no such message is known.

    `message` is a platform's id of a message, of a person or of the bot. With "" it is the last
    message of the conversation that was meant for the agent. A conversation that is given keeps
    out messages of others.
    """
    found = _rows(link, "trace_inbox", message=message, conversation=conversation)
    if not found and message:
        found = _rows(link, "trace_answered", message=message, conversation=conversation)
    if not found:
        return []
    row, at, platform, chat, state, reason, turn = found[0]
    lines = [TraceLine(at, "received", f"row {row} on {platform}, chat {chat}")]
    if state == "refused":
        lines.append(TraceLine(at, "refused", reason or ""))
    elif turn is None:
        lines.append(TraceLine(at, state, reason or ""))
    else:
        lines += _turn(link, turn)
    lines += _posts(link, turn or "", row)
    return sorted(lines, key=lambda line: line.at)


def _turn(link: sqlite3.Connection, turn: str) -> Iterator[TraceLine]:
    for started, ended, state, failure, detail, session, resumes, steps in _rows(
        link, "trace_turn", turn=turn
    ):
        again = f", taken up again {resumes} times" if resumes else ""
        yield TraceLine(started, "turn", f"{turn} in session {session}{again}")
        if ended is not None:
            why = ": ".join(part for part in (failure, detail) if part)
            yield TraceLine(ended, "ended", f"{state}, {steps} steps {why}".strip())
    for asked, closed, state, kind, tool, by in _rows(link, "trace_requests", turn=turn):
        yield TraceLine(asked, "asked", f"{kind} {tool}".strip())
        if closed is not None:
            yield TraceLine(closed, "settled", f"{state} {f'by {by}' if by else ''}".strip())


def _posts(link: sqlite3.Connection, turn: str, row: int) -> Iterator[TraceLine]:
    for key, created, state, attempts, next_at, sent, receipt, error in _rows(
        link, "trace_posts", turn=turn, row=row
    ):
        yield TraceLine(created, "written", key)
        match state:
            case "done":
                yield TraceLine(sent, "sent", f"{key} as {receipt}")
            case "dead":
                yield TraceLine(next_at, "buried", f"{key}: {error}")
            case _ if error:
                yield TraceLine(next_at, "delayed", f"{key}, try {attempts + 1}: {error}")
            case _:
                pass


def _rows(link: sqlite3.Connection, name: str, **values: object) -> list[tuple[Any, ...]]:
    (statement,) = statements("tracing.sql")[name]
    return link.execute(statement.sql, values).fetchall()
