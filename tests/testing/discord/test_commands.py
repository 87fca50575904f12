"""Slash commands: registered by discord.py's tree, used by people."""

from typing import Any

import discord
import pytest
from discord import app_commands

from cc_connect.testing.discord import (
    MessageKind,
    NoSuchCommand,
    Permission,
    PersonCannot,
)
from tests.testing.discord.bots import Bot, running
from tests.testing.discord.conftest import Place
from tests.testing.discord.raw import raw_rest

Used = discord.Interaction[Any]


def furnish_tree(bot: Bot) -> None:
    @bot.tree.command(name="new", description="Begin anew")
    @app_commands.describe(folder="Where", deep="How")
    async def new(used: Used, folder: str, deep: bool = False) -> None:  # noqa: FBT001, FBT002
        await used.response.send_message(f"new in {folder}, deep={deep}")

    @new.autocomplete("folder")
    async def folders(used: Used, typed: str) -> list[app_commands.Choice[str]]:
        known = ["src", "srv", "tests"]
        return [
            app_commands.Choice(name=name.upper(), value=name)
            for name in known
            if name.startswith(typed)
        ]

    @bot.tree.command(name="give", description="Give something")
    async def give(
        used: Used, who: discord.Member, where: discord.TextChannel, what: discord.Role, count: int
    ) -> None:
        words = f"{who.name} {where.name} {what.name} {count}"
        await used.response.send_message(words, ephemeral=True)

    @bot.tree.command(name="pick", description="Pick one")
    @app_commands.choices(size=[app_commands.Choice(name="Large", value=3)])
    async def pick(used: Used, size: app_commands.Choice[int]) -> None:
        await used.response.send_message(f"{size.name}={size.value}")

    session = app_commands.Group(name="session", description="Sessions")

    @session.command(name="list", description="All of them")
    async def list_sessions(used: Used) -> None:
        await used.response.send_message("none")

    bot.tree.add_command(session)


async def synced(place: Place, bot: Bot, *, guild: bool) -> list[app_commands.AppCommand]:
    furnish_tree(bot)
    if guild:
        target = discord.Object(place.guild.id)
        bot.tree.copy_global_to(guild=target)
        return await bot.tree.sync(guild=target)
    return await bot.tree.sync()


@pytest.mark.parametrize("guild", [True, False])
async def test_a_person_uses_commands(place: Place, guild: bool) -> None:  # noqa: FBT001
    role = place.guild.add_role("team")
    async with running(place.twin, place.bot) as bot:
        commands = await synced(place, bot, guild=guild)
        assert {command.name for command in commands} == {"new", "give", "pick", "session"}
        twin, general, alice = place.twin, place.general, place.alice
        assert twin.commands(alice, general) == ["give", "new", "pick", "session"]
        await twin.invoke(alice, general, "new", {"folder": "src"})
        told = await general.wait_for(lambda m: m.content == "new in src, deep=False")
        assert told.kind is MessageKind.COMMAND
        await twin.invoke(alice, general, "new", {"folder": "src", "deep": True})
        await general.wait_for(lambda m: m.content == "new in src, deep=True")
        options = {"who": alice, "where": general.state, "what": role, "count": 3}
        await twin.invoke(alice, general, "give", options)
        given = await general.wait_for(lambda m: m.content == "alice general team 3")
        assert given.ephemeral
        await twin.invoke(alice, general, "pick", {"size": "Large"})
        await general.wait_for(lambda m: m.content == "Large=3")
        await twin.invoke(alice, general, "session list")
        await general.wait_for(lambda m: m.content == "none")
        choices = await twin.suggest(alice, general, "new", "folder", "sr")
        assert [choice["name"] for choice in choices] == ["SRC", "SRV"]


async def test_what_the_client_of_a_person_refuses(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        await synced(place, bot, guild=True)
        twin, general, alice = place.twin, place.general, place.alice
        bad: list[tuple[str, dict[str, object]]] = [
            ("nothing", {}),
            ("new", {}),
            ("new", {"folder": 3}),
            ("new", {"folder": "x", "age": 3}),
            ("pick", {"size": "Small"}),
            ("session", {}),
            ("session drop", {}),
        ]
        for command, options in bad:
            with pytest.raises(NoSuchCommand):
                await twin.invoke(alice, general, command, options)
        general.deny(alice, Permission.USE_APPLICATION_COMMANDS)
        with pytest.raises(PersonCannot):
            await twin.invoke(alice, general, "session list")


async def test_global_commands_work_in_direct_messages(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        await synced(place, bot, guild=False)
        direct = place.twin.direct(place.alice, place.bot)
        await place.twin.invoke(place.alice, direct, "session list")
        await direct.wait_for(lambda m: m.content == "none")


async def test_commands_are_listed_changed_and_removed(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        first = await synced(place, bot, guild=False)
        again = await bot.tree.sync()
        assert {c.name: c.id for c in first} == {c.name: c.id for c in again}
        fetched = await bot.tree.fetch_commands()
        assert len(fetched) == 4
        await fetched[0].edit(description="Changed")
        assert (await bot.tree.fetch_command(fetched[0].id)).description == "Changed"
        await fetched[0].delete()
        with pytest.raises(discord.NotFound) as refused:
            await bot.tree.fetch_command(fetched[0].id)
        assert refused.value.code == 10063


def command(**more: Any) -> dict[str, Any]:
    return {"name": "c", "description": "d", **more}


def option(**more: Any) -> dict[str, Any]:
    return {"name": "o", "description": "d", "type": 3, **more}


@pytest.mark.parametrize(
    "commands",
    [
        [command(name="Upper")],
        [command(name="with space")],
        [command(name="n" * 33)],
        [command(description="")],
        [command(description="d" * 101)],
        [command(type=9)],
        [command(), command()],
        [command(options=[option()] * 26)],
        [command(options=[option(), option()])],
        [command(options=[option(), option(name="p", required=True)])],
        [command(options=[option(type=99)])],
        [command(options=[option(autocomplete=True, choices=[{"name": "a", "value": "a"}])])],
        [command(options=[option(choices=[{"name": "", "value": "a"}])])],
        [command(options=[{"name": "s", "description": "d", "type": 1, "options": [{}]}])],
    ],
)
async def test_commands_that_are_refused(place: Place, commands: list[dict[str, Any]]) -> None:
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/applications/{place.bot.id}/commands"
        status, body, _ = await rest("PUT", path, json=commands)
        assert (status, body["code"]) == (400, 50035)


async def test_a_hundred_commands_and_no_more(place: Place) -> None:
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/applications/{place.bot.id}/commands"
        many = [command(name=f"c{number}") for number in range(101)]
        assert (await rest("PUT", path, json=many[:100]))[0] == 200
        assert (await rest("PUT", path, json=many))[1]["code"] == 30032
        assert (await rest("POST", path, json=many[100]))[1]["code"] == 30032
        status, body, _ = await rest("POST", path, json=command(name="c1", description="new"))
        assert (status, body["description"]) == (200, "new")


async def test_commands_of_others_and_without_the_scope(place: Place) -> None:
    other = place.twin.add_application("other")
    place.guild.invite(other, commands=False)
    async with raw_rest(place.twin, other) as rest:
        status, body, _ = await rest("GET", f"/applications/{place.bot.id}/commands")
        assert (status, body["code"]) == (403, 20012)
        path = f"/applications/{other.id}/guilds/{place.guild.id}/commands"
        assert (await rest("PUT", path, json=[]))[1]["code"] == 50001
