"""Contracts about what goes out."""

import asyncio
from dataclasses import replace

from cc_connect.contract.content import Button, Buttons, Text
from cc_connect.contract.errors import MessageGone
from cc_connect.contract.platform import (
    Amend,
    Extend,
    Kind,
    React,
    Retract,
    TextUnit,
    Typing,
)
from cc_connect.testing.contracts.platform.bench import Bench
from cc_connect.testing.contracts.platform.contract import contract
from cc_connect.testing.contracts.platform.harness import Act

_TALLEST = {TextUnit.CODE_POINTS: 1, TextUnit.UTF16: 2, TextUnit.BYTES: 4}
"""How much an emoji counts for, by unit."""


@contract(support=("edit",))
async def p07_a_receipt_is_good_for_amendments(bench: Bench) -> None:
    """The receipt of a post MUST name the message so that every later `Amend` finds it."""
    async with bench.running():
        receipt = await bench.deliver(bench.say(bench.word("one")))
        bench.must(bool(receipt.message), "the receipt names no message")
        for _ in range(3):
            await _pause(bench)
            amend = Amend(bench.place, receipt.message, (Text(bench.word("another")),))
            try:
                await bench.deliver(amend)
            except MessageGone as error:
                bench.fail(f"an Amend of {receipt.message!r} is refused: {error}")


async def _pause(bench: Bench) -> None:
    """What the host waits between two edits of a message."""
    await asyncio.sleep(bench.can.edit_interval)


@contract(support=("edit",))
async def p08_an_amendment_takes_the_place(bench: Bench) -> None:
    """An `Amend` MUST replace what a person sees of that message, and add none."""
    async with bench.running():
        before, after = bench.word("before"), bench.word("after")
        message = (await bench.shown(Text(before))).id
        await bench.deliver(Amend(bench.place, message, (Text(after),)))
        await bench.sees(lambda one: after in one.text, "the amended text is not seen")
        seen = await bench.all_seen()
        bench.must(len(seen) == 1, f"one message was posted, {len(seen)} are seen: {seen}")
        bench.must(before not in seen[0].text, "the old text is still there")


@contract(Act.VANISH, support=("edit",))
async def p09_a_message_that_is_gone_is_told(bench: Bench) -> None:
    """An `Amend` of a message that is not there any more MUST raise MessageGone."""
    async with bench.running():
        message = (await bench.shown(Text(bench.word("soon gone")))).id
        await bench.harness.remove(bench.place, message)
        amend = Amend(bench.place, message, (Text("too late"),))
        await bench.refuses(
            bench.platform.deliver(amend), MessageGone, "Amend of a message that was removed"
        )


@contract(full=("idempotent_post",))
async def p10_a_post_tried_again_is_shown_once(bench: Bench) -> None:
    """Where `idempotent_post` is FULL, a post with the same key MUST be shown once.

    Both receipts name the same message.
    """
    async with bench.running():
        word = bench.word("once")
        post = bench.say(word)
        first = await bench.deliver(post)
        second = await bench.deliver(replace(post, repeat=True))
        bench.must(first == second, f"the receipts differ: {first} and {second}")
        seen = [one for one in await bench.all_seen() if word in one.text]
        bench.must(len(seen) == 1, f"it is shown {len(seen)} times")


@contract()
async def p11_the_longest_text_arrives_whole(bench: Bench) -> None:
    """A text of exactly `text_limit` in `text_unit` MUST arrive whole, as one message."""
    text = longest(bench.can.text_limit, bench.can.text_unit)
    async with bench.running():
        await bench.deliver(bench.say(text))
        seen = await bench.all_seen()
        bench.must(len(seen) == 1, f"it is shown as {len(seen)} messages")
        shown = seen[0].text.strip()
        bench.must(shown == text, f"of {len(text)} characters {len(shown)} are seen")


