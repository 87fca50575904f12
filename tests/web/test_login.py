from pathlib import Path
from typing import ClassVar

import aiohttp
import pytest
from yarl import URL

from cc_connect.web.login import (
    CODE_LASTS,
    LOGIN_LASTS,
    MOST_CODES,
    MOST_LOGINS,
    MOST_WRONG,
    LoginCodes,
    Logins,
    bearer_good,
)
from tests.web.stage import TOKEN, Stage

COMMAND = "cc-connect url"


class Time:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Values:
    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def load(self, key: str) -> str | None:
        return self.values.get(key)

    async def save(self, key: str, value: str) -> None:
        self.values[key] = value


class TestCodes:
    def test_a_code_is_good_once(self) -> None:
        codes = LoginCodes()
        code = codes.issue()
        assert codes.redeem(code)
        assert not codes.redeem(code)

    def test_a_code_is_good_for_ten_minutes(self) -> None:
        time = Time()
        codes = LoginCodes(time)
        early, late = codes.issue(), codes.issue()
        time.now += CODE_LASTS - 1
        assert codes.redeem(early)
        time.now += 1
        assert not codes.redeem(late)

    def test_guessing_makes_open_codes_void(self) -> None:
        codes = LoginCodes()
        code = codes.issue()
        for _ in range(MOST_WRONG):
            assert not codes.redeem("guess")
        assert not codes.redeem(code)
        assert codes.redeem(codes.issue())

    def test_open_codes_are_bounded(self) -> None:
        codes = LoginCodes()
        first = codes.issue()
        rest = [codes.issue() for _ in range(MOST_CODES)]
        assert not codes.redeem(first)
        assert codes.redeem(rest[0])

    def test_codes_are_long_and_never_the_same(self) -> None:
        codes = LoginCodes()
        many = {codes.issue() for _ in range(100)}
        assert len(many) == 100
        assert all(len(code) >= 32 for code in many)


class TestLogins:
    async def test_survive_a_restart_and_are_stored_hashed(self) -> None:
        values = Values()
        cookie = await Logins(values).open()
        assert cookie not in str(values.values)
        assert await Logins(values).good(cookie)
        assert not await Logins(values).good(cookie + "x")
        assert not await Logins(values).good("")

    async def test_end_after_their_time(self) -> None:
        time = Time()
        logins = Logins(Values(), time)
        cookie = await logins.open()
        time.now += LOGIN_LASTS - 1
        assert await logins.good(cookie)
        time.now += 1
        assert not await logins.good(cookie)

    async def test_can_be_ended(self) -> None:
        values = Values()
        logins = Logins(values)
        cookie = await logins.open()
        await logins.close(cookie)
        assert not await logins.good(cookie)
        assert not await Logins(values).good(cookie)

    async def test_are_bounded(self) -> None:
        time = Time()
        logins = Logins(Values(), time)
        cookies = []
        for _ in range(MOST_LOGINS + 1):
            time.now += 1
            cookies.append(await logins.open())
        assert not await logins.good(cookies[0])
        assert await logins.good(cookies[1])

    async def test_damaged_storage_only_logs_out(self) -> None:
        values = Values()
        values.values["logins"] = "{"
        logins = Logins(values)
        assert await logins.good(await logins.open())


class TestTokens:
    @pytest.mark.parametrize("header", ["Bearer secret", "bearer secret", "Bearer  secret "])
    def test_a_token_is_good(self, header: str) -> None:
        assert bearer_good(header, ("other", "secret"))

    @pytest.mark.parametrize(
        "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic secret", "secret"]
    )
    def test_anything_else_is_not(self, header: str) -> None:
        assert not bearer_good(header, ("secret", ""))


