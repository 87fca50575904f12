"""The parts that need no server: reading, drawing, pacing, settings."""

import asyncio
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from cc_connect.app.config import NOWHERE, Problems, read_table
from cc_connect.contract.content import (
    Button,
    Buttons,
    Content,
    Diff,
    Field,
    Footer,
    Form,
    Menu,
    Option,
    Table,
    Text,
)
from cc_connect.contract.errors import PlatformAuthFailed, PlatformUnavailable, RateLimited
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Quoted, Said
from cc_connect.contract.platform import Kind, ProgressStyle
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.discord import plugin
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.cursors import MOST, Cursors
from cc_connect.platforms.discord.custom_ids import LIMIT, action_of, custom_id, opens_form
from cc_connect.platforms.discord.errors import of_close, translated
from cc_connect.platforms.discord.forms import Forms
from cc_connect.platforms.discord.inbound import Account, Handle, Hearing, Place, is_prose, said
from cc_connect.platforms.discord.link import account_of
from cc_connect.platforms.discord.markdown import adapted
from cc_connect.platforms.discord.pacer import Pacer, Urgency
from cc_connect.platforms.discord.render import draw, nonce_of
from cc_connect.platforms.discord.rights import Right, Standing
from cc_connect.platforms.discord.threads import name_of
from cc_connect.platforms.discord.wire import made_at
from cc_connect.testing.platform import RecordingHost

ME = Account("1", owners=frozenset({"7"}))
HERE = Place(Address("discord", "5"), "9")
DIRECT = Place(Address("discord", "5"))


# The plug-in.


def test_the_library_is_not_imported_for_its_options() -> None:
    code = "import sys, cc_connect.platforms.discord; sys.exit('discord' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert plugin.name == "discord"


def test_every_option_is_described_and_secrets_are_not_shown() -> None:
    assert plugin.options is DiscordOptions
    for option in fields(DiscordOptions):
        assert option.metadata["doc"].endswith(".")
    shown = repr(DiscordOptions(token="t0p", proxy_password="s3cret"))
    assert "t0p" not in shown
    assert "s3cret" not in shown


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"proxy_username": "me"}, "proxy"),
        ({"proxy": "http://p", "proxy_password": "x"}, "proxy_username"),
        ({"api_base": "http://x"}, "gateway_url"),
        ({"gateway_url": "ws://x"}, "api_base"),
    ],
)
def test_options_that_do_not_fit_together(given: dict[str, Any], key: str) -> None:
    assert [each[0] for each in DiscordOptions(token="t", **given).check()] == [key]


def test_options_as_they_are_written() -> None:
    problems = Problems()
    table = {
        "token": "t",
        "allow_from": "1, 2",
        "guild_id": 123,
        "progress_style": "card",
        "thread_isolation": True,
    }
    options = read_table(DiscordOptions, table, NOWHERE, problems)
    assert options is not None
    assert options.allow_from == ("1", "2")
    assert options.guild_id == "123"
    assert options.progress_style is ProgressStyle.CARD
    assert options.reply_all == frozenset()
    wrong = {"progress_style": "loud", "proxy": "socks5://p", "api_base": "discord.com"}
    assert read_table(DiscordOptions, wrong, NOWHERE, problems) is None
    told = " ".join(str(problem) for problem in problems.in_order())
    assert all(key in told for key in ("token", "progress_style", "proxy", "api_base"))


def test_options_of_another_plug_in_are_refused() -> None:
    with pytest.raises(TypeError):
        plugin.build(PlatformContext("discord", object(), Path(), ("demo",)))


def test_the_guide_names_every_option_and_its_example_is_right() -> None:
    guide = (Path(__file__).parents[3] / "docs/discord.md").read_text(encoding="utf-8")
    table = guide.partition("## All options")[2].partition("##")[0]
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert {option.name for option in fields(DiscordOptions)} <= named
    examples = re.findall(r"^```toml\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE)
    assert len(examples) == 2
    for example in examples:
        problems = Problems()
        (platform,) = tomllib.loads(example)["projects"][0]["platforms"]
        assert read_table(DiscordOptions, platform["options"], NOWHERE, problems) is not None
        assert problems.in_order() == ()


# Reading.


def message(**more: object) -> dict[str, object]:
    author = {"id": "7", "username": "alice", "global_name": "Alice"}
    return {"id": "175928847299117063", "channel_id": "5", "author": author, **more}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"author": {"id": "1"}},
        {"author": {"id": "7", "bot": True}},
        {"author": {"id": "7"}, "webhook_id": "3"},
        {"author": {"id": "7"}, "type": 7},
        {"author": {"id": "7"}, "type": 20},
    ],
)
def test_not_a_persons_words(data: dict[str, object]) -> None:
    assert not is_prose(data, ME)


