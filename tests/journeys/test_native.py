"""Commands as Discord offers them, and the menu of a message, with the whole program behind."""

import pytest

from cc_connect.commands import COMMANDS
from cc_connect.contract.command import Role
from cc_connect.testing.discord import ChannelKind, Interaction, Permission
from tests.journeys.chat import ALICE, BOB, PATIENCE
from tests.journeys.on_discord import DiscordChat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {"main": ("", ""), "threaded": ("", "thread_isolation = true")}


async def use(
    world: World, chat: DiscordChat, command: str, by: str = ALICE, **options: object
) -> Interaction:
    """Use a command once it is offered."""
    await world.twin.until_true(lambda: all(bot.commands for bot in world.bots.values()), PATIENCE)
    who = world.people[by]
    return await world.twin.invoke(who, chat.place, command, options, patience=PATIENCE)


async def test_every_command_is_offered_to_those_who_may_use_it(world: World) -> None:
    chat = world.discord()
    await use(world, chat, "version")
    offered = set(world.twin.commands(world.people[ALICE], chat.place))
    admins = {one.spec.name for one in COMMANDS if one.spec.role >= Role.ADMIN}
    assert offered >= {one.spec.name for one in COMMANDS} - admins
    assert not offered & admins
    guild = world._guilds["main"]
    chief = world.twin.add_user("chief")
    guild.add_member(chief, guild.add_role("chiefs", Permission.MANAGE_GUILD))
    assert set(world.twin.commands(chief, chat.place)) >= admins


async def test_the_answer_of_a_command_stands_in_its_place(world: World) -> None:
    chat = world.discord()
    used = await use(world, chat, "status")
    await chat.sees("Status", "Project: main")
    assert used.original is not None
    assert "Project: main" in used.original.content
    await use(world, chat, "mode", mode="plan")
    await use(world, chat, "status")
    await chat.sees("Mode: plan")


async def test_values_are_suggested(world: World) -> None:
    chat = world.discord()
    await use(world, chat, "version")
    alice = world.people[ALICE]
    found = await world.twin.suggest(alice, chat.place, "mode", "mode", "pla")
    assert [one["value"] for one in found] == ["plan"]


async def test_a_turn_by_command(world: World) -> None:
    chat = world.discord()
    await chat.say("hello")
    await chat.sees("You said: hello")
    used = await use(world, chat, "retry")
    answer = await chat.sees("You said: hello", count=2)
    assert used.original is not None
    assert used.original.content == "`/retry`"
    anchor = str(used.original.id)
    await world.twin.until_true(lambda: chat.signs(anchor) == ("✅",), PATIENCE)
    final = next(one for one in chat.place.messages if str(one.id) == answer.key)
    assert final.reference is not None
    assert final.reference.message_id == used.original.id


async def test_a_turn_by_command_has_a_thread_where_conversations_have_threads(
    world: World,
) -> None:
    chat = world.discord("threaded")
    await use(world, chat, "compress", by=BOB, hint="short")
    thread = await chat.thread()
    assert thread.place.name == "/compress short"
    assert thread.place.state.kind is ChannelKind.PUBLIC_THREAD
    await chat.sees("/compress short", f"<#{thread.place.id}>")


async def test_asking_about_a_message_and_why(world: World) -> None:
    chat = world.discord()
    await use(world, chat, "version")
    said = await chat.place.say(world.people[BOB], "/version")
    alice = world.people[ALICE]
    form = await world.twin.invoke_on(alice, said, "Ask agent about this", patience=PATIENCE)
    await world.twin.submit(
        alice, form, {"What about this message?": "What does it mean?"}, patience=PATIENCE
    )
    await chat.sees("You said:", "What does it mean?")
    mine = await chat.place.say(alice, "hello there")
    await chat.sees("You said: hello there")
    used = await world.twin.invoke_on(alice, mine, "Why?", patience=PATIENCE)
    await world.twin.until_true(
        lambda: used.original is not None and "received" in used.original.content, PATIENCE
    )
