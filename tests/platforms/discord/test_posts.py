"""What goes out: posts, changes and signs, as people see them."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from cc_connect.contract.content import (
    Attachment,
    Button,
    Buttons,
    Content,
    Diff,
    Field,
    Footer,
    Form,
    Menu,
    Option,
    Step,
    StepKind,
    Steps,
    StepState,
    Style,
    Text,
    Todo,
    Todos,
    TodoState,
)
from cc_connect.contract.errors import DeliveryRejected, MessageGone
from cc_connect.contract.platform import (
    Amend,
    Extend,
    Kind,
    Post,
    ProgressStyle,
    React,
    Receipt,
    Retract,
    Support,
    Typing,
)
from cc_connect.core.degrade import degrade, pieces
from cc_connect.core.texts import Language
from cc_connect.platforms.discord.delivery import SUPPRESS_EMBEDS
from cc_connect.testing.discord import BOT, DiscordTwin, Message, Permission
from tests.platforms.discord.bench import Place, at, furnish, running

YES_NO = Buttons((Button("Yes", "a:r1:allow:0", Style.SUCCESS), Button("No", "a:r1:deny:0")))


def newest(place: Place) -> Message:
    return place.general.last


@pytest.mark.parametrize(
    ("kind", "mention"), [(Kind.NOTICE, False), (Kind.FINAL, False), (Kind.LIVE, True)]
)
async def test_a_text_calls_nobody_by_itself(place: Place, kind: Kind, *, mention: bool) -> None:
    async with running(place.twin, place.bot) as run:
        calls = f"@everyone <@{place.alice.id}> **look**"
        meant = (str(place.alice.id),) if mention else ()
        await run.post(place.general, calls, kind=kind, mention=meant)
        message = newest(place)
        assert message.content == calls
        assert message.mentions == []
        assert not message.mention_everyone


async def test_a_final_answer_calls_whom_it_is_for(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        asked = await place.general.say(place.alice, "@cc-connect hi")
        await run.post(
            place.general,
            "@everyone done",
            Footer("opus · $0.01"),
            kind=Kind.FINAL,
            mention=(str(place.alice.id),),
            reply_to=str(asked.id),
        )
        message = newest(place)
        assert message.mentions == [place.alice]
        assert not message.mention_everyone
        assert message.content == f"<@{place.alice.id}>\n@everyone done\n-# opus · $0.01"
        assert message.reference is not None
        assert message.reference.message_id == asked.id


async def test_an_answer_without_a_mention_pings_nobody(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        asked = await place.general.say(place.alice, "@cc-connect hi")
        await run.post(place.general, "done", kind=Kind.FINAL, reply_to=str(asked.id))
        assert newest(place).mentions == []


async def test_an_answer_to_something_that_is_gone_is_posted_plainly(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        asked = await place.general.say(place.alice, "@cc-connect hi")
        await place.general.delete(asked)
        await run.post(place.general, "done", reply_to=str(asked.id))
        assert newest(place).reference is None
        notice = await place.general.start_thread(place.alice, "a system message")
        assert notice is not None
        await run.post(place.general, "again", key="k2", reply_to=str(newest(place).id))
        assert newest(place).content == "again"
        assert newest(place).reference is None


async def test_without_the_right_to_the_history_there_are_no_replies(place: Place) -> None:
    place.general.deny(place.bot, Permission.READ_MESSAGE_HISTORY)
    async with running(place.twin, place.bot) as run:
        asked = await place.general.say(place.alice, "@cc-connect hi")
        await run.post(place.general, "done", reply_to=str(asked.id))
        assert newest(place).content == "done"


async def test_a_long_text_comes_in_pieces_that_fit(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        can = run.platform.capabilities(at(place.general))
        text = "\n\n".join(f"Paragraph {n}: " + "word 🎈 " * 60 for n in range(40))
        content: Content = (Text(text), Footer("small " * 100))
        parts = pieces(degrade(content, can, Language.ENGLISH), can)
        for number, part in enumerate(parts):
            post = Post(
                at(place.general), part, f"k{number}", Kind.FINAL, mention=(str(place.alice.id),)
            )
            await run.platform.deliver(post)
        shown = place.general.messages
        assert len(shown) == len(parts) > 5
        whole = " ".join(message.content for message in shown)
        assert all(f"Paragraph {n}:" in whole for n in range(40))
        assert "-# small" in shown[-1].content


async def test_a_post_tried_again_shows_once(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        first = await run.post(place.general, "one", key="same")
        second = await run.post(place.general, "one", key="same")
        assert first == second
        assert len(place.general.messages) == 1
        await run.post(place.general, "one", key="other")
        assert len(place.general.messages) == 2


async def test_an_answer_lost_on_the_way_back_shows_once(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.drop_requests(route="POST /channels/{channel}/messages", after=True)
        with pytest.raises(Exception, match="not reachable"):
            await run.post(place.general, "one", key="same")
        message = await run.post(place.general, "one", key="same")
        assert [str(each.id) for each in place.general.messages] == [message]


@pytest.mark.parametrize(
    ("content", "more"),
    [
        ((Text("Allow?"), YES_NO), {}),
        ((Text("x" * 300),), {}),
        ((Text("Done."),), {"reply_to": True}),
    ],
)
async def test_a_possible_repeat_is_found_in_the_history(
    content: Content, more: dict[str, object]
) -> None:
    async with DiscordTwin(nonce_life=0.0) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as run:
            asked = await place.general.say(place.alice, "@cc-connect hi")
            reply_to = str(asked.id) if more else None
            post = Post(at(place.general), content, "k", Kind.FINAL, reply_to=reply_to)
            first = await run.platform.deliver(post)
            for number in range(10):
                await place.general.say(place.alice, f"message {number}")
            again = replace(post, repeat=True)
            assert await run.platform.deliver(again) == first
            mine = [m for m in place.general.messages if m.author is place.bot.user]
            assert len(mine) == 1


async def test_what_is_not_in_the_history_is_posted(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, "Done.", key="turn 1")
        await run.post(place.general, "Done.", key="turn 2", repeat=True)
        assert len(place.general.messages) == 2


async def test_files_go_with_the_text(place: Place, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00\x01")
    file = Attachment(str(tmp_path / "a"), "result.bin", size=2)
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, "here it is", file, Footer("2 bytes"))
        message = newest(place)
        assert message.content == "here it is\n-# 2 bytes"
        (attached,) = message.attachments
        assert (attached.filename, attached.data) == ("result.bin", b"\x00\x01")
        assert message.nonce is not None
        many = [Attachment(str(tmp_path / "a"), f"{number}.bin", size=2) for number in range(12)]
        await run.post(place.general, "all of them", *many, key="k2")
        earlier, last = place.general.messages[-2:]
        assert (len(earlier.attachments), len(last.attachments)) == (10, 2)
        gone = Attachment(str(tmp_path / "b"), "gone.txt")
        with pytest.raises(DeliveryRejected, match=r"gone\.txt"):
            await run.post(place.general, gone, key="k3")


async def test_a_file_over_the_limit_is_refused_for_good(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1001)
    async with DiscordTwin(file_limit=1000) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as run:
            with pytest.raises(DeliveryRejected):
                await run.post(place.general, Attachment(str(tmp_path / "a"), "a"))


async def test_changes(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        deliver, here = run.platform.deliver, at(place.general)
        message = await run.post(place.general, "Allow?", YES_NO, kind=Kind.PROMPT)
        assert len(newest(place).buttons) == 2
        settled = Amend(here, message, (Text("Allowed by Alice"),), Kind.PROMPT)
        assert await deliver(settled) == Receipt(message)
        assert newest(place).content == "Allowed by Alice"
        assert newest(place).buttons == []
        await deliver(Retract(here, message))
        assert place.general.messages == []
        await deliver(Retract(here, message))  # gone is gone
        with pytest.raises(MessageGone):
            await deliver(settled)
        with pytest.raises(DeliveryRejected):
            await deliver(Extend(here, "s", "text", 0))


async def test_what_somebody_deleted_can_be_posted_again(place: Place) -> None:
    """A live message that is gone is posted once more under its old key."""
    async with running(place.twin, place.bot) as run:
        message = await run.post(place.general, "working", kind=Kind.LIVE)
        await place.general.delete(newest(place))
        with pytest.raises(MessageGone):
            await run.platform.deliver(Amend(at(place.general), message, (Text("more"),)))
        again = await run.post(place.general, "more", kind=Kind.LIVE)
        assert again != message
        assert newest(place).content == "more"


async def test_signs(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        deliver, here = run.platform.deliver, at(place.general)
        said = await place.general.say(place.alice, "@cc-connect hi")
        await deliver(Typing(here))
        assert place.general.is_typing(place.bot)
        await deliver(React(here, str(said.id), "👀"))
        assert said.reactions["👀"].users == {place.bot.user.id: place.bot.user}
        await deliver(React(here, str(said.id), "👀", on=False))
        assert "👀" not in said.reactions


async def test_every_control_fits_into_one_message(place: Place) -> None:
    options = tuple(Option(f"Choice {n}", str(n), "why not") for n in range(30))
    blocks = [
        block
        for part in range(4)
        for block in (
            Text(f"Question {part}"),
            Menu(f"a:r:menu:{part}", "choose", options[:6], multiple=True),
            Form(f"a:r:text:{part}", "In your words", "Answer", (Field("answer", "Answer"),)),
        )
    ]
    send = Buttons((Button("Send", "a:r:submit:0", Style.PRIMARY),))
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, *blocks, send)
        message = newest(place)
        assert len(message.components) == 5
        assert (len(message.menus), len(message.buttons)) == (4, 5)
        await run.post(place.general, "many", Menu("a:r:menu:9", "choose", options), key="k2")
        assert [len(menu["options"]) for menu in newest(place).menus] == [25, 5]
        many = Buttons(tuple(Button(str(n), "c:/same") for n in range(30)))
        await run.post(place.general, "buttons", many, key="k3")
        assert len(newest(place).buttons) == 25


async def test_tables_and_deep_headings_are_drawn_as_discord_can(place: Place) -> None:
    table = (
        "#### Result\n\n| a | b |\n|---|--:|\n| **x** | 1 |\n\n```\n| no | table |\n|--|--|\n```"
    )
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, table)
        assert newest(place).content == (
            "**Result**\n\n```\na  b\n─  ─\nx  1\n```\n\n```\n| no | table |\n|--|--|\n```"
        )


PROGRESS: Content = (
    Steps((Step(StepKind.TOOL, "Bash(ls)"), Step(StepKind.TOOL, "Edit", state=StepState.RUNNING))),
    Todos((Todo("first", TodoState.DONE), Todo("second"))),
    Text("so far"),
    Footer("⏳ working · 3 s"),
    Buttons((Button("Stop", "c:/stop", Style.DANGER),)),
)


async def test_progress_as_lines(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        can = run.platform.capabilities(at(place.general))
        content = degrade(PROGRESS, can, Language.ENGLISH)
        await run.platform.deliver(Post(at(place.general), content, "k", Kind.LIVE))
        message = newest(place)
        assert message.embeds == []
        assert "Bash(ls)" in message.content
        assert message.content.endswith("-# ⏳ working · 3 s")
        assert message.buttons[0]["style"] == 4


async def test_progress_as_a_card(place: Place) -> None:
    async with running(place.twin, place.bot, progress_style=ProgressStyle.CARD) as run:
        here = at(place.general)
        can = run.platform.capabilities(here)
        assert can.cards is Support.FULL
        content = degrade(PROGRESS, can, Language.ENGLISH)
        sent = await run.platform.deliver(Post(here, content, "k", Kind.LIVE))
        message = newest(place)
        assert message.content == ""
        (card,) = message.embeds
        assert "Bash(ls)" in card["description"]
        assert card["description"].endswith("so far")
        assert card["footer"]["text"] == "⏳ working · 3 s"
        running_colour = card["color"]
        over = (Steps((Step(StepKind.TOOL, "Edit", state=StepState.DONE),)), Footer("done"))
        await run.platform.deliver(Amend(here, sent.message, over, Kind.LIVE))
        assert message.embeds[0]["color"] != running_colour
        assert message.buttons == []
        diff = Diff("src/a.py", "@@ -1 +1 @@\n" + "-old\n+new\n" * 900, 900, 900)
        await run.post(place.general, "Edit?", diff, YES_NO, key="k2", kind=Kind.PROMPT)
        prompt = newest(place)
        assert prompt.content == "Edit?"
        assert "+new" in prompt.embeds[0]["description"]
        (whole,) = prompt.attachments
        assert whole.filename == "a.py.diff"
        assert whole.data.count(b"+new") == 900


async def test_without_embeds_a_card_is_lines(place: Place) -> None:
    role = next(role for role in place.guild.state.roles.values() if role.bot is place.bot)
    place.guild.set_permissions(role, BOT & ~Permission.EMBED_LINKS)
    async with running(place.twin, place.bot, progress_style=ProgressStyle.CARD) as run:
        assert run.platform.capabilities(at(place.general)).cards is Support.NONE
        direct = place.twin.direct(place.alice, place.bot)
        assert run.platform.capabilities(at(direct)).cards is Support.FULL


async def test_capabilities_follow_the_rights_in_the_channel(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        here = at(place.general)
        can = run.platform.capabilities(here)
        assert (can.files, can.reactions, can.history) == (Support.FULL,) * 3
        for right in (
            Permission.ATTACH_FILES,
            Permission.ADD_REACTIONS,
            Permission.READ_MESSAGE_HISTORY,
        ):
            place.general.deny(place.bot, right)
        await place.general.say(place.alice, "@cc-connect are you up to date?")
        await run.host.wait_for(lambda one: one.addressed)
        can = run.platform.capabilities(here)
        assert (can.files, can.reactions, can.history) == (Support.NONE,) * 3


async def test_urgent_posts_overtake(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        rooms = [place.guild.add_channel(f"room-{number}") for number in range(60)]
        posts = [run.post(room, "live", key=f"live {room.id}", kind=Kind.LIVE) for room in rooms]
        final = run.post(place.general, "final", kind=Kind.FINAL)
        await asyncio.gather(*posts, final)
        kinds = [str(each.body["content"]) for each in place.twin.requests.posts() if each.body]
        assert kinds.index("final") <= 46


async def test_links_are_unfurled_or_not(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, "See https://example.com")
    async with running(place.twin, place.bot, link_previews=False) as run:
        await run.post(place.general, "See https://example.com", key="k2")
    first, second = (request.body for request in place.twin.requests.posts(place.general.state))
    assert "flags" not in first
    assert second["flags"] == SUPPRESS_EMBEDS
