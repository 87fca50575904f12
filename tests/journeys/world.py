"""A world for journeys: the whole program, a Discord beside it, and people."""

import json
import os
import re
import socket
from contextlib import AsyncExitStack
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cc_connect.app import discovery
from cc_connect.app.config import load, settle
from cc_connect.app.config.models import Config, ProjectConfig
from cc_connect.app.house import House
from cc_connect.app.projects import Surroundings
from cc_connect.runtime.settings import Project, Timeouts
from cc_connect.testing.discord import Application, DiscordTwin, GuildHandle
from cc_connect.testing.scripted_agent import COMMAND, SETTINGS
from tests.journeys.chat import ALICE, BOB, DORA, PATIENCE, Chat, Step
from tests.journeys.in_browser import BrowserChat
from tests.journeys.on_discord import DiscordChat
from tests.journeys.on_page import PageChat
from tests.web.browser import chromium, connected

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

Projects = dict[str, tuple[str, str]]
Hurries = dict[str, dict[str, float]]
Agents = dict[str, tuple[Step, ...]]
TOKEN = "a-token-for-journeys"
CONFIG = """
data_dir = "{folder}/data"
language = "en"
{more}
[management]
port = {port}
token = "{token}"
[queue]
max_depth = 4
"""
PROVIDER = re.compile(r'\[\[providers\]\]\nname = "(\w+)"')
SLOWLY = 'while [ -e "$0" ]; do sleep 0.05; done; exec "$@"'
"""The agent is started through a shell that waits while a file is there."""

PROJECT = """
[[projects]]
name = "{name}"
admin_from = "{admins}"
{project}
[projects.agent]
type = "claudecode"
provider_refs = {providers}
[projects.agent.options]
work_dir = "{folder}/{name}"
cmd = {command}
[projects.agent.options.env]
CLAUDE_CONFIG_DIR = "{folder}/claude"
{settings} = '{agent}'
[[projects.platforms]]
type = "web"
[[projects.platforms]]
type = "discord"
[projects.platforms.options]
token = "{bot}"
api_base = "{api}"
gateway_url = "{gateway}"
allow_from = "{people}"
group_reply_all = true
{discord}
"""


class Hurried(House):
    """The program with limits of time that a test can wait for, in projects that ask for them."""

    hurries: Hurries

    def _build_project(self, project: ProjectConfig, around: Surroundings) -> Project:
        made = super()._build_project(project, around)
        limits = {"stop": 3.0, **self.hurries.get(project.name, {})}
        names = {field.name for field in fields(Timeouts)}
        timeouts = {name: value for name, value in limits.items() if name in names}
        others: dict[str, Any] = {k: value for k, value in limits.items() if k not in names}
        return replace(made, timeouts=replace(made.timeouts, **timeouts), **others)