def test_a_forwarded_message_is_context() -> None:
    snapshot = {"message": {"content": "look at this", "attachments": [{"id": "4", "url": "u"}]}}
    data = message(
        content="", message_reference={"type": 1, "message_id": "2"}, message_snapshots=[snapshot]
    )
    heard = said(data, DIRECT, ME, Hearing())
    assert isinstance(heard.body, Said)
    assert heard.body.quoted == Quoted("somebody (forwarded)", "look at this")
    assert Handle.parse(heard.body.media[0].id) == Handle("5", str(data["id"]), "4", "u")
    assert heard.reply_to is None


def test_an_answer_to_a_card_quotes_the_card() -> None:
    answered = {
        "id": "2",
        "author": {"username": "bot"},
        "embeds": [{"title": "Work", "description": "✓ Bash"}, {}],
    }
    data = message(type=19, content="stop", referenced_message=answered)
    heard = said(data, HERE, ME, Hearing())
    assert isinstance(heard.body, Said)
    assert heard.body.quoted == Quoted("bot", "Work\n✓ Bash")


def test_a_voice_message() -> None:
    file = {"id": "4", "filename": "voice-message.ogg", "content_type": "audio/ogg", "url": "u"}
    heard = said(message(flags=1 << 13, attachments=[file]), DIRECT, ME, Hearing())
    assert isinstance(heard.body, Said)
    (media,) = heard.body.media
    assert (media.voice, media.mime, media.size) == (True, "audio/ogg", None)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<@1> hi", "hi"),
        ("<@!1>hi", "hi"),
        ("hi <@1>", "hi"),
        ("a <@1> b", "a b"),
        ("line\n<@1>\nline", "line\n \nline"),
        ("<@12> hi", "<@12> hi"),
        ("`<@1>`", "` `"),
    ],
)
def test_the_call_is_taken_out(content: str, text: str) -> None:
    heard = said(message(content=content), HERE, ME, Hearing())
    assert heard.body == Said(text)
    assert heard.addressed is ("<@12>" not in content)


def test_when_an_id_was_made() -> None:
    assert made_at("175928847299117063") == pytest.approx(1462015105.796)
    assert made_at("1" * 40) is None
    assert made_at("abc") is None


def test_who_owns_the_bot() -> None:
    user = {"id": "1", "username": "cc", "discriminator": "0"}
    alone = account_of(user, {"id": "2", "owner": {"id": "7"}})
    assert (alone.name, alone.owners) == ("cc#0000", frozenset({"7"}))
    members = [
        {"membership_state": 2, "role": "admin", "user": {"id": "8"}},
        {"membership_state": 1, "role": "admin", "user": {"id": "9"}},
        {"membership_state": 2, "role": "developer", "user": {"id": "10"}},
    ]
    team = {"owner_user_id": "7", "members": members}
    assert account_of(user, {"owner": {"id": "99"}, "team": team}).owners == {"7", "8"}
    assert account_of(user, {}).owners == frozenset()


# Drawing.


@pytest.mark.parametrize("action", ["c:/stop", "~x~", "a:r:text:0", "~f~a"])
def test_an_action_comes_back_as_it_went(action: str) -> None:
    for form in (True, False):
        for number in (0, 2):
            written = custom_id(action, form=form, number=number)
            assert action_of(written) == action
            assert opens_form(written) is form
    assert len(custom_id("x" * 90, form=True, number=24)) <= LIMIT


def test_a_nonce_is_the_same_for_the_same_key_and_short_enough() -> None:
    assert nonce_of("turn:1") == nonce_of("turn:1") != nonce_of("turn:2")
    assert len(nonce_of("x" * 500)) <= 25


