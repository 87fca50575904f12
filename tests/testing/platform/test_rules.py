"""What the host must not ask: each rule, broken once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cc_connect.contract.content import (
    Attachment,
    Block,
    Button,
    Buttons,
    Field,
    Footer,
    Form,
    Menu,
    Option,
    Steps,
    Table,
    Text,
)
from cc_connect.contract.platform import (
    Amend,
    Capabilities,
    Extend,
    Intent,
    Kind,
    React,
    Retract,
    Support,
    TextUnit,
    Typing,
)
from cc_connect.testing.platform import BARE, RICH, ContractBroken, FakePlatform, Rule
from tests.testing.platform.test_fake import post, running

YES = Button("Yes", "a:1:yes:0")
WHY = Form("a:1:why:0", "Why", "Why?", (Field("why", "Why"),))
PICK = Menu("a:1:pick:0", "Pick", (Option("One", "1"),))
NO_FILE = Attachment("/nowhere/at/all", "a.txt", size=3)

CONTENT: list[tuple[Rule, Capabilities, Block]] = [
    (Rule.TEXT, replace(RICH, text_limit=3), Text("four")),
    (Rule.TEXT, replace(RICH, text_limit=3, text_unit=TextUnit.UTF16), Text("👍👍")),
    (Rule.TEXT, replace(RICH, text_limit=3, text_unit=TextUnit.BYTES), Text("éé")),
    (Rule.EMPTY, RICH, Text(" \n")),
    (Rule.BLOCKS, BARE, Steps(())),
    (Rule.BLOCKS, replace(RICH, cards=Support.PARTIAL), Table(("a",), ())),
    (Rule.BLOCKS, BARE, Buttons((YES,))),
    (Rule.BLOCKS, BARE, PICK),
    (Rule.BLOCKS, BARE, WHY),
    (Rule.BLOCKS, RICH, replace(WHY, fields=())),
    (Rule.BLOCKS, BARE, NO_FILE),
    (Rule.BUTTONS, RICH, Buttons(())),
    (Rule.BUTTONS, RICH, Buttons((replace(YES, label=" "),))),
    (Rule.BUTTONS, RICH, Buttons((replace(YES, action=91 * "x"),))),
    (Rule.BUTTONS, RICH, Buttons((replace(YES, action=""),))),
    (Rule.BUTTONS, replace(RICH, button_rows=2, row_buttons=2), Buttons(5 * (YES,))),
    (Rule.MENUS, RICH, replace(PICK, options=())),
    (Rule.MENUS, RICH, replace(PICK, options=2 * PICK.options)),
    (Rule.MENUS, replace(RICH, menu_options=0), PICK),
    (Rule.FILES, RICH, NO_FILE),
    (Rule.FILES, RICH, Attachment(__file__, "me.py", size=1)),
    (
        Rule.FILES,
        replace(RICH, file_limit=1),
        Attachment(__file__, "me.py", size=Path(__file__).stat().st_size),
    ),
]


async def breaks(fake: FakePlatform, rule: Rule, intent: Intent) -> None:
    with pytest.raises(ContractBroken, match=f"^{rule.value}: "):
        await fake.deliver(intent)
    assert fake.deliveries[-1].error is fake.breaches[-1]
    with pytest.raises(ContractBroken):
        fake.check()


@pytest.mark.parametrize(("rule", "can", "block"), CONTENT)
async def test_content_that_is_not_allowed(rule: Rule, can: Capabilities, block: Block) -> None:
    fake = FakePlatform(can)
    async with running(fake):
        await breaks(fake, rule, post(fake, block))
        message = await FakePlatform.deliver(fake, post(fake, Text("ok"), key="k2"))
        if can.edit:
            await breaks(fake, rule, Amend(fake.home, message.message, (block,)))


async def test_what_fits_exactly_is_allowed() -> None:
    fake = FakePlatform(replace(RICH, text_limit=4, button_rows=1, row_buttons=2))
    async with running(fake):
        await fake.deliver(post(fake, Text("four"), Buttons((YES,)), WHY, Footer("small print")))
        await breaks(fake, Rule.TEXT, post(fake, Text("four"), Text("x"), key="k2"))
        await breaks(fake, Rule.EMPTY, replace(post(fake, key="k3"), content=()))


ASKED: list[Callable[[FakePlatform], Intent]] = [
    lambda fake: Amend(fake.home, "m1", (Text("x"),)),
    lambda fake: Retract(fake.home, "m1"),
    lambda fake: Typing(fake.home),
    lambda fake: React(fake.home, "m1", "👍"),
    lambda fake: Extend(fake.home, "s", "x", 0),
]


@pytest.mark.parametrize("ask", ASKED)
async def test_what_the_platform_has_not(ask: Callable[[FakePlatform], Intent]) -> None:
    fake = FakePlatform(BARE)
    async with running(fake):
        await breaks(fake, Rule.SUPPORT, ask(fake))


async def test_places_that_are_none() -> None:
    fake = FakePlatform(BARE)
    async with running(fake):
        await breaks(fake, Rule.PLACE, replace(post(fake), to=replace(fake.home, thread="t")))
        await breaks(
            fake, Rule.PLACE, replace(post(fake, key="k2"), to=replace(fake.home, platform="x"))
        )


async def test_nothing_is_asked_after_the_end() -> None:
    fake = FakePlatform()
    async with running(fake):
        pass
    await breaks(fake, Rule.STATE, post(fake))


async def test_edits_and_pieces_keep_their_pace() -> None:
    fake = FakePlatform(replace(RICH, edit_interval=60, stream_interval=60))
    async with running(fake):
        message = (await fake.deliver(post(fake))).message
        await fake.deliver(Amend(fake.home, message, (Text("one"),)))
        await breaks(fake, Rule.PACE, Amend(fake.home, message, (Text("two"),)))
        await fake.deliver(Amend(fake.home, message, (Text("settled"),), Kind.PROMPT))
        await fake.deliver(Extend(fake.home, "s", "x", 0))
        await breaks(fake, Rule.PACE, Extend(fake.home, "s", "y", 1))


async def test_edits_after_the_interval_are_in_pace() -> None:
    fake = FakePlatform(replace(RICH, edit_interval=0.03))
    async with running(fake):
        message = (await fake.deliver(post(fake))).message
        for number in range(3):
            await fake.deliver(Amend(fake.home, message, (Text(str(number)),)))
            await asyncio.sleep(0.03)
    fake.check()


async def test_a_key_means_one_post() -> None:
    fake = FakePlatform(replace(RICH, idempotent_post=Support.NONE))
    async with running(fake):
        await breaks(fake, Rule.KEY, post(fake, key=""))
        await fake.deliver(post(fake))
        await breaks(fake, Rule.KEY, post(fake))
        await breaks(fake, Rule.KEY, post(fake, Text("something else"), repeat=True))
        await fake.deliver(post(fake, repeat=True))


async def test_a_live_message_that_was_never_shown_may_show_more_when_tried_again() -> None:
    fake = FakePlatform()
    async with running(fake):
        fake.faults.reject()
        with pytest.raises(Exception, match="does not take this"):
            await fake.deliver(post(fake, Text("one step"), kind=Kind.LIVE))
        await fake.deliver(post(fake, Text("two steps"), kind=Kind.LIVE))
        await breaks(fake, Rule.KEY, post(fake, Text("three steps"), kind=Kind.LIVE))


async def test_only_people_who_are_there_are_called() -> None:
    fake = FakePlatform()
    async with running(fake):
        await fake.deliver(post(fake, mention=(fake.service.ann.id,)))
        await breaks(fake, Rule.MENTION, post(fake, key="k2", mention=("everyone",)))


async def test_a_rule_can_be_forgiven() -> None:
    fake = FakePlatform(BARE, forgive={Rule.SUPPORT})
    async with running(fake):
        await fake.deliver(Typing(fake.home))
        await breaks(fake, Rule.BLOCKS, post(fake, Buttons((YES,))))