def longest(limit: int, unit: TextUnit) -> str:
    """Words and emoji that fill a limit exactly."""
    head = "longest 👍 "
    used = len(head) - 1 + _TALLEST[unit]
    if limit <= used:
        return "x" * limit
    rest = limit - used
    return head + ("word " * (rest // 5 + 1))[: rest - 1] + "."


@contract(support=("buttons",))
async def p12_buttons_stand_in_order(bench: Bench) -> None:
    """Buttons MUST be drawn in one message with the text, in order, with their labels."""
    count = min(7, bench.can.button_rows * bench.can.row_buttons)
    labels = tuple(f"{number}: Go & <see>" for number in range(count))
    async with bench.running():
        buttons = Buttons(tuple(Button(label, f"c:/go {label[0]}") for label in labels))
        word = bench.word("choose")
        await bench.deliver(bench.post(Text(word), buttons))
        seen = await bench.all_seen()
        bench.must(len(seen) == 1, f"it is shown as {len(seen)} messages")
        bench.must(seen[0].buttons == labels, f"{labels} are shown as {seen[0].buttons}")
        bench.must(word in seen[0].text, "the text is missing")


@contract(Act.REPLY)
async def p27_a_reply_hangs_on_its_message(bench: Bench) -> None:
    """A post with `reply_to` MUST be seen as an answer to that message."""
    async with bench.running():
        text = bench.word("a question")
        await bench.harness.say(bench.place, text)
        heard = await bench.hears_text(text)
        word = bench.word("an answer")
        await bench.deliver(bench.post(Text(word), reply_to=heard.id))
        seen = await bench.sees(lambda one: word in one.text, "the reply is not seen")
        bench.must(seen.reply_to == heard.id, f"it answers {seen.reply_to!r}, not {heard.id!r}")


@contract()
async def p28_order_is_kept(bench: Bench) -> None:
    """Messages of one place MUST keep their order, in and out."""
    words = ["first" + 4 * " long", "second" + 2 * " long", "third", "fourth long", "fifth"]
    async with bench.running():
        for word in words:
            await bench.harness.say(bench.place, word)
        heard = [getattr(one.body, "text", "") for one in await bench.all_heard()]
        bench.must(heard == words, f"said in order, received: {heard}")
        for word in words:
            await bench.deliver(bench.say(word))
        seen = [one.text.strip() for one in await bench.all_seen()]
        bench.must(seen == words, f"posted in order, seen: {seen}")


@contract(Act.MENTION)
async def p29_only_those_meant_are_called(bench: Bench) -> None:
    """A post MUST call the people in `mention` and nobody else, whatever its text says."""
    place = bench.place if Act.SHARED in bench.harness.lacks else await bench.harness.shared()
    async with bench.running():
        person = await bench.harness.person(place)
        quiet, meant = bench.word("nobody"), bench.word("somebody")
        loud = f"@everyone @here <@{person}> <!everyone> @all {quiet}"
        await bench.deliver(bench.say(loud, place))
        await bench.deliver(bench.post(Text(meant), to=place, mention=(person,)))
        first = await bench.sees(lambda one: quiet in one.text, "the first post is not seen", place)
        second = await bench.sees(lambda one: meant in one.text, "the other is not seen", place)
        bench.must(not first.called, f"nobody was to be called, but {first.called} were")
        bench.must(second.called == (person,), f"{person!r} was to be called, not {second.called}")


@contract(support=("typing",))
async def p30_a_typing_sign_is_no_message(bench: Bench) -> None:
    """A typing sign MUST add no message, and may be shown as often as the host likes."""
    async with bench.running():
        for _ in range(3):
            await bench.deliver(Typing(bench.place))
        seen = await bench.all_seen()
        bench.must(not seen, f"typing is seen as a message: {seen}")


@contract(support=("stream",))
async def p35_a_growing_text_is_settled_by_its_post(bench: Bench) -> None:
    """The pieces of a stream MUST be seen as one text; the post that names it takes its place.

    A piece at 0 begins anew.
    """
    async with bench.running():
        stream = bench.word("stream")
        await _grow(bench, stream, "a remark ", 0)
        await bench.sees(lambda one: "a remark" in one.text, "the first piece is not seen")
        await _grow(bench, stream, "Once there ", 0)
        await _grow(bench, stream, "was a bot", len("Once there "))
        grown = await bench.sees(
            lambda one: "Once there was a bot" in one.text, "the pieces are not seen as one text"
        )
        bench.must("a remark" not in grown.text, "a piece at 0 did not begin anew")
        post = replace(bench.post(Text("Once there was a bot."), stream=stream), kind=Kind.FINAL)
        await bench.deliver(post)
        seen = [one.text.strip() for one in await bench.all_seen()]
        bench.must(seen == ["Once there was a bot."], f"after the post is seen: {seen}")


async def _grow(bench: Bench, stream: str, text: str, at: int) -> None:
    await asyncio.sleep(bench.can.stream_interval)
    await bench.deliver(Extend(bench.place, stream, text, at))


@contract(support=("delete",))
async def p36_a_message_taken_back_is_gone(bench: Bench) -> None:
    """After `Retract` a person MUST NOT see the message any more; the others stay."""
    async with bench.running():
        kept = await bench.shown(Text(bench.word("kept")))
        gone = await bench.shown(Text(bench.word("gone")))
        await bench.deliver(Retract(bench.place, gone.id))
        seen = [one.id for one in await bench.all_seen()]
        bench.must(seen == [kept.id], f"{kept.id!r} was to stay alone, {seen} are seen")


@contract(support=("reactions",))
async def p37_a_reaction_comes_and_goes(bench: Bench) -> None:
    """`React` MUST put a sign on a message, and take it off again, without a message of its own."""
    async with bench.running():
        text = bench.word("nice")
        handle = await bench.harness.say(bench.place, text)
        message = (await bench.hears_text(text)).id
        await bench.deliver(React(bench.place, message, "👀"))
        await _signs(bench, handle, ("👀",), "the reaction is not seen")
        await bench.deliver(React(bench.place, message, "👀", on=False))
        await _signs(bench, handle, (), "the reaction does not go away")
        seen = await bench.all_seen()
        bench.must(not seen, f"a reaction is seen as a message: {seen}")


async def _signs(bench: Bench, handle: str, wanted: tuple[str, ...], words: str) -> None:
    async def there() -> bool | None:
        return (await bench.harness.signs_on(bench.place, handle) == wanted) or None

    await bench.eventually(there, words)


@contract(Act.THREADS, support=("threads",))
async def p43_a_thread_is_a_place_of_its_own(bench: Bench) -> None:
    """What is said in a thread MUST carry the thread in its Address; a post to it appears there."""
    thread = await bench.harness.thread()
    async with bench.running():
        text = bench.word("in the thread")
        await bench.harness.say(thread, text)
        heard = await bench.hears(lambda one: text in getattr(one.body, "text", ""), "not received")
        bench.must(heard.address == thread, f"said in {thread}, received from {heard.address}")
        word = bench.word("answered")
        await bench.deliver(bench.say(word, heard.address))
        await bench.sees(lambda one: word in one.text, "not seen in the thread", thread)
