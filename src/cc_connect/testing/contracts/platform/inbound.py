"""Contracts about what comes in."""

import asyncio

from cc_connect.contract.content import Button, Buttons, Field, Form, Menu, Option, Text
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import (
    Edited,
    Inbound,
    Invoked,
    Pressed,
    Recalled,
    Said,
    Submitted,
)
from cc_connect.testing.contracts.platform.bench import Bench, text_of
from cc_connect.testing.contracts.platform.contract import contract
from cc_connect.testing.contracts.platform.harness import Act

_BREATHER = 0.3
"""Seconds in which something that must not happen would have happened."""

_EARLIEST, _LATEST = 1.5e9, 1e11
"""Unix seconds of 2017, and of a year that milliseconds reached in 1973."""

ACTION = ("a:0f9c2e7d-Request_1:o2:0/Ünïcode 中文?x=1&y=2 " + 90 * "z")[:90]
"""An action of 90 characters, the most a button may carry."""

HARD = 'one\ntwo  words\n\n*stars* _lines_ `code` <b> & \\ "quotes" 👩‍💻 é e\u0301 中文 /slash @x'
"""Text that careless adapters change."""


@contract(Act.ACKNOWLEDGED)
async def p02_nothing_is_acknowledged_before_it_is_stored(bench: Bench) -> None:
    """What came in MUST be acknowledged to the platform only after `receive` has returned."""
    async with bench.running():
        bench.host.hold()
        handle = await bench.harness.say(bench.place, bench.word("slow"))
        await bench.until(lambda: bench.host.offered or None, "what was said is not handed over")
        await asyncio.sleep(_BREATHER)
        early = await bench.harness.acknowledged(handle)
        bench.must(not early, "acknowledged while receive() had not returned")
        bench.host.release()

        async def acknowledged() -> bool | None:
            return await bench.harness.acknowledged(handle) or None

        await bench.eventually(acknowledged, "never acknowledged")


@contract(Act.REDELIVER)
async def p03_a_redelivery_has_the_same_id(bench: Bench) -> None:
    """What the platform sends again MUST carry the same `Inbound.id`, or it would run twice."""
    async with bench.running():
        text = bench.word("twice")
        handle = await bench.harness.say(bench.place, text)
        first = await bench.hears_text(text)
        await bench.harness.redeliver(handle)
        again = [one for one in await bench.all_heard() if text_of(one) == text]
        bench.must(
            all(one.id == first.id for one in again),
            f"received as {first.id!r}, and again as {[one.id for one in again[1:]]}",
        )


@contract()
async def p04_ids_are_unique_in_a_chat(bench: Bench) -> None:
    """Two different things in one chat MUST NOT carry the same id: the second would be dropped.

    Two presses of one button are two things.
    """
    async with bench.running():
        for _ in range(3):
            await bench.harness.say(bench.place, "the same words")
        if bench.can.buttons:
            seen = await bench.shown(Text("press"), Buttons((Button("More", "c:/more"),)))
            for _ in range(2):
                await bench.harness.press(bench.place, seen.id, "More")
        heard = [one.id for one in await bench.all_heard()]
        expected = 5 if bench.can.buttons else 3
        bench.must(len(heard) == expected, f"{expected} things happened, {len(heard)} came in")
        bench.must(len(set(heard)) == len(heard), f"two things have one id: {heard}")


@contract(support=("buttons",))
async def p05_a_press_brings_its_action(bench: Bench) -> None:
    """A press MUST come in as `Pressed` with the action word for word, never as `Said`.

    `Pressed.message` is the id that the receipt of the post gave.
    """
    async with bench.running():
        buttons = Buttons((Button("No", "a:1:no:0"), Button("Yes", ACTION)))
        seen = await bench.shown(Text("Shall I?"), buttons)
        await bench.harness.press(bench.place, seen.id, "Yes")
        heard = await bench.all_heard()
        bench.must(len(heard) == 1, f"one press came in as {heard}")
        body = heard[0].body
        if not isinstance(body, Pressed):
            bench.fail(f"the press came in as {body!r}")
        bench.must(body.action == ACTION, f"the action came back as {body.action!r}")
        bench.must(body.message == seen.id, f"pressed on {seen.id!r}, it says {body.message!r}")


@contract()
async def p06_text_comes_in_unchanged(bench: Bench) -> None:
    """What a person says MUST come in as it was typed: line breaks, signs, emoji and all."""
    async with bench.running():
        await bench.harness.say(bench.place, HARD)
        heard = await bench.all_heard()
        bench.must(len(heard) == 1, f"one thing was said, {len(heard)} came in")
        text = text_of(heard[0])
        bench.must(text == HARD, f"{HARD!r} came in as {text!r}")


