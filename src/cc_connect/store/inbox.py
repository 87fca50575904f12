"""The door of the inbox: a message is taken in once, whatever the platform repeats."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from cc_connect.contract.inbound import Inbound
from cc_connect.store import codec
from cc_connect.store.changes import Change, InboxState
from cc_connect.store.statements import statements
from cc_connect.store.writer import apply, execute


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row of the inbox; not a `Change`, because writing it answers with an id."""

    inbound: Inbound
    at: float
    conversation: str | None = None
    state: InboxState = "todo"
    reason: str | None = None

    @property
    def platform(self) -> str:
        """The platform instance."""
        return self.inbound.address.platform

    @property
    def chat(self) -> str:
        """The chat, without the thread: ids of messages are unique in it."""
        return self.inbound.address.chat

    @property
    def message(self) -> str:
        """The platform's id."""
        return self.inbound.id

    @property
    def sender(self) -> str:
        """The platform's id of the person."""
        return self.inbound.sender.id

    @property
    def sender_name(self) -> str:
        """Their name; not kept of the refused."""
        return "" if self.state == "refused" else self.inbound.sender.name

    @property
    def body(self) -> str | None:
        """The message as it is stored; not kept of the refused."""
        return None if self.state == "refused" else codec.inbound.dumps(self.inbound)

    @property
    def sent(self) -> float | None:
        """The platform's time of the message."""
        return self.inbound.sent_at


def accept(
    connection: sqlite3.Connection, accepted: Accepted, also: Sequence[Change]
) -> int | None:
    """Write a row of the inbox, and `also` when it is new.

    Returns:
        The id of the row, or None when the message is there already.
    """
    (statement,) = statements("changes.sql")["Accepted"]
    row = execute(connection, statement, accepted).fetchone()
    if row is None:
        return None
    apply(connection, also)
    return int(row[0])
