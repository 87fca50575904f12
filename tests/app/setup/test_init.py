"""`cc-connect init` as a person meets it: on a terminal, with the twins behind the credentials."""

import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cc_connect.testing.discord import DiscordTwin
from cc_connect.testing.weibo import WeiboTwin
from tests.app.setup.steps import Session, environment, install_agent


def discord(twin: DiscordTwin) -> tuple[str, ...]:
    return ("--option", f"api_base={twin.api_base}", "--option", f"gateway_url={twin.gateway_url}")


def written(home: Path) -> dict[str, Any]:
    path = home / ".cc-connect" / "config.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return tomllib.loads(path.read_text())


async def test_a_discord_bot_from_nothing(tmp_path: Path) -> None:
    home, work = tmp_path / "home", tmp_path / "website"
    work.mkdir()
    environ = environment(home)
    install_agent(home)
    async with DiscordTwin() as twin:
        bot = twin.add_application("helper")
        async with Session("init", *discord(twin), folder=tmp_path, environ=environ) as person:
            await person.answer("Number [1]", "discord")
            await person.sees("https://discord.com/developers/applications")
            await person.answer("token", "not-the-token")
            await person.sees("✗ Discord refuses the token")
            await person.answer("token", bot.token)
            await person.sees("✓ @helper")
            await person.sees("! the bot is in no server yet")
            await person.sees(f"/oauth2/authorize?client_id={bot.id}&permissions=")
            await person.answer("Ids (Enter for none)")
            await person.answer("agent work?", str(tmp_path / "nowhere"))
            await person.sees("is not a folder")
            await person.answer("agent work?", str(work))
            await person.sees("✓ claudecode: 9.9.9 (Claude Code)")
            await person.sees("✓ written:")
            await person.sees("send a message to @helper")
            await person.sees("pair CODE")
            assert await person.ends() == 0
            assert person.prompts < 10
            assert bot.token not in person.screen
            assert "not-the-token" not in person.screen
    (project,) = written(home)["projects"]
    assert project["name"] == "website"
    assert project["agent"] == {"type": "claudecode", "options": {"work_dir": str(work)}}
    (platform,) = project["platforms"]
    assert platform["options"]["token"] == bot.token
    assert "allow_from" not in platform["options"]


async def test_weibo_in_chinese(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environ = environment(home) | {"LANG": "zh_CN.UTF-8"}
    async with WeiboTwin() as twin:
        options = ("--option", f"token_endpoint={twin.token_endpoint}")
        async with Session("init", *options, folder=tmp_path, environ=environ) as person:
            await person.answer("编号 [1]", "2")
            await person.sees("连接龙虾")
            await person.answer("app_id", twin.app_id)
            await person.answer("app_secret", "wrong")
            await person.sees("✗ Weibo refuses app_id or app_secret")
            await person.answer("app_id", twin.app_id)
            await person.answer("app_secret", twin.app_secret)
            await person.sees(f"uid {twin.uid}")
            await person.answer("直接回车表示没有", "1234567890")
            await person.answer("文件夹", str(tmp_path))
            await person.sees("没有安装任何编程 agent")
            await person.sees("已写入")
            assert await person.ends() == 0
            assert twin.app_secret not in person.screen
    (project,) = written(home)["projects"]
    assert project["agent"]["type"] == "auto"
    options_written = project["platforms"][0]["options"]
    assert options_written["app_secret"] == twin.app_secret
    assert options_written["allow_from"] == "1234567890"


async def test_without_questions_the_secret_comes_from_the_environment(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with DiscordTwin() as twin:
        bot = twin.add_application("helper")
        environ = environment(home, BOT_TOKEN=bot.token)
        words = ("init", "--yes", "--platform", "discord", "--secret", "token=env:BOT_TOKEN")
        more = ("--project", "shop", "--work-dir", str(tmp_path), *discord(twin))
        async with Session(*words, *more, folder=tmp_path, environ=environ) as person:
            await person.sees("✓ @helper")
            assert await person.ends() == 0
            assert person.prompts == 0
    (project,) = written(home)["projects"]
    assert project["name"] == "shop"
    assert project["platforms"][0]["options"]["token"] == "${BOT_TOKEN}"


async def test_a_secret_from_a_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with DiscordTwin() as twin:
        bot = twin.add_application("helper")
        (tmp_path / "token").write_text(f"{bot.token}\n")
        words = ("init", "-y", "--platform", "discord", "--secret", f"token=file:{tmp_path}/token")
        environ = environment(home)
        async with Session(*words, *discord(twin), folder=tmp_path, environ=environ) as person:
            assert await person.ends() == 0
    assert written(home)["projects"][0]["platforms"][0]["options"]["token"] == bot.token


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--yes",), "missing: --platform"),
        (("--yes", "--platform", "discord"), "missing: token"),
        (("--yes", "--platform", "discrod"), "there is no discrod"),
        (("--option", "token=s3cret"), "token is a secret: --secret token=env:NAME"),
        (("--secret", "s3cret"), "--secret takes KEY=env:NAME or KEY=file:PATH"),
        (
            ("--yes", "--platform", "discord", "--secret", "token=env:NOT_SET_ANYWHERE"),
            "the environment variable NOT_SET_ANYWHERE is not set",
        ),
        (("--yes", "--platform", "web", "--work-dir", "/no/such/folder"), "is not a folder"),
        (("--yes", "--platform", "web", "--agent", "cluade"), "there is no cluade"),
    ],
)
async def test_what_cannot_be_used_is_told_and_nothing_is_written(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    home = tmp_path / "home"
    async with Session("init", *words, folder=tmp_path, environ=environment(home)) as person:
        await person.sees(told)
        assert await person.ends() == 1
        assert "s3cret" not in person.screen.replace("token=s3cret", "")
    assert not (home / ".cc-connect").exists()


async def test_a_refused_token_fails_without_questions(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with DiscordTwin() as twin:
        environ = environment(home, BOT_TOKEN="nonsense")
        words = ("init", "--yes", "--platform", "discord", "--secret", "token=env:BOT_TOKEN")
        async with Session(*words, *discord(twin), folder=tmp_path, environ=environ) as person:
            await person.sees("Discord refuses the token")
            assert await person.ends() == 1
    assert not (home / ".cc-connect").exists()


async def test_a_discord_that_cannot_be_reached_may_be_passed_over(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with DiscordTwin() as twin:
        options = discord(twin)
        bot = twin.add_application("helper")
    environ = environment(home)
    words = ("init", "--platform", "discord", "--work-dir", str(tmp_path), *options)
    async with Session(*words, folder=tmp_path, environ=environ) as person:
        await person.answer("token", bot.token)
        await person.sees("cannot be asked just now")
        await person.answer("without a check?", "y")
        await person.answer("Ids (Enter for none)")
        await person.sees("send a message to the bot")
        assert await person.ends() == 0
    assert written(home)["projects"][0]["platforms"][0]["options"]["token"] == bot.token


async def test_who_walks_away_leaves_nothing_behind(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with Session("init", folder=tmp_path, environ=environment(home)) as person:
        await person.answer("Number", "discord")
        await person.answer("token", "\x04")
        await person.sees("Aborted!")
        assert await person.ends() == 1
    assert not (home / ".cc-connect").exists()