class TestTheWayIn:
    async def test_without_a_login_every_page_says_what_to_do(
        self, stranger: aiohttp.ClientSession
    ) -> None:
        for path in ("/", "/c/site", "/c/site/log", "/uploads/x", "/files/x", "/nowhere"):
            async with stranger.get(path) as answer:
                assert answer.status == 401, path
                assert COMMAND in await answer.text()

    async def test_a_program_gets_the_line_as_json(self, stage: Stage) -> None:
        async with stage.session() as program, program.get("/c/site") as answer:
            assert answer.status == 401
            assert COMMAND in (await answer.json())["error"]

    async def test_a_link_becomes_a_strict_cookie(
        self, stage: Stage, stranger: aiohttp.ClientSession
    ) -> None:
        async with stranger.get(URL(stage.server.link()).relative()) as answer:
            assert answer.status == 200
            cookie = answer.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
            assert 'http-equiv="refresh"' in await answer.text()
        async with stranger.get("/") as answer:
            assert answer.status == 200
            assert answer.url.path == "/c/site"

    @pytest.mark.parametrize("query", ["", "?code=", "?code=wrong", "?code=%00%ff"])
    async def test_a_wrong_code_says_what_to_do(
        self, stranger: aiohttp.ClientSession, query: str
    ) -> None:
        async with stranger.get(URL(f"/login{query}", encoded=True)) as answer:
            assert answer.status == 403
            assert "Set-Cookie" not in answer.headers
            assert COMMAND in await answer.text()

    async def test_a_used_link_is_no_way_in_but_no_way_out_either(
        self, stage: Stage, owner: aiohttp.ClientSession, stranger: aiohttp.ClientSession
    ) -> None:
        link = URL(stage.server.link()).relative()
        async with stranger.get(link) as answer:
            assert answer.status == 200
        async with stage.session() as third, third.get(link) as answer:
            assert answer.status == 403
        async with owner.get(link) as answer:
            assert answer.status == 200

    async def test_looking_ahead_does_not_use_up_a_link(
        self, stage: Stage, stranger: aiohttp.ClientSession
    ) -> None:
        link = URL(stage.server.link()).relative()
        async with stranger.head(link) as answer:
            assert answer.status == 405
        async with stranger.get(link) as answer:
            assert answer.status == 200

    async def test_the_line_is_told_in_chinese_too(self, stranger: aiohttp.ClientSession) -> None:
        async with stranger.get("/", headers={"Accept-Language": "fr;q=0.9,zh-CN;q=0.8"}) as answer:
            text = await answer.text()
        assert 'lang="zh"' in text
        assert "尚未登录" in text

    async def test_a_login_survives_a_restart(self, tmp_path: Path) -> None:
        async with Stage(tmp_path) as first:
            session = await first.logged_in()
            kept = dict(first.host.values)
        cookies = {cookie.key: cookie.value for cookie in session.cookie_jar}
        await session.close()
        async with (
            Stage(tmp_path, values=kept) as again,
            again.session() as later,
            later.get("/c/site", cookies=cookies) as answer,
        ):
            assert answer.status == 200

    async def test_logging_out_ends_it(self, stage: Stage, owner: aiohttp.ClientSession) -> None:
        origin = {"Origin": str(stage.url.origin())}
        async with owner.post("/logout", headers=origin) as answer:
            assert answer.status == 200
        async with owner.get("/c/site") as answer:
            assert answer.status == 401


class TestPrograms:
    BEARER: ClassVar[dict[str, str]] = {"Authorization": f"Bearer {TOKEN}"}

    async def test_a_token_opens_the_door(self, stage: Stage) -> None:
        async with stage.session(**self.BEARER) as program, program.get("/c/site") as answer:
            assert answer.status == 200

    async def test_a_token_gets_a_fresh_link(
        self, stage: Stage, stranger: aiohttp.ClientSession
    ) -> None:
        async with (
            stage.session(**self.BEARER) as program,
            program.post("/login/links") as answer,
        ):
            link = (await answer.json())["url"]
        assert link.startswith(stage.server.address)
        async with stranger.get(URL(link).relative()) as answer:
            assert answer.status == 200

    async def test_nobody_else_does(self, stage: Stage) -> None:
        async with stage.session() as program, program.post("/login/links") as answer:
            assert answer.status == 401

    async def test_health_needs_no_login(self, stage: Stage) -> None:
        async with stage.session() as program, program.get("/healthz") as answer:
            assert await answer.json() == {"ok": True}
