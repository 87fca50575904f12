"""`cc-connect doctor` at a terminal, and `/doctor` in a chat."""

import stat
from pathlib import Path

from cc_connect.testing.discord import ChannelHandle, DiscordTwin, Message
from cc_connect.testing.discord.intents import CHAT
from cc_connect.testing.weibo import WeiboTwin
from tests.app.setup.steps import Session, environment, install_agent
from tests.e2e.test_first_message import CODE, WITHIN, Running, find, paired

CONTENT = 1 << 15

CONFIG = """\
[management]
enabled = {page}
[[projects]]
name = "shop"
agent = {{ type = "{agent}", options = {{ work_dir = "{work}" }} }}
[[projects.platforms]]
type = "discord"
[projects.platforms.options]
token = "{token}"
api_base = "{api}"
gateway_url = "{gateway}"
"""


def configure(
    home: Path,
    twin: DiscordTwin,
    token: str,
    *,
    agent: str = "claudecode",
    work: Path | None = None,
) -> None:
    folder = home / ".cc-connect"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "config.toml"
    path.write_text(
        CONFIG.format(
            page="false",
            agent=agent,
            work=work or home,
            token=token,
            api=twin.api_base,
            gateway=twin.gateway_url,
        )
    )
    path.chmod(0o600)


async def shown(twin: DiscordTwin, place: ChannelHandle, text: str) -> Message:
    message = await twin.until(lambda: find(place, text), WITHIN)
    assert isinstance(message, Message)
    return message


async def examined(tmp_path: Path, home: Path, *told: str, code: int) -> str:
    async with Session("doctor", folder=tmp_path, environ=environment(home)) as person:
        for text in told:
            await person.sees(text)
        assert await person.ends() == code, person.screen
        return person.screen


async def test_all_is_well(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment(home)
    install_agent(home)
    async with DiscordTwin() as twin:
        bot = twin.add_application("helper")
        twin.add_guild("Workshop").invite(bot)
        configure(home, twin, bot.token)
        screen = await examined(
            *(tmp_path, home, "✓ configuration:", "✓ cc-connect is not running"),
            *("✓ shop, claudecode: 9.9.9 (Claude Code)", "✓ shop, claudecode: signed in"),
            *("✓ shop, discord: @helper", "✓ shop, discord: servers: 1 (Workshop)"),
            *("✓ the clock is right", "All is well."),
            code=0,
        )
        assert bot.token not in screen


async def test_what_is_wrong_is_all_told_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment(home)
    async with DiscordTwin() as twin:
        deaf = twin.add_application("deaf", intents_enabled=CHAT & ~CONTENT)
        configure(home, twin, deaf.token, work=tmp_path / "gone")
        (home / ".cc-connect" / "config.toml").chmod(0o644)
        await examined(
            *(tmp_path, home, "config.toml is open to others (mode 644)"),
            *("✗ shop, claudecode: work_dir", "✗ shop, claudecode: claude is not on this machine"),
            *("npm install", "✗ shop, discord: Message Content Intent is off"),
            "To be mended: 3",
            code=1,
        )
        await examined(tmp_path, home, "To be mended: 3", code=1)
        async with Session("doctor", "--fix", folder=tmp_path, environ=environment(home)) as person:
            await person.sees("✓ closed to others:")
            assert await person.ends() == 1
            assert "is open to others" not in person.screen
        assert stat.S_IMODE((home / ".cc-connect" / "config.toml").stat().st_mode) == 0o600
        configure(home, twin, "nonsense", agent="demo")
        await examined(tmp_path, home, "✗ shop, discord: Discord refuses the token", code=1)


async def test_errors_of_the_configuration_are_findings(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment(home)
    (home / ".cc-connect").mkdir()
    (home / ".cc-connect" / "config.toml").write_text("langauge = 'en'\n")
    await examined(tmp_path, home, "config.toml:1:1: langauge: unknown key", code=1)


async def test_a_running_program_is_asked_itself_and_not_disturbed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environ = environment(home)
    async with WeiboTwin() as twin:
        words = ("init", "--yes", "--platform", "weibo", "--work-dir", str(tmp_path))
        flags = (
            *("--option", f"app_id={twin.app_id}", "--no-check", "--secret"),
            *("app_secret=env:WEIBO_SECRET", "--option", f"token_endpoint={twin.token_endpoint}"),
            *("--option", f"ws_endpoint={twin.ws_endpoint}"),
        )
        environ["WEIBO_SECRET"] = twin.app_secret
        async with Session(*words, *flags, folder=tmp_path, environ=environ) as person:
            assert await person.ends() == 0, person.screen
        async with Running(tmp_path, environ):
            await twin.until(lambda: twin.connected, WITHIN)
            given = len(twin.tokens)
            async with Session("doctor", folder=tmp_path, environ=environ) as person:
                await person.sees("✓ cc-connect is running")
                await person.sees(f"uid {twin.uid}")
                assert await person.ends() == 0
            assert len(twin.tokens) == given
            assert twin.connected


async def test_in_a_chat_it_is_for_admins(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environ = environment(home)
    async with DiscordTwin() as twin:
        ann, bob = twin.add_user("ann", "Ann"), twin.add_user("bob", "Bob")
        bot = twin.add_application("helper")
        guild = twin.add_guild("Workshop", owner=ann)
        guild.add_member(bob)
        guild.invite(bot)
        configure(home, twin, bot.token, agent="demo")
        async with Running(tmp_path, environ):
            for person in (ann, bob):
                direct = twin.direct(person, bot)
                await direct.say(person, "Hello")
                found = CODE.search((await shown(twin, direct, "pair ")).content)
                assert found is not None
                await paired(found[1], tmp_path, environ, "is let in")
            await twin.direct(ann, bot).say(ann, "/doctor")
            answer = await shown(twin, twin.direct(ann, bot), "shop, discord: @helper")
            assert "servers: 1 (Workshop)" in answer.content
            assert "free on the disk" in answer.content
            await twin.direct(bob, bot).say(bob, "/doctor")
            await shown(twin, twin.direct(bob, bot), "admin")
            assert find(twin.direct(bob, bot), "free on the disk") is None
