"""The page's server: who has no business there, and bodies made to hurt."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.web.stage import TOKEN, Stage

EVIL = "https://evil.example"
PLACES = ("/c/site", "/uploads/x", "/ws")
MIB = 1024 * 1024


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(tmp_path / "page") as stage:
        yield stage


@pytest.fixture
async def owner(stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    async with await stage.logged_in() as session:
        yield session


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": "cc_connect=guess; login=guess"},
    ],
)
async def test_http_without_token(stage: Stage, headers: dict[str, str]) -> None:
    async with stage.session(**headers) as session:
        for path in PLACES:
            async with session.get(path, allow_redirects=False) as answer:
                assert answer.status == 401, path
        origin = {"Origin": str(stage.url.origin())}
        for path in ("/new", "/upload/site", "/login/links"):
            async with session.post(path, headers=origin, allow_redirects=False) as answer:
                assert answer.status == 401, path
    assert stage.host.received == []


async def test_http_with_the_token_in_the_address(stage: Stage) -> None:
    async with stage.session() as session:
        for name in ("token", "access_token", "code"):
            async with session.get(f"/c/site?{name}={TOKEN}", allow_redirects=False) as answer:
                assert answer.status == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil", ""])
async def test_http_with_a_wrong_host(owner: aiohttp.ClientSession, host: str) -> None:
    for headers in ({"Host": host}, {"Host": host, "Authorization": f"Bearer {TOKEN}"}):
        async with owner.get("/c/site", headers=headers) as answer:
            assert answer.status in {400, 421}


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1:1", "file://"])
async def test_http_with_a_wrong_origin(
    stage: Stage, owner: aiohttp.ClientSession, origin: str
) -> None:
    for path in ("/new", "/logout", "/upload/site", "/login/links"):
        async with owner.post(path, headers={"Origin": origin}, data=b"x") as answer:
            assert answer.status == 403, path
    async with owner.get("/c/site") as answer:
        assert answer.status == 200
    assert stage.host.received == []


async def test_web_socket_from_another_origin(owner: aiohttp.ClientSession) -> None:
    for headers in ({"Origin": EVIL}, {"Origin": "null"}, {}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await owner.ws_connect("/ws", headers=headers)
        assert refused.value.status == 403


@pytest.mark.parametrize("name", ["../../evil", "..%2F..%2Fevil", "%2Fetc%2Fevil", "..%5Cevil"])
async def test_path_traversal_in_file_names(
    stage: Stage, owner: aiohttp.ClientSession, name: str
) -> None:
    headers = {"Origin": str(stage.url.origin()), "X-File-Name": name}
    async with owner.post("/upload/site", data=b"x", headers=headers) as answer:
        assert (await answer.json())["name"] == "evil"
    places = {path.parent for path in stage.folder.rglob("*") if path.is_file()}
    assert places == {stage.folder / "uploads"}


async def test_attachment_of_2_gb(stage: Stage, owner: aiohttp.ClientSession) -> None:
    """Refused by its length alone: not one byte of it is awaited."""
    cookie = "; ".join(f"{one.key}={one.value}" for one in owner.cookie_jar)
    place = f"127.0.0.1:{stage.server.port}"
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
    head = (
        f"POST /upload/site HTTP/1.1\r\nHost: {place}\r\nContent-Length: {2048 * MIB}\r\n"
        f"Origin: http://{place}\r\nCookie: {cookie}\r\nX-File-Name: x\r\n\r\n"
    )
    writer.write(head.encode())
    async with asyncio.timeout(20):
        assert b" 413 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("path", ["/new", "/upload/site"])
async def test_zip_bomb_as_a_body(stage: Stage, owner: aiohttp.ClientSession, path: str) -> None:
    """A body that unpacks to more than the limit is refused while it is unpacked."""
    bomb = gzip.compress(bytes(200 * MIB), 9)
    headers = {
        "Origin": str(stage.url.origin()),
        "Content-Encoding": "gzip",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-File-Name": "x",
    }
    async with owner.post(path, data=bomb, headers=headers) as answer:
        assert answer.status in {400, 413}
    assert not list(stage.folder.rglob("*.part"))