@contract(support=("menus",))
async def p13_menu_values_come_back(bench: Bench) -> None:
    """What is chosen in a menu MUST come in as `Pressed` with the values, not the labels."""
    options = (Option("The first", "v1"), Option("The second", "v2"), Option("The third", "v3"))
    async with bench.running():
        seen = await bench.shown(Text("Which?"), Menu("a:7:menu:0", "Pick", options))
        bench.must(
            seen.menus == (("The first", "The second", "The third"),),
            f"the options are shown as {seen.menus}",
        )
        await bench.harness.choose(bench.place, seen.id, ("The second",))
        await _chosen(bench, ("v2",))
        many = await bench.shown(
            Text("Which ones?"), Menu("a:7:menu:0", "Pick", options, multiple=True)
        )
        await bench.harness.choose(bench.place, many.id, ("The first", "The third"))
        await _chosen(bench, ("v1", "v3"))


async def _chosen(bench: Bench, values: tuple[str, ...]) -> None:
    bench.host.received.clear()
    heard = await bench.hears(lambda one: not isinstance(one.body, Said), "the choice is missing")
    body = heard.body
    if not isinstance(body, Pressed):
        bench.fail(f"a choice came in as {body!r}")
    bench.must(body.action == "a:7:menu:0", f"the action came back as {body.action!r}")
    bench.must(sorted(body.values) == sorted(values), f"{values} came back as {body.values}")


@contract(support=("forms",))
async def p14_form_values_come_back(bench: Bench) -> None:
    """A form MUST come in as `Submitted`, its texts under the ids of their fields, unchanged."""
    fields = (Field("why", "Your reason", multiline=True), Field("who", "Your name"))
    async with bench.running():
        seen = await bench.shown(Text("Tell me"), Form("a:8:text:1", "Answer", "Why?", fields))
        bench.must(
            seen.forms == (("Your reason", "Your name"),), f"the fields are shown as {seen.forms}"
        )
        typed = {"Your reason": "two\nlines 👍", "Your name": "Ann"}
        await bench.harness.submit(bench.place, seen.id, typed)
        heard = await bench.hears(lambda _: True, "the form did not come in")
        body = heard.body
        if not isinstance(body, Submitted):
            bench.fail(f"a form came in as {body!r}")
        bench.must(body.action == "a:8:text:1", f"the action came back as {body.action!r}")
        wanted = {"why": "two\nlines 👍", "who": "Ann"}
        bench.must(dict(body.values) == wanted, f"{wanted} came back as {dict(body.values)}")


@contract(Act.BOTS)
async def p22_other_bots_are_not_received(bench: Bench) -> None:
    """What other bots say, and the adapter's own posts, MUST NOT be received: bots would chat."""
    async with bench.running():
        await bench.harness.say(bench.place, bench.word("I am a bot"), bot=True)
        await bench.deliver(bench.say(bench.word("my own")))
        heard = await bench.all_heard()
        bench.must(not heard, f"received from bots: {heard}")


@contract(Act.SHARED, Act.OVERHEARD)
async def p23_what_is_not_meant_for_the_bot_is_marked(bench: Bench) -> None:
    """What people say to each other MUST come with `addressed=False`, or not at all.

    What is said to the bot MUST come with `addressed=True`.
    """
    shared = await bench.harness.shared()
    async with bench.running():
        overheard = bench.word("to a friend")
        await bench.harness.say(shared, overheard, addressed=False)
        meant = bench.word("to the bot")
        await bench.harness.say(shared, meant)
        heard = await bench.hears(
            lambda one: meant in (text_of(one) or ""), "what was said to the bot did not come in"
        )
        bench.must(heard.addressed, "what was said to the bot is not addressed")
        for one in bench.host.received:
            wrong = overheard in (text_of(one) or "") and one.addressed
            bench.must(not wrong, "what was said to a friend is addressed to the bot")


@contract()
async def p24_private_chats_are_private(bench: Bench) -> None:
    """A chat that only the sender and the bot can read MUST be `private`, a shared one MUST not."""
    async with bench.running():
        text = bench.word("between us")
        await bench.harness.say(bench.place, text)
        heard = await bench.hears_text(text)
        bench.must(heard.private, "a private chat is not private")
        if Act.SHARED in bench.harness.lacks:
            return
        shared = await bench.harness.shared()
        text = bench.word("in public")
        await bench.harness.say(shared, text)
        heard = await bench.hears(lambda one: text in (text_of(one) or ""), "nothing came in")
        bench.must(not heard.private, "a shared chat is private")


@contract(Act.EDIT)
async def p26_an_edit_names_its_message(bench: Bench) -> None:
    """An edit MUST come as `Edited` with the new text and the `Inbound.id` of what was said."""
    async with bench.running():
        before, after = bench.word("before"), bench.word("after")
        handle = await bench.harness.say(bench.place, before)
        original = await bench.hears_text(before)
        await bench.harness.edit(bench.place, handle, after)
        heard = await bench.hears(lambda one: one is not original, "the edit did not come in")
        wanted = Edited(original.id, after)
        bench.must(heard.body == wanted, f"{wanted} must come in, not {heard.body!r}")
        bench.must(heard.id != original.id, "the edit has the id of the message: it is dropped")


