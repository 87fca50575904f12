"""The fake platform: what people do and see, what goes wrong, and who is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
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
    Table,
    Text,
    Todo,
    Todos,
)
from cc_connect.contract.errors import (
    DeliveryRejected,
    MessageGone,
    PlatformAuthFailed,
    PlatformUnavailable,
    RateLimited,
)
from cc_connect.contract.inbound import Pressed, Said
from cc_connect.contract.platform import Amend, Extend, Kind, Post, React, Receipt, Retract, Support
from cc_connect.testing.platform import (
    BARE,
    RICH,
    CannotDo,
    FakePlatform,
    NotSeen,
    RecordingHost,
)

PROMPT: Content = (
    Text("May I?"),
    Buttons((Button("Yes", "a:1:yes:0"), Button("No", "a:1:no:0"))),
    Menu("a:1:menu:0", "Which?", (Option("One", "1"), Option("Two", "2"))),
    Form(
        "a:1:text:0",
        "Say why",
        "Why?",
        (Field("why", "Reason"), Field("who", "Name", required=False)),
    ),
)


@asynccontextmanager
async def running(fake: FakePlatform) -> AsyncIterator[RecordingHost]:
    host = RecordingHost()
    task = asyncio.create_task(fake.run(host))
    await host.pulse.until(lambda: host.up or None, 5)
    try:
        yield host
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def post(fake: FakePlatform, *blocks: object, key: str = "k1", **more: object) -> Post:
    return Post(fake.home, blocks or (Text("hello"),), key, **more)  # type: ignore[arg-type] # any block


async def test_a_person_speaks_and_is_answered() -> None:
    fake = FakePlatform()
    async with running(fake) as host:
        said = fake.people.say("hello")
        heard = await host.wait_for(lambda one: isinstance(one.body, Said))
        assert (heard.id, heard.body) == (said, Said("hello"))
        assert fake.acknowledged(said)
        answer = post(fake, Text("good day"), reply_to=said, kind=Kind.FINAL)
        receipt = await fake.deliver(answer)
        seen = await fake.wait_for(lambda message: "good" in message.text)
        assert (seen.id, seen.reply_to, seen.kind) == (receipt.message, said, Kind.FINAL)
        assert [message.text for message in fake.transcript()] == ["hello", "good day"]
        (delivery,) = fake.deliveries
        assert (delivery.intent, delivery.receipt, delivery.error) == (answer, receipt, None)
        assert delivery.ended is not None
        assert delivery.ended >= delivery.at


async def test_what_was_said_before_the_start_waits() -> None:
    fake = FakePlatform()
    fake.people.say("early")
    async with running(fake) as host:
        await host.wait_for(lambda one: one.body == Said("early"))


async def test_a_message_shows_its_changes() -> None:
    fake = FakePlatform()
    async with running(fake):
        message = (await fake.deliver(post(fake))).message
        seen = await fake.wait_for(lambda one: one.id == message)
        await fake.deliver(Amend(fake.home, message, (Text("goodbye"),)))
        assert seen.text == "goodbye"
        assert seen.versions == [(Text("hello"),)]
        await fake.deliver(Retract(fake.home, message))
        assert seen.gone
        assert fake.transcript() == []


async def test_a_growing_text_is_seen_until_it_is_settled() -> None:
    fake = FakePlatform()
    async with running(fake):
        for at, text in ((0, "Once "), (5, "upon "), (12, "a time")):
            await asyncio.sleep(0.02)
            await fake.deliver(Extend(fake.home, "s1", text, at))
        (growing,) = fake.transcript()
        assert (growing.growing, growing.text) == (True, "Once upon a time")
        assert fake.service.gaps == ["s1: a piece at 12 came after 10 characters"]
        await asyncio.sleep(0.02)
        await fake.deliver(Extend(fake.home, "s1", "", 0))
        assert fake.transcript() == []
        await fake.deliver(post(fake, Text("The end"), stream="s1"))
        assert [one.text for one in fake.transcript()] == ["The end"]


async def test_people_press_choose_and_fill_in_only_what_is_there() -> None:
    fake = FakePlatform()
    async with running(fake) as host:
        message = (await fake.deliver(post(fake, *PROMPT))).message
        pressed = fake.people.press(message, "No")
        await host.wait_for(lambda one: one.id == pressed)
        assert host.received[-1].body == Pressed("a:1:no:0", message)
        attempts: tuple[Callable[[], str], ...] = (
            lambda: fake.people.press(message, "Maybe"),
            lambda: fake.people.choose(message, "Three"),
            lambda: fake.people.choose(message, ("One", "Two")),
            lambda: fake.people.submit(message, {"Name": "Ann"}),
            lambda: fake.people.submit(message, {"Reason": "", "Age": "7"}),
            lambda: fake.people.press("m99", "No"),
            lambda: fake.people.edit(message, "mine now"),
        )
        for wrong in attempts:
            with pytest.raises(CannotDo):
                wrong()
        await fake.deliver(Amend(fake.home, message, (Text("too late"),)))
        with pytest.raises(CannotDo, match="no button 'No'"):
            fake.people.press(message, "No")


async def test_a_file_is_kept_as_it_was_when_it_was_sent(tmp_path: Path) -> None:
    fake = FakePlatform()
    path = tmp_path / "notes.txt"
    path.write_bytes(b"one")
    async with running(fake):
        await fake.deliver(post(fake, Attachment(str(path), "notes.txt", "text/plain", 3)))
        path.unlink()
        (message,) = fake.transcript()
        assert [(file.name, file.data) for file in message.files] == [("notes.txt", b"one")]


async def test_what_is_not_seen_in_time_is_told_with_what_is_there_instead() -> None:
    fake = FakePlatform()
    async with running(fake):
        fake.people.say("hello")
        await fake.deliver(post(fake, *PROMPT, kind=Kind.PROMPT, reply_to="m1"))
        await fake.deliver(React(fake.home, "m1", "👀"))
        with pytest.raises(NotSeen) as failed:
            await fake.wait_for(lambda message: "never" in message.text, timeout=0.05)
    assert str(failed.value).splitlines()[1:] == [
        "m1 Ann: hello",
        "    signs: 👀",
        "m3 bot (prompt, answers m1): May I?",
        "    [Yes] [No]",
        "    Which?: One / Two",
        "    [Say why] asks for Reason, Name",
    ]


async def test_everything_that_can_be_read_is_in_the_text_of_a_message() -> None:
    fake = FakePlatform()
    async with running(fake):
        await fake.deliver(
            post(
                fake,
                Steps((Step(StepKind.TOOL, "make"),)),
                Todos((Todo("tidy up"),)),
                Diff("a.py", "+new"),
                Table(("a", "b"), (("1", "2"),)),
                Footer("small print"),
            )
        )
        text = fake.transcript()[0].text
    assert text == "done: make\n\nopen: tidy up\n\na.py\n+new\n\na | b\n1 | 2\n\nsmall print"


# --- faults -----------------------------------------------------------------------------------


async def test_while_it_is_down_nothing_arrives_and_then_it_does() -> None:
    fake = FakePlatform()
    host = RecordingHost()
    task = asyncio.create_task(fake.run(host))
    await host.pulse.until(lambda: host.up or None, 5)
    fake.faults.down(0.05)
    with pytest.raises(PlatformUnavailable, match="the service is down"):
        await task
    assert host.signals[-1].startswith("disconnected")
    with pytest.raises(PlatformUnavailable):
        await fake.deliver(post(fake))
    await fake.until_true(lambda: not fake.service.trouble.down)
    async with running(fake):
        await fake.deliver(post(fake))


@pytest.mark.parametrize("times", [1, 2])
async def test_refusals_come_as_their_kind_and_pass(times: int) -> None:
    fake = FakePlatform()
    async with running(fake):
        fake.faults.rate_limit(times, retry_after=7)
        for _ in range(times):
            with pytest.raises(RateLimited) as limited:
                await fake.deliver(post(fake))
            assert limited.value.retry_after == 7
        fake.faults.reject(times, reason="not that word")
        for _ in range(times):
            with pytest.raises(DeliveryRejected, match="not that word"):
                await fake.deliver(post(fake))
        await fake.deliver(post(fake))
    assert [type(one.error) for one in fake.deliveries] == [
        *[RateLimited] * times,
        *[DeliveryRejected] * times,
        type(None),
    ]


async def test_a_lost_receipt_leaves_the_message_there() -> None:
    fake = FakePlatform(replace(RICH, idempotent_post=Support.NONE))
    async with running(fake):
        fake.faults.lose_receipts()
        with pytest.raises(PlatformUnavailable):
            await fake.deliver(post(fake))
        await fake.deliver(post(fake, repeat=True))
        assert len(fake.transcript()) == 2


async def test_with_idempotent_posts_a_lost_receipt_can_be_asked_for_again() -> None:
    fake = FakePlatform()
    async with running(fake):
        fake.faults.lose_receipts()
        with pytest.raises(PlatformUnavailable):
            await fake.deliver(post(fake))
        receipt = await fake.deliver(post(fake))
        assert [one.id for one in fake.transcript()] == [receipt.message]


async def test_calls_can_hang_and_be_cancelled() -> None:
    fake = FakePlatform()
    async with running(fake):
        fake.faults.hold()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await fake.deliver(post(fake))
        assert isinstance(fake.deliveries[0].error, asyncio.CancelledError)
        fake.faults.release()
        fake.faults.slow(0.01)
        await fake.deliver(post(fake))
        assert len(fake.transcript()) == 1


async def test_a_login_that_is_not_good_any_more_ends_run_for_good() -> None:
    fake = FakePlatform()
    host = RecordingHost()
    task = asyncio.create_task(fake.run(host))
    await host.pulse.until(lambda: host.up or None, 5)
    fake.faults.refuse_login()
    with pytest.raises(PlatformAuthFailed):
        await task
    with pytest.raises(PlatformUnavailable):
        await fake.deliver(post(fake))


async def test_an_adapter_can_die_of_a_bug() -> None:
    fake = FakePlatform()
    host = RecordingHost()
    task = asyncio.create_task(fake.run(host))
    await host.pulse.until(lambda: host.up or None, 5)
    fake.faults.die(KeyError("author"))
    with pytest.raises(KeyError):
        await task
    async with running(fake) as host:
        fake.people.say("still there?")
        await host.wait_for(lambda one: one.body == Said("still there?"))


async def test_what_was_acknowledged_can_come_once_more() -> None:
    fake = FakePlatform()
    async with running(fake) as host:
        said = fake.people.say("twice")
        await host.wait_for(lambda one: one.id == said)
        fake.faults.redeliver(said)
        await host.pulse.until(lambda: len(host.received) == 2 or None, 5)
        assert {one.id for one in host.received} == {said}


async def test_a_restart_knows_what_the_service_knows_and_no_more() -> None:
    fake = FakePlatform(BARE)
    async with running(fake) as host:
        host.hold()
        said = fake.people.say("nearly lost")
        await host.pulse.until(lambda: host.offered or None, 5)
    assert not fake.acknowledged(said)
    again = fake.restarted()
    async with running(again) as host:
        await host.wait_for(lambda one: one.id == said)
        assert await again.deliver(post(again)) == Receipt("m3")
        assert len(again.transcript()) == 2


async def test_an_old_message_cannot_be_changed() -> None:
    fake = FakePlatform(replace(RICH, edit_max_age=0.01))
    async with running(fake):
        message = (await fake.deliver(post(fake))).message
        await asyncio.sleep(0.02)
        with pytest.raises(MessageGone, match="too old"):
            await fake.deliver(Amend(fake.home, message, (Text("late"),)))


async def test_a_place_nobody_knows_refuses_posts() -> None:
    fake = FakePlatform()
    async with running(fake):
        with pytest.raises(DeliveryRejected):
            await fake.deliver(replace(post(fake), to=replace(fake.home, chat="nowhere")))


async def test_capabilities_may_depend_on_the_place() -> None:
    fake = FakePlatform(lambda to: RICH if to.chat == "home" else BARE)
    general = fake.service.add_chat("general")
    assert fake.capabilities(fake.home) == RICH
    assert fake.capabilities(general) == BARE