def test_small_print_gives_way_to_the_text() -> None:
    tight: Content = (Text("x" * 1900), Footer("f" * 300))
    drawn = draw(tight, Kind.FINAL, mention=("123456789012345678",))
    assert len(drawn.content) == 2000
    assert drawn.content.endswith("f…")
    full = draw((Text("x" * 1990), Footer("f" * 300)), Kind.FINAL)
    assert full.content == "x" * 1990
    over = draw((Text("word " * 1000),), Kind.NOTICE)
    assert len(over.content) <= 2000


def test_a_mention_stands_before_the_text_in_a_way_that_spares_its_markup() -> None:
    called = draw((Text("Done"),), Kind.FINAL, mention=("7",))
    assert called.content == "<@7> Done"
    assert called.body["allowed_mentions"] == {"parse": [], "users": ["7"], "replied_user": False}
    assert draw((Text("# Done"),), Kind.PROMPT, mention=("7",)).content == "<@7>\n# Done"
    assert draw((Text("Done"),), Kind.LIVE, mention=("7",)).content == "Done"


def test_there_is_always_something_to_read() -> None:
    assert draw((), Kind.NOTICE).content == "…"
    assert draw((Text("  "),), Kind.NOTICE).content == "…"
    assert draw((), Kind.LIVE, cards=True).embeds[0]["description"] == "…"


def test_blocks_meant_for_a_card_are_drawn_without_one() -> None:
    content: Content = (Table(("a",), (("1",),)), Diff("x.py", "+1", 1, 0))
    drawn = draw(content, Kind.PROMPT)
    assert drawn.content.startswith("```\na\n─\n1\n```")
    assert "```diff\n+1\n```" in drawn.content
    assert drawn.embeds == ()


def test_labels_are_cut_to_what_discord_takes() -> None:
    content: Content = (
        Buttons((Button("l" * 200, "c:/a"),)),
        Menu("m", "p" * 300, (Option("o" * 200, "v", "d" * 200), Option("", "w"))),
        Form("f", "b" * 200, "t" * 200, (Field("x", "y" * 200),)),
    )
    rows = draw(content, Kind.PROMPT).components
    assert len(rows[0]["components"][0]["label"]) == 80
    menu = rows[1]["components"][0]
    assert len(menu["placeholder"]) == 150
    assert [len(option["label"]) for option in menu["options"]] == [100, 1]


@pytest.mark.parametrize(
    ("markdown", "drawn"),
    [
        ("# One\n### Three\n#### Four **x** ##", "# One\n### Three\n**Four x**"),
        ("| a | b |\n|--|--|\n| 1 | 2 |", "```\na  b\n─  ─\n1  2\n```"),
        ("| a |\n|--|\n| 猫 |\n| x \\| y |\nafter", "```\na\n─────\n猫\nx | y\n```\nafter"),
        ("| a | b |\nno rule", "| a | b |\nno rule"),
        ("```\n| a |\n|--|\n#### x\n```\n#### y", "```\n| a |\n|--|\n#### x\n```\n**y**"),
        ("~~~~\n```\n#### x\n~~~\n~~~~", "~~~~\n```\n#### x\n~~~\n~~~~"),
        ("- ```\n  #### x\n  ```", "- ```\n  #### x\n  ```"),
        ("| a | b |\n|--|--|\n| 1 |", "```\na  b\n─  ─\n1\n```"),
        ("```\nnever closed\n| a |\n|--|", "```\nnever closed\n| a |\n|--|"),
    ],
)
def test_markdown_for_discord(markdown: str, drawn: str) -> None:
    assert adapted(markdown, 2000) == drawn


def test_a_table_with_no_room_stays_as_it_is() -> None:
    table = "| a | b |\n|--|--|\n" + "| x | " + "y" * 50 + " |\n| z |"
    assert adapted(table, len(table)) == table
    fenced = adapted(table, len(table) + 8)
    assert fenced == f"```\n{table}\n```"
    assert adapted("\n" * 1000 + "x", 2000) == "\n" * 1000 + "x"


# Pacing.


