import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_connect.store.blobs import Blobs
from cc_connect.store.errors import NotAFile, StoreReadOnly, TooLarge
from cc_connect.store.names import safe_name


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


@pytest.fixture
def blobs(folder: Path) -> Blobs:
    return Blobs(folder)


def left_over(blobs: Blobs) -> list[str]:
    return [entry.name for entry in blobs.path("").parent.glob("unfinished/*")]


async def test_a_file_lies_under_its_digest_and_is_private(blobs: Blobs, folder: Path) -> None:
    blob = await blobs.put(chunks(b"hello ", b"", b"world"), 100)
    digest = hashlib.sha256(b"hello world").hexdigest()
    assert (blob.sha256, blob.size) == (digest, 11)
    assert blob.path == folder / "blobs" / digest[:2] / digest == blobs.path(digest)
    assert blob.path.read_bytes() == b"hello world"
    assert blob.path.stat().st_mode & 0o777 == 0o600
    for path in (folder, folder / "blobs", blob.path.parent):
        assert path.stat().st_mode & 0o777 == 0o700
    assert left_over(blobs) == []


async def test_the_same_content_is_kept_once(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    stored = await asyncio.gather(
        *(blobs.put(chunks(b"x"), 1) for _ in range(5)), blobs.put_file(tmp_path / "a", 1)
    )
    assert len(set(stored)) == 1
    assert list(blobs.known()) == [stored[0].sha256]


async def test_a_broken_blob_is_mended(blobs: Blobs) -> None:
    blob = await blobs.put(chunks(b"hello"), 5)
    blob.path.write_bytes(b"he")
    assert (await blobs.put(chunks(b"hello"), 5)).path.read_bytes() == b"hello"


async def test_too_large_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as caught:
        await blobs.put(chunks(b"abc", b"def"), 5)
    assert caught.value.limit == 5
    (tmp_path / "a").write_bytes(b"abcdef")
    with pytest.raises(TooLarge):
        await blobs.put_file(tmp_path / "a", 5)
    assert (await blobs.put_file(tmp_path / "a", 6)).size == 6
    assert left_over(blobs) == []


async def test_a_source_that_fails_leaves_nothing(blobs: Blobs) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"abc"
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        await blobs.put(failing(), 100)
    assert left_over(blobs) == []
    assert list(blobs.known()) == []


async def test_only_plain_files_are_taken(blobs: Blobs, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "missing", Path("/dev/null")):
        with pytest.raises(NotAFile):
            await blobs.put_file(path, 100)


async def test_placing_copies_under_a_safe_name(blobs: Blobs, tmp_path: Path) -> None:
    blob = await blobs.put(chunks(b"one"), 10)
    folder = tmp_path / "project" / ".cc-connect" / "attachments" / "t1"
    placed = await blobs.place(blob, folder, "../../evil/.notes.txt")
    assert placed == folder / "notes.txt"
    assert placed.read_bytes() == b"one"
    assert placed.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "project" / ".cc-connect" / ".gitignore").read_text() == "*\n"
    placed.write_bytes(b"the agent wrote here")
    assert blob.path.read_bytes() == b"one"


async def test_names_that_are_taken(blobs: Blobs, tmp_path: Path) -> None:
    one = await blobs.put(chunks(b"one"), 10)
    two = await blobs.put(chunks(b"two"), 10)
    first = await blobs.place(one, tmp_path, "a.txt")
    assert await blobs.place(one, tmp_path, "a.txt") == first
    second = await blobs.place(two, tmp_path, "a.txt")
    assert second.name == f"a-{two.sha256[:8]}.txt"
    assert await blobs.place(two, tmp_path, "a.txt") == second
    second.write_bytes(b"changed")
    third = await blobs.place(two, tmp_path, "a.txt")
    assert third.name == f"a-{two.sha256[:8]}-2.txt"
    assert [path.read_bytes() for path in (first, second, third)] == [b"one", b"changed", b"two"]


@pytest.mark.parametrize("planted", [".cc-connect", ".cc-connect/attachments"])
async def test_a_planted_link_is_not_followed(blobs: Blobs, tmp_path: Path, planted: str) -> None:
    blob = await blobs.put(chunks(b"one"), 10)
    outside = tmp_path / "outside"
    outside.mkdir()
    link = tmp_path / "project" / planted
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(StoreReadOnly, match="link"):
        await blobs.place(blob, tmp_path / "project/.cc-connect/attachments", "authorized_keys")
    assert list(outside.iterdir()) == []


async def test_a_link_in_place_of_the_file_is_not_followed(blobs: Blobs, tmp_path: Path) -> None:
    blob = await blobs.put(chunks(b"one"), 10)
    target = tmp_path / "target"
    (tmp_path / "a.txt").symlink_to(target)
    placed = await blobs.place(blob, tmp_path, "a.txt")
    assert placed.name != "a.txt"
    assert not target.exists()


async def test_a_blob_that_is_gone(blobs: Blobs, tmp_path: Path) -> None:
    blob = await blobs.put(chunks(b"one"), 10)
    blob.path.unlink()
    with pytest.raises(NotAFile):
        await blobs.place(blob, tmp_path, "a.txt")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.txt", "a.txt"),
        ("..", "file"),
        ("", "file"),
        ("a/", "a"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("a\x00b\n\x1b[31m.txt", "ab_31m.txt"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("$(reboot).sh", "__reboot_.sh"),
        ("日本語 ファイル.txt", "日本語 ファイル.txt"),
        ("a   b\u3000c.txt", "a b c.txt"),
        ("half\ud800.txt", "half.txt"),
        ("x" * 300 + ".tar", "x" * 116 + ".tar"),
        ("é" * 300, "é" * 60),
        ("name.with.dots.", "name.with.dots"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_any_name_becomes_one_short_component(name: str) -> None:
    safe = safe_name(name)
    assert safe == Path(safe).name
    assert 0 < len(safe.encode()) <= 120
    assert safe[0] not in ".-"
    assert safe.isprintable()
    assert safe_name(safe) == safe