@contract(Act.RECALL)
async def p33_a_deletion_names_its_message(bench: Bench) -> None:
    """A deletion MUST come as `Recalled` with the `Inbound.id` of what was said."""
    async with bench.running():
        text = bench.word("never mind")
        handle = await bench.harness.say(bench.place, text)
        original = await bench.hears_text(text)
        await bench.harness.recall(bench.place, handle)
        heard = await bench.hears(lambda one: one is not original, "the deletion did not come in")
        wanted = Recalled(original.id)
        bench.must(heard.body == wanted, f"{wanted} must come in, not {heard.body!r}")
        bench.must(heard.id != original.id, "the deletion has the id of the message: it is dropped")


@contract(Act.REPLY)
async def p34_an_answer_names_what_it_answers(bench: Bench) -> None:
    """A reply to a message of the bot MUST carry the id from the receipt in `reply_to`."""
    async with bench.running():
        seen = await bench.shown(Text(bench.word("a question")))
        text = bench.word("an answer")
        await bench.harness.say(bench.place, text, reply_to=seen.id)
        heard = await bench.hears_text(text)
        bench.must(heard.reply_to == seen.id, f"it answers {seen.id!r}, not {heard.reply_to!r}")


@contract(Act.COMMANDS)
async def p38_a_native_command_is_a_command(bench: Bench) -> None:
    """A native command MUST come in as `Invoked` with its arguments, never as prose."""
    async with bench.running():
        await bench.harness.invoke(bench.place, "model", {"model": "opus"})
        heard = await bench.hears(lambda _: True, "the command did not come in")
        wanted = Invoked("model", {"model": "opus"})
        bench.must(heard.body == wanted, f"{wanted} must come in, not {heard.body!r}")


@contract(Act.SUGGEST)
async def p39_suggestions_come_from_the_host(bench: Bench) -> None:
    """What is offered while an option is typed MUST be what `PlatformHost.suggest` says."""
    async with bench.running():
        offered = await bench.soon(
            bench.harness.suggestions(bench.place, "model", "model", "op"), "nothing is suggested"
        )
        bench.must(offered == ("opus", "opal"), f"opus and opal fit, {offered} are offered")
        asked = bench.host.asked[-1]
        typed = (asked.command, asked.option, asked.prefix)
        bench.must(typed == ("model", "model", "op"), f"the host was asked for {typed}")
        bench.must(not bench.host.received, "typing was received as if it were done")


@contract(Act.RETURN)
async def p41_what_was_not_stored_comes_again(bench: Bench) -> None:
    """What `receive` had not stored when the program died MUST come in after the next start."""
    await bench.started()
    bench.host.hold()
    text = bench.word("nearly lost")
    await bench.harness.say(bench.place, text)
    await bench.until(lambda: bench.host.offered or None, "what was said is not handed over")
    dying = bench.host
    run = bench.run
    if run is not None:
        run.cancel()
    dying.crash()
    await bench.again()
    async with bench.running():
        await bench.hears_text(text)


@contract(Act.RETURN)
async def p42_a_broken_store_loses_nothing(bench: Bench) -> None:
    """When `receive` raises, it MUST NOT be acknowledged: it comes again, and so does the rest."""
    async with bench.running():
        bench.host.fail(OSError("the disk is full"), times=2)
        first, second = bench.word("first"), bench.word("second")
        await bench.harness.say(bench.place, first)
        await bench.harness.say(bench.place, second)
        await bench.hears_text(first)
        await bench.hears_text(second)


@contract(Act.SHARED, Act.PEOPLE)
async def p45_people_are_told_apart_by_id(bench: Bench) -> None:
    """`Person.id` MUST differ from person to person, and stay when somebody takes another name."""
    place = await bench.harness.shared()
    async with bench.running():
        ann = await _speaker(bench, place, "Ann")
        ben = await _speaker(bench, place, "Ben")
        bench.must(ann.sender.id != ben.sender.id, f"two people are both {ann.sender.id!r}")
        await bench.harness.rename("Ann", "Anna")
        anna = await _speaker(bench, place, "Anna")
        bench.must(
            anna.sender.id == ann.sender.id,
            f"by another name {ann.sender.id!r} became {anna.sender.id!r}",
        )
        bench.must(anna.sender.name == "Anna", f"Anna is shown as {anna.sender.name!r}")


async def _speaker(bench: Bench, place: Address, name: str) -> Inbound:
    text = bench.word(f"I am {name}")
    await bench.harness.say(place, text, who=name)
    return await bench.hears(
        lambda one: text in (text_of(one) or ""), f"what {name} said did not come in"
    )


@contract()
async def p47_times_are_unix_seconds(bench: Bench) -> None:
    """`sent_at` MUST be Unix seconds, or None; not milliseconds, not a time of day."""
    async with bench.running():
        text = bench.word("now")
        await bench.harness.say(bench.place, text)
        at = (await bench.hears_text(text)).sent_at
        sensible = at is None or _EARLIEST < at < _LATEST
        bench.must(sensible, f"sent_at is {at}, which is not in Unix seconds")