async def test_the_urgent_go_first_and_equals_in_order() -> None:
    pacer = Pacer(limit=1, window=0.001)
    order: list[str] = []

    async def ask(name: str, urgency: Urgency) -> None:
        await pacer.turn(urgency)
        order.append(name)

    asked = [
        ("first", Urgency.TYPING),
        ("typing", Urgency.TYPING),
        ("live", Urgency.LIVE),
        ("final 1", Urgency.FINAL),
        ("final 2", Urgency.FINAL),
        ("now", Urgency.NOW),
        ("prompt", Urgency.PROMPT),
    ]
    await asyncio.gather(*(ask(*each) for each in asked))
    assert order == ["first", "now", "final 1", "final 2", "prompt", "live", "typing"]


async def test_who_gives_up_takes_no_turn() -> None:
    pacer = Pacer(limit=1, window=0.001)
    await pacer.turn(Urgency.LIVE)
    gone = asyncio.create_task(pacer.turn(Urgency.FINAL))
    waits = asyncio.create_task(pacer.turn(Urgency.LIVE))
    await asyncio.sleep(0)
    gone.cancel()
    await waits
    assert gone.cancelled()


# Forms.


async def test_forms_share_slots_without_being_mistaken() -> None:
    host = RecordingHost()
    forms = [Form(f"a:{n}:text:0", "l", f"t{n}", (Field("x", "y"),)) for n in range(600)]
    store = Forms(host)
    for form in forms:
        await store.keep(form)
    assert await store.find(forms[-1].action) == forms[-1]
    again = Forms(RecordingHost(values=host.values))
    found = [await again.find(form.action) for form in forms]
    assert all(one in {form, None} for one, form in zip(found, forms, strict=True))
    assert sum(one is not None for one in found) > 500
    assert await again.find("never seen") is None
    host.values = dict.fromkeys(host.values, "nonsense")
    assert await Forms(host).find(forms[0].action) is None


# Cursors.


async def test_talk_pushes_out_no_channel_in_which_the_bot_is_used() -> None:
    host = RecordingHost()
    cursors = Cursors(host, 0.0)
    await cursors.meet("used", "1", "1000")
    for number in range(MOST + 50):
        cursors.saw(f"talk {number}", "1", "5")
    cursors.saw("used", "1", "1001")
    cursors.saw("used", "1", "999")  # late, and no step back
    for number in range(MOST - 1):
        await cursors.meet(f"also used {number}", "1", "7")
    known = {each.channel: each.message for each in cursors.latest(MOST)}
    assert known["also used 0"] == "6"
    assert len(known) == MOST
    assert known.get("used") == "1001"
    await cursors.meet("one more", "1", "7")
    assert "used" not in {each.channel for each in cursors.latest(MOST)}
    again = Cursors(RecordingHost(values=host.values), 0.0)
    await again.load()
    assert again.latest(MOST) == cursors.latest(MOST)


# Rights and failures.


def test_an_administrator_may_everything() -> None:
    assert Standing(int(Right.ADMINISTRATOR)).lacking(threads=True) == ()
    assert Standing(0).lacking(threads=True) == (
        "View Channels",
        "Send Messages",
        "Read Message History",
        "Create Public Threads",
        "Send Messages in Threads",
    )
    assert "Embed Links" in Standing(0).forgone(ProgressStyle.CARD)
    assert "Embed Links" not in Standing(0).forgone(ProgressStyle.COMPACT)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (discord.LoginFailure("no"), PlatformAuthFailed),
        (discord.RateLimited(40), RateLimited),
        (aiohttp.ClientError("x"), PlatformUnavailable),
        (TimeoutError(), PlatformUnavailable),
        (PlatformUnavailable("x"), PlatformUnavailable),
    ],
)
def test_failures_in_the_words_of_the_contract(error: Exception, kind: type) -> None:
    assert type(translated(error)) is kind


def test_closes() -> None:
    assert isinstance(of_close(4004), PlatformAuthFailed)
    assert "Message Content" in str(of_close(4013))
    assert "2,500 servers" in str(of_close(4011))
    assert isinstance(of_close(4011), PlatformAuthFailed)


def test_the_name_of_a_thread() -> None:
    assert name_of("  fix\n\nthe tests ", "Alice") == "fix the tests"
    assert len(name_of("word " * 100, "Alice")) <= 90
    assert name_of("", "Alice") == "cc Alice"
    assert name_of("", "") == "cc session"
