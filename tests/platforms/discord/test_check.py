"""What set-up and doctor learn about a bot: asked of the twin, as a person would read it."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from cc_connect.contract.errors import PlatformAuthFailed, PlatformUnavailable
from cc_connect.contract.plugin import Checked, PlatformContext
from cc_connect.platforms.discord import plugin
from cc_connect.testing.discord import Application, DiscordTwin, Permission
from cc_connect.testing.discord.intents import CHAT
from tests.platforms.discord.bench import Place, settings

CONTENT = 1 << 15


async def asked(context: PlatformContext, language: str = "en") -> Checked:
    assert plugin.check is not None
    return await plugin.check(context, language)


def bad(found: Checked) -> list[str]:
    return [note.text for note in found.notes if not note.good]


async def test_a_good_bot_is_named_with_its_servers(place: Place) -> None:
    found = await asked(settings(place.twin, place.bot))
    assert found.who.startswith("@cc-connect")
    texts = [note.text for note in found.notes]
    assert texts == ["Message Content Intent is on", "servers: 1 (Workshop)"]
    assert not bad(found)
    assert found.clock is not None


async def test_the_invitation_has_exactly_the_rights_that_are_used(place: Place) -> None:
    found = await asked(settings(place.twin, place.bot))
    address = urlsplit(found.link)
    query = parse_qs(address.query)
    assert address.path == "/oauth2/authorize"
    assert query["client_id"] == [str(place.bot.id)]
    assert query["scope"] == ["bot applications.commands"]
    guild = place.twin.add_guild("Invited by the link")
    guild.add_member(place.alice)
    fresh = place.twin.add_application("fresh")
    guild.invite(fresh, int(query["permissions"][0]))
    assert not bad(await asked(settings(place.twin, fresh, thread_isolation=True)))


async def test_a_bot_without_server_intent_or_rights_is_told_so(place: Place) -> None:
    twin = place.twin
    lonely = twin.add_application("lonely", intents_enabled=CHAT & ~CONTENT)
    problems = bad(await asked(settings(twin, lonely)))
    assert [line.split()[0] for line in problems] == ["Message", "the"]
    place.guild.invite(lonely, Permission.VIEW_CHANNEL)
    problems = bad(await asked(settings(twin, lonely)))
    assert problems[1].startswith("in Workshop it lacks these rights: Send Messages, Read")


async def test_it_speaks_chinese(place: Place) -> None:
    found = await asked(settings(place.twin, place.bot), "zh")
    assert "服务器" in found.notes[1].text


@pytest.mark.parametrize("token", ["nonsense", "with\nnewline"])
async def test_a_wrong_token_is_refused(place: Place, token: str) -> None:
    stranger: Application = replace(place.bot, token=token)
    with pytest.raises((PlatformAuthFailed, PlatformUnavailable)) as caught:
        await asked(settings(place.twin, stranger))
    assert token not in str(caught.value)
    if "\n" not in token:
        assert isinstance(caught.value, PlatformAuthFailed)


async def test_a_discord_that_is_not_there_is_something_else_than_a_wrong_token() -> None:
    async with DiscordTwin() as twin:
        bot = twin.add_application("bot")
        context = settings(twin, bot)
    with pytest.raises(PlatformUnavailable):
        await asked(context)
