"""Crashes, full disks and broken files, with real files."""

import asyncio
import errno
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cc_connect.store.errors import (
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreReadOnly,
    files_typed,
)
from cc_connect.store.store import Store
from cc_connect.store.upkeep import check

# Prints a number only after the commit that wrote it has returned.
_SCRIBE = """
import asyncio, sys
from pathlib import Path
from cc_connect.store.changes import ValueSaved
from cc_connect.store.store import Store

async def write(store, lane):
    for number in range(100000):
        key = f"{lane}-{number}"
        await store.commit((ValueSaved("a", key, "x" * 200), ValueSaved("b", key, "x" * 200)))
        print(key, flush=True)

async def main():
    store = await Store.open(Path(sys.argv[1]))
    await asyncio.gather(*(write(store, lane) for lane in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(3))
async def test_what_was_acknowledged_outlives_a_kill(folder: Path, seed: int) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SCRIBE, str(folder), stdout=subprocess.PIPE, limit=2**24
    )
    assert child.stdout is not None
    first = await child.stdout.readline()
    await asyncio.sleep(random.Random(seed).uniform(0.0, 0.3))
    child.kill()
    acknowledged = {first.strip(), *(await child.stdout.read()).split(b"\n")[:-1]}
    await child.wait()
    store = await Store.open(folder)
    here = set(await store.load_all("a"))
    assert here == set(await store.load_all("b"))
    assert {line.decode() for line in acknowledged} <= here
    await store.save("a", "after", "x")
    assert await check(folder) == ()
    await store.close()


async def test_a_full_disk_refuses_and_the_service_goes_on(store: Store) -> None:
    await store.save("test", "before", "x")
    used = await store.transact(lambda link: int(link.execute("PRAGMA page_count").fetchone()[0]))
    await store.transact(lambda link: link.execute(f"PRAGMA max_page_count = {used}").fetchone())
    with pytest.raises(StoreFull, match="free some space"):
        await store.save("test", "large", "x" * 100_000)
    await store.save("test", "small", "x")
    await store.transact(lambda link: link.execute("PRAGMA max_page_count = 100000").fetchone())
    await store.save("test", "large", "y" * 100_000)
    assert set(await store.load_all("test")) == {"before", "small", "large"}
    assert await check(store.folder) == ()


async def test_a_writer_that_may_not_write(store: Store) -> None:
    await store.transact(lambda link: link.execute("PRAGMA query_only = ON").fetchall())
    with pytest.raises(StoreReadOnly, match="check owner and rights"):
        await store.save("test", "k", "v")
    assert await store.load("test", "k") is None


async def test_another_program_holds_the_lock(store: Store) -> None:
    await store.save("test", "k", "v")
    await store.transact(lambda link: link.execute("PRAGMA busy_timeout = 1").fetchone())
    with closing(sqlite3.connect(store.folder / "state.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="close it"):
            await store.save("test", "k", "w")
        assert await store.load("test", "k") == "v"
        other.execute("ROLLBACK")
    await store.save("test", "k", "w")


async def filled(folder: Path) -> Path:
    store = await Store.open(folder)
    for number in range(50):
        await store.save("test", str(number), "x" * 2000)
    await store.close()
    return folder / "state.db"


async def test_a_file_that_was_cut_off(folder: Path) -> None:
    path = await filled(folder)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreCorrupt, match="restore a backup"):
        await Store.open(folder)


async def test_a_file_of_something_else(folder: Path) -> None:
    path = await filled(folder)
    path.write_bytes(b"this is not a database" * 1000)
    with pytest.raises(StoreCorrupt, match="restore a backup"):
        await Store.open(folder)
    path.unlink()
    with closing(sqlite3.connect(path)) as link:
        link.execute("PRAGMA user_version = 1")
    with pytest.raises(StoreCorrupt, match="another program"):
        await Store.open(folder)


async def test_damage_inside_is_found_by_the_check(folder: Path) -> None:
    path = await filled(folder)
    data = bytearray(path.read_bytes())
    for start in range(len(data) // 2 // 4096 * 4096, len(data), 4096):
        data[start : start + 64] = bytes(64)
    path.write_bytes(data)
    assert await check(folder) != ()


async def test_a_newer_schema_is_left_alone(folder: Path) -> None:
    path = await filled(folder)
    with closing(sqlite3.connect(path)) as link:
        link.execute("PRAGMA user_version = 9999")
    before = path.read_bytes()
    with pytest.raises(StoreNewer, match="upgrade"):
        await Store.open(folder)
    assert path.read_bytes() == before


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreReadOnly):
        await Store.open(tmp_path / "file" / "data")


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EROFS, StoreReadOnly)],
)
def test_errors_of_files_are_typed_too(number: int, kind: type[StoreError]) -> None:
    with pytest.raises(kind), files_typed():
        raise OSError(number, "no")


async def test_files_are_private(store: Store) -> None:
    await store.save("test", "k", "v")
    assert store.folder.stat().st_mode & 0o777 == 0o700
    names = {path.name: path.stat().st_mode & 0o777 for path in store.folder.glob("state.db*")}
    assert names == {"state.db": 0o600, "state.db-wal": 0o600, "state.db-shm": 0o600}


async def test_it_is_as_safe_as_promised(store: Store) -> None:
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    found = await store.transact(
        lambda link: [link.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    )
    assert found == ["wal", 2, 1]
