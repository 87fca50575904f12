import asyncio
import sys
from pathlib import Path

import aiohttp
import pytest

from cc_connect.web.errors import PortInUse, ServerFailed
from cc_connect.web.server import ServerSettings, WebServer
from tests.web.stage import Stage

ELSEWHERE = "https://evil.example"


class TestHost:
    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "evil.example:9820",
            "127.0.0.1.evil.example",
            "user@127.0.0.1",
            "[::1",
            "127.0.0.1:x",
            "192.0.2.1",
        ],
    )
    async def test_another_name_is_refused(self, owner: aiohttp.ClientSession, host: str) -> None:
        headers = {"Host": host, "Accept": "text/html"}
        async with owner.get("/c/site", headers=headers) as answer:
            assert answer.status == 421
            assert "localhost" in await answer.text()

    @pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST:9820", "[::1]:9820", "localhost"])
    async def test_loopback_has_several_names(
        self, owner: aiohttp.ClientSession, host: str
    ) -> None:
        async with owner.get("/c/site", headers={"Host": host}) as answer:
            assert answer.status == 200

    async def test_a_name_can_be_added(self, tmp_path: Path) -> None:
        headers = {"Host": "box.example"}
        async with (
            Stage(tmp_path, names=("Box.example",)) as stage,
            stage.session() as session,
            session.get("/healthz", headers=headers) as answer,
        ):
            assert answer.status == 200

    @pytest.mark.skipif(sys.platform == "darwin", reason="only Linux answers on all of 127/8")
    async def test_the_address_a_call_came_in_at_is_always_good(self, stage: Stage) -> None:
        settings = ServerSettings(host="0.0.0.0", port=0)  # noqa: S104 - that is the question
        server = WebServer(settings, stage.page, stage.host)
        await server.start()
        assert server.address == f"http://127.0.0.1:{server.port}"
        async with aiohttp.ClientSession(f"http://127.0.0.2:{server.port}") as session:
            async with session.get("/healthz") as answer:
                assert answer.status == 200
            async with session.get("/healthz", headers={"Host": "127.0.0.3"}) as answer:
                assert answer.status == 421
        await server.stop()


class TestOrigin:
    @pytest.mark.parametrize(
        "origin", [ELSEWHERE, "null", "http://127.0.0.1:1", "http://localhost", "x"]
    )
    async def test_a_change_from_elsewhere_is_refused(
        self, owner: aiohttp.ClientSession, origin: str
    ) -> None:
        headers = {"Origin": origin, "Accept": "text/html"}
        for path in ("/new", "/logout", "/upload/site", "/login/links"):
            async with owner.post(path, headers=headers, data=b"x") as answer:
                assert answer.status == 403, path
                assert "another site" in await answer.text()
        async with owner.get("/c/site") as answer:
            assert answer.status == 200

    async def test_a_change_without_an_origin_needs_more_than_a_cookie(
        self, owner: aiohttp.ClientSession
    ) -> None:
        async with owner.post("/logout") as answer:
            assert answer.status == 403

    async def test_a_socket_from_elsewhere_is_refused(self, owner: aiohttp.ClientSession) -> None:
        for headers in ({"Origin": ELSEWHERE}, {}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await owner.ws_connect("/ws", headers=headers)
            assert refused.value.status == 403

    async def test_a_socket_without_a_login_is_refused(
        self, stage: Stage, stranger: aiohttp.ClientSession
    ) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await stranger.ws_connect("/ws", headers={"Origin": str(stage.url.origin())})
        assert refused.value.status == 401

    async def test_another_site_cannot_load_anything(self, owner: aiohttp.ClientSession) -> None:
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        for path in ("/c/site", "/login?code=guess", "/healthz"):
            async with owner.get(path, headers=headers) as answer:
                assert answer.status == 403, path


class TestAnswers:
    async def test_every_answer_carries_the_policy(self, owner: aiohttp.ClientSession) -> None:
        for path in ("/c/site", "/login?code=x", "/nowhere", "/healthz", "/uploads/x"):
            async with owner.get(path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "same-origin"
                assert answer.headers["Server"] == "cc-connect"

    async def test_the_page_has_no_inline_script_or_style(
        self, owner: aiohttp.ClientSession
    ) -> None:
        async with owner.get("/c/site") as answer:
            text = await answer.text()
        assert text.count("<script") == text.count('<script type="module" src="/static/')
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text

    async def test_a_body_that_is_too_large_is_refused(
        self, stage: Stage, owner: aiohttp.ClientSession
    ) -> None:
        headers = {"Origin": str(stage.url.origin()), "Accept": "text/html"}
        async with owner.post("/new", headers=headers, data={"name": "x" * 100_000}) as answer:
            assert answer.status == 413
            assert "shorter" in await answer.text()

    async def test_an_unknown_page_leads_on(self, owner: aiohttp.ClientSession) -> None:
        async with owner.get("/nowhere", headers={"Accept": "text/html"}) as answer:
            assert answer.status == 404
            assert "conversations" in await answer.text()

    @pytest.mark.parametrize(
        "path",
        [
            "/static/x/../../page.css",
            "/static/x/..%2f..%2fadapter.py",
            "/static/x/%2e%2e",
            "/static/x/adapter.py",
            "/static/x/chat.html",
        ],
    )
    async def test_only_the_page_s_own_files_are_served(self, stage: Stage, path: str) -> None:
        reader, writer = await _raw(stage, path)
        status = await reader.readline()
        writer.close()
        await writer.wait_closed()
        assert b" 404 " in status

    async def test_static_files_are_kept_for_ever_under_their_hash(
        self, owner: aiohttp.ClientSession
    ) -> None:
        async with owner.get("/c/site") as answer:
            text = await answer.text()
        url = text.split('<script type="module" src="')[1].split('"')[0]
        async with owner.get(url) as answer:
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.content_type == "text/javascript"
        async with owner.get("/static/older/app.js") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"


class TestStarting:
    async def test_a_port_in_use_is_told_in_one_line(self, stage: Stage) -> None:
        settings = ServerSettings(port=stage.server.port)
        second = WebServer(settings, stage.page, stage.host)
        with pytest.raises(PortInUse) as failed:
            await second.start()
        assert str(stage.server.port) in str(failed.value)
        assert "[management]" in str(failed.value)
        await second.stop()

    async def test_an_address_of_somebody_else_is_told_too(self, stage: Stage) -> None:
        server = WebServer(ServerSettings(host="192.0.2.1", port=0), stage.page, stage.host)
        with pytest.raises(ServerFailed, match=r"192\.0\.2\.1"):
            await server.start()


async def _raw(stage: Stage, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request whose path no client library has tidied up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
    return reader, writer
