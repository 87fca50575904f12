"""From nothing to a first answered message, as docs/getting-started.md tells it.

What is typed is typed on a terminal, what is seen is seen there or on the twins. The transcripts of
the guide are those of these runs, but for what differs from one to the next.
"""

import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cc_connect.testing.discord import ChannelHandle, DiscordTwin, Message
from cc_connect.testing.weibo import WeiboTwin
from tests.app.setup.steps import Session, environment

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "getting-started.md"
WITHIN = 30.0
ANSWER = "Two files: README.md and app.py. Shall I explain them?"
CODE = re.compile(r"pair ([A-Z0-9]{8})")
CLAUDE = """#!/bin/sh
case "$1" in
  --version) echo "2.1.329 (Claude Code)"; exit ;;
  auth) echo '{{"loggedIn": true}}'; exit ;;
esac
export CC_SCRIPTED_AGENT='{{"default": [{{"text": "{answer}"}}]}}'
export PYTHONPATH={paths}
exec {python} -P -m cc_connect.testing.scripted_agent "$@"
"""


def furnish(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A home with a folder to work in, and an agent on PATH."""
    home, work = tmp_path / "ann", tmp_path / "ann" / "website"
    environ = environment(home)
    work.mkdir()
    (home / "bin").mkdir()
    program = home / "bin" / "claude"
    paths = shlex.quote(os.environ.get("PYTHONPATH", ""))
    python = shlex.quote(sys.executable)
    program.write_text(CLAUDE.format(answer=ANSWER, paths=paths, python=python))
    program.chmod(0o755)
    return work, environ


class Running:
    """The program as started after the set-up, on a terminal."""

    def __init__(self, work: Path, environ: Mapping[str, str]) -> None:
        self._work = work
        self._environ = environ
        self.session = Session("--port", "0", folder=work, environ=environ)

    async def __aenter__(self) -> Session:
        await self.session.__aenter__()
        await self.session.sees("cc-connect is running")
        return self.session

    async def __aexit__(self, *_: object) -> None:
        self.session.terminate()
        await self.session.ends()
        await self.session.__aexit__()
        assert "Traceback" not in self.session.screen, self.session.screen


async def paired(code: str, work: Path, environ: Mapping[str, str], told: str) -> None:
    async with Session("pair", code, folder=work, environ=environ) as person:
        await person.sees(told)
        assert await person.ends() == 0


def transcript(screen: str, home: Path, address: str) -> str:
    """What was shown, without what is different every time."""
    text = screen.replace(str(home), "/home/ann").replace(address, "https://discord.com")
    text = re.sub(r"client_id=\d+", "client_id=1234567890", text)
    text = text.replace(f"{sys.executable} -m cc_connect", "cc-connect")
    text = re.sub(r"@helper(#\d+)?", "@helper", text).strip()
    return "\n".join(line.rstrip() for line in text.splitlines())


def find(place: ChannelHandle, text: str) -> Message | None:
    mine = [one for one in place.messages if one.author.bot and text in one.content]
    return mine[-1] if mine else None


async def test_discord_from_zero(tmp_path: Path) -> None:
    work, environ = furnish(tmp_path)
    async with DiscordTwin() as twin:
        ann = twin.add_user("ann", "Ann")
        guild = twin.add_guild("Ann's place", owner=ann)
        bot = twin.add_application("helper")
        flags = (f"api_base={twin.api_base}", f"gateway_url={twin.gateway_url}")
        words = [word for flag in flags for word in ("--option", flag)]
        async with Session("init", *words, folder=work, environ=environ) as person:
            await person.answer("Number [1]")
            await person.answer("token", bot.token)
            await person.answer("Ids (Enter for none)")
            await person.answer("agent work?")
            assert await person.ends() == 0
            assert person.prompts < 10
            screen = person.screen
        link = next(word for word in screen.split() if "oauth2" in word)
        guild.invite(bot, int(parse_qs(urlsplit(link).query)["permissions"][0]))
        address = link.partition("/oauth2")[0]
        shown = transcript(screen, work.parent, address)
        assert shown in GUIDE.read_text(encoding="utf-8"), shown
        async with Running(work, environ):
            direct = twin.direct(ann, bot)
            await direct.say(ann, "Hello")
            refusal = await twin.until(lambda: find(direct, "pair "), WITHIN)
            assert refusal is not None
            found = CODE.search(refusal.content)
            assert found is not None
            await paired(found[1], work, environ, "is let in")
            await direct.say(ann, "What is in this folder?")
            await twin.until(lambda: find(direct, ANSWER), WITHIN)


async def test_weibo_from_zero(tmp_path: Path) -> None:
    work, environ = furnish(tmp_path)
    environ["LANG"] = "zh_CN.UTF-8"
    async with WeiboTwin() as twin:
        flags = (f"token_endpoint={twin.token_endpoint}", f"ws_endpoint={twin.ws_endpoint}")
        words = [word for flag in flags for word in ("--option", flag)]
        async with Session("init", *words, folder=work, environ=environ) as person:
            await person.answer("编号 [1]", "weibo")
            await person.answer("app_id", twin.app_id)
            await person.answer("app_secret", twin.app_secret)
            await person.answer("直接回车表示没有")
            await person.answer("文件夹")
            assert await person.ends() == 0
            assert person.prompts < 10
            screen = person.screen
        shown = transcript(screen, work.parent, twin.token_endpoint)
        shown = shown.replace("! ws_endpoint 没有加密（ws://）\n", "")  # noqa: RUF001 - Chinese
        assert shown in GUIDE.read_text(encoding="utf-8"), shown
        async with Running(work, environ):
            await twin.until(lambda: twin.connected, WITHIN)
            await twin.say("你好")
            await twin.until(lambda: any(CODE.search(one) for one in twin.texts()), WITHIN)
            (code,) = [found[1] for one in twin.texts() if (found := CODE.search(one))]
            await paired(code, work, environ, "is let in")
            await twin.say("这个文件夹里有什么？")  # noqa: RUF001 - Chinese
            await twin.until(lambda: any(ANSWER in one for one in twin.texts()), WITHIN)
