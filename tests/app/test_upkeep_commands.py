"""`cc-connect db` and `cc-connect trace`, as a person types them."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cc_connect.app.cli import main
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Person, Said
from cc_connect.store import lock
from cc_connect.store.changes import Audited
from cc_connect.store.store import Store


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--data-dir", str(folder), *words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one message that was refused and one that waits."""

    async def fill() -> None:
        store = await Store.open(tmp_path)
        place, ann = Address("fake", "room"), Person("1", "Ann")
        await store.accept(Inbound("m1", place, ann, Said("secret words")), at=1.0)
        await store.accept(
            Inbound("m2", place, ann, Said("hi")), at=2.0, state="refused", reason="stranger"
        )
        await store.commit((Audited(3.0, "1", "fake", "message said", allowed=False),))
        await store.close()

    asyncio.run(fill())
    return tmp_path


def test_check_finds_nothing_wrong(folder: Path) -> None:
    told = run(folder, "db", "check")
    assert (told.exit_code, told.output) == (0, "all is well\n")


def test_check_of_a_damaged_file_says_what_to_do(folder: Path) -> None:
    file = folder / "state.db"
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    told = run(folder, "db", "check")
    assert told.exit_code == 1
    assert "newest good copy" in told.output


def test_backup_beside_a_running_program(folder: Path, tmp_path: Path) -> None:
    with lock.acquire(folder):
        told = run(folder, "db", "backup", str(tmp_path / "copy.db"))
    assert told.exit_code == 0, told.output
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM inbox").fetchone() == (2,)


def test_prune_forgets_what_is_old_and_closed(folder: Path) -> None:
    told = run(folder, "db", "prune")
    assert told.output == "inbox: 1, audit: 1\n"
    assert run(folder, "db", "prune").output == "nothing was old enough\n"
    assert "received" in run(folder, "trace", "m1").output


def test_prune_leaves_a_running_program_alone(folder: Path) -> None:
    with lock.acquire(folder):
        told = run(folder, "db", "prune")
    assert told.exit_code == 1
    assert "prunes by itself" in told.output


@pytest.mark.parametrize("words", [("db", "check"), ("db", "backup"), ("trace", "m1")])
def test_a_folder_without_a_database(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = run(tmp_path, *words)
    assert told.exit_code == 1
    assert "there is no database" in told.output


def test_trace_tells_ids_and_reasons_and_no_words(folder: Path) -> None:
    refused = run(folder, "trace", "m2").output
    assert "received" in refused
    assert "refused   stranger" in refused
    waits = run(folder, "trace", "m1").output
    assert "todo" in waits
    assert "secret" not in waits
    assert run(folder, "trace", "m3").exit_code == 1
