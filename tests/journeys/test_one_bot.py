"""One Discord bot for several projects: which one is meant depends on the place."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cc_connect.testing.discord import ChannelHandle, ChannelKind
from tests.journeys.chat import ALICE, BOB
from tests.journeys.on_discord import DiscordChat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHANNELS = """
[projects.platforms.options.channels]
"{side}" = {{ project = "side", mode = "plan" }}
"{category}" = {{ project = "guest" }}
"{picky}" = {{ mode = "acceptEdits" }}
"""


class OneBot(World):
    """Projects main and side have one token; guest is only named by its channels."""

    places: dict[str, ChannelHandle]

    def _write_config(self) -> None:
        super()._write_config()
        guild = self._guilds["main"]
        category = guild.add_channel("team", ChannelKind.CATEGORY)
        self.places = {name: guild.add_channel(name) for name in ("plain", "side")}
        self.places["near"] = guild.add_channel("near", parent=category)
        self.places["picky"] = guild.add_channel("picky", parent=category)
        ids = {name: place.id for name, place in self.places.items()}
        path = self.folder / "config.toml"
        first, second = self.bots["main"].token, self.bots["side"].token
        text = path.read_text().replace(second, first)
        path.write_text(text.replace("# channels", CHANNELS.format(**ids, category=category.id)))
        del self.bots["side"]

    def at(self, place: ChannelHandle) -> DiscordChat:
        return DiscordChat(self.twin, place, self.bots["main"], self.people)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OneBot]:
    projects = {"main": ("", "# channels"), "side": ("", ""), "guest": ("", "")}
    folder: Path = tmp_path_factory.mktemp("one-bot")
    async with OneBot(folder, projects) as world:
        yield world


@pytest.mark.parametrize(
    ("place", "project", "mode"),
    [
        ("plain", "main", "default"),
        ("side", "side", "plan"),
        ("near", "guest", "default"),
        ("picky", "guest", "acceptEdits"),
    ],
)
async def test_the_nearest_counts(shared: OneBot, place: str, project: str, mode: str) -> None:
    chat = shared.at(shared.places[place])
    await chat.say("/status")
    await chat.sees(f"Project: {project}", f"Mode: {mode}")
    await chat.say("hello")
    await chat.sees("You said: hello")


async def test_a_thread_belongs_to_its_channel(shared: OneBot) -> None:
    thread = await shared.places["side"].start_thread(shared.people[ALICE], "talk")
    chat = shared.at(thread)
    await chat.say("/status")
    await chat.sees("Project: side", "Mode: plan")


async def test_there_is_one_connection(shared: OneBot) -> None:
    assert len(shared.twin.sessions(shared.bots["main"])) == 1
    chat = shared.at(shared.twin.direct(shared.people[ALICE], shared.bots["main"]))
    await chat.say("/status")
    await chat.sees("Project: main")


async def test_what_a_person_chose_holds_and_edits_find_their_way(shared: OneBot) -> None:
    chat = shared.at(shared.places["side"])
    await chat.say("/mode default")
    await chat.say("/status")
    await chat.sees("Project: side", "Mode: default")
    await chat.say("begin", {"wait": 60}, {"text": "Never."})
    waiting = await chat.say("then this")
    await chat.sees("Queued as number 1")
    await chat.edit(waiting, "then that")
    await chat.say("/stop")
    await chat.sees("You said: then that")


async def test_in_private_a_person_chooses(shared: OneBot) -> None:
    chat = shared.at(shared.twin.direct(shared.people[BOB], shared.bots["main"]))
    await chat.say("hello", by=BOB)
    await chat.sees("You said: hello", by=BOB)
    await chat.say("/project", by=BOB)
    listed = await chat.sees("This conversation is about main", offering="side", by=BOB)
    await chat.press(listed, "side", by=BOB)
    await chat.sees("from now on is for side", by=BOB)
    await chat.say("/status", by=BOB)
    await chat.sees("Project: side", by=BOB)
    await chat.say("/project nowhere", by=BOB)
    await chat.sees("There is no project nowhere", "main, side, guest", by=BOB)
    await shared.restart()
    await chat.say("and now", by=BOB)
    await chat.sees("You said: and now", by=BOB)
    await chat.say("/project main", by=BOB)
    await chat.sees("from now on is for main", by=BOB)
    await chat.say("/project", by=BOB)
    await chat.sees("This conversation is about main", count=2, by=BOB)


async def test_where_the_place_decides_nothing_can_be_chosen(shared: OneBot) -> None:
    chat = shared.at(shared.places["plain"])
    await chat.say("/project side")
    await chat.sees("This conversation is about main", "private conversations")
