import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from cc_connect.contract.agent import Outcome
from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.inbound import Inbound
from cc_connect.store import database
from cc_connect.store.blobs import Blobs
from cc_connect.store.changes import (
    BlobStored,
    Bound,
    InboxMoved,
    MediaStored,
    PostQueued,
    PostSent,
    PostTaken,
    RequestClosed,
    RequestOpened,
    SessionDeleted,
    SessionOpened,
    TurnClosed,
    TurnOpened,
)
from cc_connect.store.errors import StoreError, StoreReadOnly
from cc_connect.store.statements import Migration, migrations
from cc_connect.store.store import Store
from cc_connect.store.upkeep import backup, check, prune

SaidMaker = Callable[..., Inbound]
PostMaker = Callable[..., PostQueued]
TurnMaker = Callable[..., TurnOpened]
RequestMaker = Callable[..., RequestOpened]


async def piece(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_old_closed_rows_go_and_open_ones_stay(
    ground: Store,
    key: ConversationKey,
    said: SaidMaker,
    post: PostMaker,
    turn: TurnMaker,
    asked: RequestMaker,
) -> None:
    for number in range(450):
        await ground.accept(said(f"m{number}"), at=1.0, conversation=key.text)
    await ground.commit(tuple(InboxMoved(row, "done") for row in range(1, 449)))
    await ground.accept(said("new"), at=50.0, state="refused", reason="x")
    await ground.commit((post("old"), PostTaken(1, 1.0), PostSent(1, 1.0, "r"), post("open")))
    await ground.commit((turn("t1"), asked("r1", 1, "t1"), asked("r2", 2, "t1")))
    await ground.commit((RequestClosed("r1", "lapsed", 2.0),))
    await ground.commit((TurnClosed("t1", Outcome.DONE, 3.0), turn("t2", 4.0)))
    await ground.commit(
        (
            SessionOpened("s2", key.text, "demo", "/", 1.0),
            Bound("s2", "agent", "new", 1.0),
            SessionDeleted("s2", 2.0),
        )
    )
    gone = await prune(ground, Blobs(ground.folder), before=10.0)
    assert {table: count for table, count in gone.items() if count} == {
        "inbox": 448,
        "outbox": 1,
        "request": 1,
        "session": 1,
    }
    assert [row.id for row in await ground.open_inbox()] == [449, 450]
    assert [row.key for row in await ground.open_posts()] == ["open"]
    assert await ground.turn("t1") is not None, "a request of it is still open"
    assert await ground.bindings("s2") == []
    assert len(await ground.bindings("s1")) == 1
    await ground.commit((RequestClosed("r2", "lapsed", 5.0),))
    gone = await prune(ground, Blobs(ground.folder), before=10.0)
    assert (gone["request"], gone["turn"]) == (1, 1)
    assert [row.id for row in await ground.running_turns()] == ["t2"]
    assert await check(ground.folder) == ()


async def test_files_nobody_needs_go(store: Store, said: SaidMaker, post: PostMaker) -> None:
    blobs = Blobs(store.folder)
    now = time.time()
    kept, posted, old, lost = [
        await blobs.put(piece(data), 10) for data in (b"kept", b"posted", b"old", b"lost")
    ]
    row = await store.accept(said("m1"), at=1.0)
    assert row is not None
    await store.commit(
        (
            *(BlobStored(blob.sha256, blob.size, 1.0) for blob in (kept, posted, old)),
            MediaStored(row, 0, "a", kept.sha256),
            post("p", text=f"see {posted.path}"),
        )
    )
    gone = await prune(store, blobs, before=now - 1000)
    assert (gone["blob"], gone["files"]) == (1, 0), "the files are too young to go"
    gone = await prune(store, blobs, before=now + 1000)
    assert gone["files"] > 0
    assert sorted(blobs.known()) == sorted((kept.sha256, posted.sha256))
    assert not lost.path.exists()


async def test_a_backup_is_a_store(store: Store, tmp_path: Path) -> None:
    await store.save("test", "k", "v")
    copied = tmp_path / "copy" / "state.db"
    copied.parent.mkdir()
    await backup(store.folder, copied)
    await store.save("test", "k", "later")
    assert copied.stat().st_mode & 0o777 == 0o600
    other = await Store.open(copied.parent)
    assert await other.load("test", "k") == "v"
    await other.close()


async def test_a_backup_that_cannot_be_written(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreReadOnly):
        await backup(store.folder, tmp_path / "missing" / "state.db")
    with pytest.raises(StoreError):
        await backup(tmp_path / "nothing", tmp_path / "copy.db")


async def test_the_check_tells_of_rows_that_point_nowhere(ground: Store) -> None:
    with closing(sqlite3.connect(ground.folder / "state.db", isolation_level=None)) as link:
        link.execute("PRAGMA foreign_keys = OFF")
        link.execute("DELETE FROM conversation")
    assert await check(ground.folder) == (
        "a row of session points at a row of conversation that is not there",
    )
    assert await check(ground.folder / "nothing") != ()


async def test_a_migration_keeps_a_copy_and_happens_once(folder: Path) -> None:
    store = await Store.open(folder)
    await store.save("test", "k", "v")
    await store.close()
    newest = len(migrations())
    second = Migration(newest + 1, "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;")
    path = folder / "state.db"
    link = database.open_writable(path, (*migrations(), second))
    assert link.execute("SELECT count(*) FROM more").fetchone() == (0,)
    assert link.execute("PRAGMA user_version").fetchone() == (newest + 1,)
    link.close()
    with closing(sqlite3.connect(folder / f"before-v{newest + 1}.db")) as copied:
        assert copied.execute("PRAGMA user_version").fetchone() == (newest,)
        assert copied.execute("SELECT value FROM keyvalue").fetchall() == [("v",)]
    assert (folder / f"before-v{newest + 1}.db").stat().st_mode & 0o777 == 0o600
    database.open_writable(path, (*migrations(), second)).close()


async def test_a_store_of_the_first_schema_keeps_its_messages_and_their_files(
    folder: Path,
) -> None:
    database.make_folder(folder)
    path = folder / "state.db"
    with closing(database.open_writable(path, migrations()[:1])) as link:
        link.execute(
            "INSERT INTO inbox"
            " (platform, chat, message, sender, sender_name, body, received, state)"
            " VALUES ('web', 'c', 'm', 'a', 'Ann', '{}', 1.0, 'done')"
        )
        link.execute("INSERT INTO blob VALUES (?, 1, '', 1.0, 1.0)", ("a" * 64,))
        link.execute("INSERT INTO media VALUES (1, 0, 'n', '', ?)", ("a" * 64,))
    await (await Store.open(folder)).close()
    with closing(database.open_writable(path)) as link:
        assert link.execute("SELECT message, state FROM inbox").fetchall() == [("m", "done")]
        assert link.execute("SELECT inbox, name FROM media").fetchall() == [(1, "n")]
        link.execute("DELETE FROM inbox")
        assert link.execute("SELECT count(*) FROM media").fetchone() == (0,)
    assert await check(folder) == ()


async def test_a_migration_that_fails_changes_nothing(folder: Path) -> None:
    await (await Store.open(folder)).close()
    script = "CREATE TABLE more (id INTEGER) STRICT; INSERT INTO nothing VALUES (1);"
    broken = Migration(len(migrations()) + 1, script)
    with pytest.raises(StoreError):
        database.open_writable(folder / "state.db", (*migrations(), broken))
    store = await Store.open(folder)
    await store.save("test", "k", "v")
    await store.close()
