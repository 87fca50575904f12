"""Files in and out over HTTP."""

import asyncio
import io
import os
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from cc_connect.contract.content import Attachment
from cc_connect.contract.errors import DeliveryRejected
from cc_connect.contract.inbound import Media
from cc_connect.platforms.web.config import WebOptions
from tests.web.stage import Stage
from tests.web.states import picture


def headers(stage: Stage, name: str = "a.txt", mime: str = "text/plain") -> dict[str, str]:
    return {
        "Origin": str(stage.url.origin()),
        "X-File-Name": name,
        "Content-Type": mime,
    }


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_a_file_comes_in_and_can_be_fetched_and_seen(
    stage: Stage, owner: aiohttp.ClientSession
) -> None:
    data = os.urandom(700_000)
    async with owner.post(
        "/upload/site", data=data, headers=headers(stage, "%E8%A1%A8.bin")
    ) as answer:
        told = await answer.json()
    assert (told["name"], told["size"]) == ("表.bin", 700_000)
    media = Media(told["id"], told["name"])
    assert b"".join([chunk async for chunk in stage.page.fetch(media)]) == data
    async with owner.get(f"/uploads/{told['id']}") as answer:
        assert await answer.read() == data
        disposition = answer.headers["Content-Disposition"]
        assert disposition == "attachment; filename*=UTF-8''%E8%A1%A8.bin"
    path = stage.page.uploads.path(told["id"])
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_name_is_never_a_path(stage: Stage, owner: aiohttp.ClientSession) -> None:
    for name, kept in (
        ("../../etc/passwd", "passwd"),
        ("C:%5CWindows%5Cx.exe", "x.exe"),
        ("a%00b%0Ac.txt", "abc.txt"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".tar", "x" * 196 + ".tar"),
    ):
        async with owner.post("/upload/site", data=b"x", headers=headers(stage, name)) as answer:
            assert (await answer.json())["name"] == kept
    inside = {path.parent for path in files_in(stage.folder)}
    assert inside <= {stage.folder / "uploads"}


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_file_that_is_too_large_leaves_nothing(
    tmp_path: Path,
    chunked: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    async with Stage(tmp_path, options=WebOptions(upload_limit_mb=1)) as stage:
        data = pieces() if chunked else io.BytesIO(b"x" * 2_000_000)
        async with (
            await stage.logged_in() as session,
            session.post("/upload/site", data=data, headers=headers(stage)) as answer,
        ):
            assert answer.status == 413
            assert "1 MB" in (await answer.json())["error"]
        assert files_in(tmp_path) == []


async def test_an_upload_that_breaks_off_leaves_nothing(
    stage: Stage, owner: aiohttp.ClientSession
) -> None:
    cookie = "; ".join(f"{one.key}={one.value}" for one in owner.cookie_jar)
    _, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
    head = (
        "POST /upload/site HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
        f"Origin: http://localhost\r\nCookie: {cookie}\r\nX-File-Name: x\r\n\r\nhalf"
    )
    writer.write(head.encode())
    await writer.drain()
    uploads = stage.folder / "uploads"
    await until(lambda: [path.suffix for path in files_in(uploads)] == [".part"])
    writer.close()
    await until(lambda: files_in(uploads) == [])


async def test_without_a_login_no_file_comes_in_or_out(
    stage: Stage, stranger: aiohttp.ClientSession, tmp_path: Path
) -> None:
    origin = headers(stage)
    async with stranger.post("/upload/site", data=b"x", headers=origin) as answer:
        assert answer.status == 401
    secret = tmp_path / "secret"
    secret.write_text("s")
    async with stranger.get(stage.page.link(Attachment(str(secret), "s"))) as answer:
        assert answer.status == 401


class TestOut:
    async def test_only_what_was_sent_can_be_had(
        self, stage: Stage, owner: aiohttp.ClientSession, tmp_path: Path
    ) -> None:
        sent = tmp_path / "sent.txt"
        sent.write_text("content")
        link = stage.page.link(Attachment(str(sent), "sent.txt", "text/plain"))
        async with owner.get(link) as answer:
            assert await answer.text() == "content"
        head, token = link.rsplit("/", 1)
        for forged in (
            token[:-2],
            "A" * len(token),
            token[::-1],
            "x",
            "%00",
            "..%2f..%2fetc%2fpasswd",
        ):
            async with owner.get(f"{head}/{forged}") as answer:
                assert answer.status == 404, forged
        sent.unlink()
        async with owner.get(link) as answer:
            assert answer.status == 404
            assert "not kept any more" in (await answer.json())["error"]

    async def test_a_link_is_good_after_a_restart_and_only_here(
        self, stage: Stage, tmp_path: Path
    ) -> None:
        file = Attachment("/x", "x")
        token = stage.page.links.token(file)
        async with Stage(stage.folder) as again:
            assert again.page.links.read(token) is not None
        async with Stage(tmp_path / "elsewhere") as other:
            assert other.page.links.read(token) is None
        assert stat.S_IMODE((stage.folder / "links.key").stat().st_mode) == 0o600

    @pytest.mark.parametrize(
        ("mime", "inline"),
        [
            ("image/png", True),
            ("image/svg+xml", False),
            ("text/html", False),
            ("application/pdf", False),
        ],
    )
    async def test_nothing_but_pictures_is_shown_by_the_browser(
        self,
        stage: Stage,
        owner: aiohttp.ClientSession,
        tmp_path: Path,
        mime: str,
        inline: bool,  # noqa: FBT001 - a parameter of the test
    ) -> None:
        sent = tmp_path / "x"
        sent.write_bytes(picture(4, 4))
        async with owner.get(
            stage.page.link(Attachment(str(sent), 'a"; b\r\n.png', mime))
        ) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Disposition"].startswith(
                "inline" if inline else "attachment"
            )
            assert answer.headers["Content-Disposition"].endswith("%22%3B%20b.png")
            expected = mime if inline else "application/octet-stream"
            assert answer.headers["Content-Type"] == expected
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_old_files_and_broken_ones_are_cleared_away(stage: Stage) -> None:
    uploads = stage.page.uploads

    async def one() -> AsyncIterator[bytes]:
        yield b"x"

    old, new = await uploads.take("old", "", one()), await uploads.take("new", "", one())
    folder = stage.folder / "uploads"
    for path in folder.glob(f"{old.id}*"):
        os.utime(path, (0, 0))
    (folder / "broken.part").write_bytes(b"")
    assert uploads.prune(30) == 3
    assert uploads.path(old.id) is None
    assert await uploads.find(new.id) == new


async def test_a_file_that_is_gone_cannot_be_fetched(stage: Stage) -> None:
    for ident in ("0" * 32, "../../etc/passwd", ""):
        with pytest.raises(DeliveryRejected):
            await anext(stage.page.fetch(Media(ident, "x")))
