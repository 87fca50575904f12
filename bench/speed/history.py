"""Fills a store with turns that are long over, as if they had been had."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

_MB = 1024 * 1024
_TEXT = "An answer of some length, as agents give them, with words that are no secret. " * 25
_BATCH = 500

_INBOX = """
INSERT INTO inbox (platform, chat, message, conversation, sender, sender_name, body, received,
                   state, turn)
SELECT platform, chat, :id, conversation, sender, sender_name, body, received - :back, 'done', :id
FROM inbox WHERE id = 1"""
_TURN = """
INSERT INTO turn (id, conversation, session, state, started, ended, requester, prompt, answer)
SELECT :id, conversation, session, 'done', started - :back, ended - :back, requester, :text, :text
FROM turn WHERE rowid = 1"""
_OUTBOX = """
INSERT INTO outbox (key, lane, platform, priority, intent, state, attempts, next_at, created,
                    started, sent, receipt, conversation, turn)
SELECT :id, lane, platform, priority, json_set(intent, '$.content[0].markdown', :text), 'done', 1,
       next_at, created - :back, started, sent, :id, conversation, :id
FROM outbox WHERE id = 1"""


def fill(path: Path, megabytes: int) -> float:
    """Add turns of the one conversation in a store until the file is so large; returns its size.

    The program that owns it must not run. Its first turn is what the others are copied from.
    """
    with closing(sqlite3.connect(path)) as link:
        link.execute("PRAGMA synchronous = OFF")
        number = 0
        while path.stat().st_size < megabytes * _MB:
            with link:
                for _ in range(_BATCH):
                    number += 1
                    values = {"id": str(uuid4()), "back": number, "text": _TEXT}
                    for statement in (_INBOX, _TURN, _OUTBOX):
                        link.execute(statement, values)
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return path.stat().st_size / _MB