class World:
    """`async with World(folder, {"main": ("", "")}) as world`.

    Args:
        folder: For everything it writes.
        projects: By name: more lines of the project, and of its Discord bot.
        hurries: By name: limits of time, in seconds.
        more: More of the configuration, for its top.
        agents: By name: what the agent does where a prompt holds no script.
    """

    def __init__(
        self,
        folder: Path,
        projects: Projects | None = None,
        hurries: Hurries | None = None,
        more: str = "",
        agents: Agents | None = None,
    ) -> None:
        self.folder = folder
        self._projects = projects or {"main": ("", "")}
        self._hurries = hurries or {}
        self._more = more
        self._agents = agents or {}
        self._outer = AsyncExitStack()
        self._chats = 0
        self._pages: list[PageChat] = []
        self._context: BrowserContext | None = None
        self._guilds: dict[str, GuildHandle] = {}
        self.bots: dict[str, Application] = {}

    async def __aenter__(self) -> Self:
        self.twin = await self._outer.enter_async_context(DiscordTwin())
        twin = self.twin
        self.people = {name: twin.add_user(name, name.title()) for name in (ALICE, BOB, DORA)}
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self._write_config()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for page in self._pages:
            await page.close()
        await self.stop()
        await self._outer.aclose()

    def _write_config(self) -> None:
        known = {"folder": self.folder, "port": self.port, "token": TOKEN}
        text = CONFIG.format(**known, more=self._more.format(**known))
        ids = {name: str(person.id) for name, person in self.people.items()}
        for name, (project, discord) in self._projects.items():
            (self.folder / name).mkdir(parents=True)
            bot = self._found(name)
            text += PROJECT.format(
                name=name,
                folder=self.folder,
                admins=f"{ids[ALICE]},{ids[DORA]}",
                people=",".join(ids.values()),
                command=json.dumps(["/bin/sh", "-c", SLOWLY, str(self._gate(name)), *COMMAND]),
                providers=json.dumps(PROVIDER.findall(self._more)),
                settings=SETTINGS,
                agent=json.dumps({"default": self._agents.get(name, ())}),
                bot=bot.token,
                api=self.twin.api_base,
                gateway=self.twin.gateway_url,
                project=project.format(**known),
                discord=discord,
            )
        (self.folder / "config.toml").write_text(text)

    def _found(self, name: str) -> Application:
        """A server with everybody in it, for the bot of a project."""
        guild = self._guilds[name] = self.twin.add_guild(name)
        for person in self.people.values():
            guild.add_member(person)
        bot = self.bots[name] = self.twin.add_application(f"cc-{name}")
        guild.invite(bot)
        return bot

    # --- the program ----------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the program, as `cc-connect --config` does, and wait until its bots are there."""
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
        self._house = Hurried(configured(self.folder / "config.toml", environ), environ)
        self._house.hurries = self._hurries
        await self._house.start()
        bots = self.bots.values()
        await self.twin.until_true(lambda: all(map(self.twin.is_online, bots)), PATIENCE)

    async def stop(self) -> None:
        """End it politely."""
        await self._house.stop()

    async def restart(self) -> None:
        """End it politely and start it anew on the same data."""
        await self.stop()
        await self.start()

    def _gate(self, project: str) -> Path:
        return self.folder / f"{project}.wait"

    def hold_starts(self, project: str) -> None:
        """Agents of this project do not come up any more."""
        self._gate(project).touch()

    def release_starts(self, project: str) -> None:
        """They do again."""
        self._gate(project).unlink()

    def work(self, project: str = "main") -> Path:
        """The folder of a project."""
        return self.folder / project

    # --- the chats --------------------------------------------------------------------------------

    async def chat(self, body: str, project: str = "main") -> Chat:
        """A new conversation with the agent of a project."""
        self._chats += 1
        if body == "browser":
            return await self._in_browser(project)
        if body == "page":
            page = PageChat(f"http://127.0.0.1:{self.port}", TOKEN, f"room-{self._chats}", project)
            self._pages.append(page)
            return page
        return self.discord(project)

    async def _in_browser(self, project: str) -> Chat:
        """A window of a real browser that is logged in; the browser stays for the next one."""
        server = self._house.page
        assert server is not None
        if self._context is None:
            browser = await self._outer.enter_async_context(chromium())
            self._context = await browser.new_context(viewport={"width": 1280, "height": 900})
            self._context.set_default_timeout(PATIENCE * 1000)
            page = await self._context.new_page()
            await page.goto(server.link())
            await connected(page)
        page = await self._context.new_page()
        await page.goto(f"{server.address}/c/room-{self._chats}?project={project}")
        await connected(page)
        return BrowserChat(page)

    def discord(self, project: str = "main") -> DiscordChat:
        """A new channel of the server in which the bot of that project is."""
        self._chats += 1
        place = self._guilds[project].add_channel(f"room-{self._chats}")
        return DiscordChat(self.twin, place, self.bots[project], self.people)


def configured(path: Path, environ: dict[str, str]) -> Config:
    """The configuration as the program reads it; any complaint fails the test."""
    platforms, agents = discovery.platforms(frozenset()), discovery.agents(frozenset())
    loaded = load(path, environ, agents.names, platforms.names)
    loaded = settle(
        loaded,
        {"claudecode": agents.load("claudecode").options},
        {name: platforms.load(name).options for name in ("web", "discord")},
    )
    assert not loaded.problems, loaded.problems
    assert loaded.config is not None
    return loaded.config
