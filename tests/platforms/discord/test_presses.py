"""Buttons, menus and forms."""

import pytest
from structlog.testing import capture_logs

from cc_connect.contract.content import (
    Button,
    Buttons,
    Field,
    Form,
    Menu,
    Option,
    Style,
)
from cc_connect.contract.inbound import Pressed, Said, Submitted
from cc_connect.contract.platform import Kind
from cc_connect.testing.discord import CallbackKind
from cc_connect.testing.platform import RecordingHost
from tests.platforms.discord.bench import Place, at, begun, running

ASK = Buttons((Button("Allow", "a:r1:allow:0", Style.SUCCESS), Button("Deny", "a:r1:deny:0")))
FREE = Form(
    "a:r1:text:0", "In your words", "Which database?", (Field("answer", "Answer", multiline=True),)
)


async def test_a_press_is_acknowledged_before_it_is_stored(place: Place) -> None:
    host = RecordingHost()
    async with running(place.twin, place.bot, host=host) as run:
        message = await run.post(place.general, "Allow?", ASK, kind=Kind.PROMPT)
        host.hold()
        press = await place.twin.press(place.alice, place.general.last, "Allow")
        assert press.answered is CallbackKind.DEFER_UPDATE
        host.release()
        heard = await run.hears(Pressed)
        assert heard.body == Pressed("a:r1:allow:0", message)
        assert heard.id == str(press.id)
        assert heard.address == at(place.general)
        assert heard.sender.name == "Alice"
        assert heard.sender.owner
        assert not heard.private


async def test_a_press_in_a_direct_message(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        direct = place.twin.direct(place.alice, place.bot)
        await run.post(direct, "Allow?", ASK)
        await place.twin.press(place.alice, direct.last, "Deny")
        heard = await run.hears(Pressed)
        assert heard.private
        assert heard.address == at(direct)
        assert heard.sender.id == str(place.alice.id)


async def test_who_pressed_comes_with_roles(place: Place) -> None:
    bob = place.twin.add_user("bob")
    role = place.guild.add_role("builders")
    place.guild.add_member(bob, role)
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, "Allow?", ASK)
        await place.twin.press(bob, place.general.last, "Allow")
        heard = await run.hears(Pressed)
        assert str(role.id) in heard.sender.roles
        assert not heard.sender.owner


async def test_menus_and_buttons_that_carry_the_same_action(place: Place) -> None:
    options = tuple(Option(f"Choice {number}", str(number)) for number in range(30))
    menu = Menu("a:r1:menu:0", "choose", options, multiple=True)
    twice = Buttons((Button("One", "c:/same"), Button("Two", "c:/same")))
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, "Which?", menu, twice)
        message = place.general.last
        first, second = (each["custom_id"] for each in message.menus)
        assert first != second
        await place.twin.select(place.alice, message, ["Choice 1", "Choice 3"], menu=first)
        assert (await run.hears(Pressed)).body == Pressed(
            "a:r1:menu:0", str(message.id), ("1", "3")
        )
        await place.twin.select(place.alice, message, ["Choice 29"], menu=second)
        assert (await run.hears(Pressed, 2)).body == Pressed(
            "a:r1:menu:0", str(message.id), ("29",)
        )
        await place.twin.press(place.alice, message, "Two")
        assert (await run.hears(Pressed, 3)).body == Pressed("c:/same", str(message.id))


async def test_a_form(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, "Which database?", FREE, kind=Kind.PROMPT)
        opened = await place.twin.press(place.alice, place.general.last, "In your words")
        assert opened.answered is CallbackKind.FORM
        assert opened.form is not None
        assert opened.form["title"] == "Which database?"
        sent = await place.twin.submit(place.alice, opened, {"Answer": "SQLite\nof course"})
        assert sent.answered is CallbackKind.DEFER_UPDATE
        heard = await run.hears(Submitted)
        assert heard.body == Submitted("a:r1:text:0", {"answer": "SQLite\nof course"})
        assert heard.sender.name == "Alice"
        assert not any(isinstance(one.body, Pressed) for one in run.host.received)


async def test_everything_works_after_a_restart(place: Place) -> None:
    values: dict[str, str] = {}
    async with running(place.twin, place.bot, host=RecordingHost(values=values)) as run:
        await run.post(place.general, "Which?", ASK, FREE)
        message = place.general.last
    async with running(place.twin, place.bot, host=RecordingHost(values=values)) as run:
        await place.twin.press(place.alice, message, "Allow")
        assert (await run.hears(Pressed)).body == Pressed("a:r1:allow:0", str(message.id))
        opened = await place.twin.press(place.alice, message, "In your words")
        await place.twin.submit(place.alice, opened, {"answer": "SQLite"})
        assert (await run.hears(Submitted)).body == Submitted("a:r1:text:0", {"answer": "SQLite"})


async def test_a_form_nobody_remembers_says_so_to_who_pressed(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, "Which?", FREE)
        message = place.general.last
    async with running(place.twin, place.bot) as run:  # another host that knows nothing
        opened = await place.twin.press(place.alice, message, "In your words")
        assert opened.answered is CallbackKind.MESSAGE
        assert opened.original is not None
        assert opened.original.visible_to is place.alice
        assert "Reply" in opened.original.content
        assert run.host.received == []


async def test_a_press_that_cannot_be_acknowledged_counts(place: Place) -> None:
    callback = "POST /interactions/{interaction}/{token}/callback"
    async with running(place.twin, place.bot) as run:
        await run.post(place.general, "Allow?", ASK, FREE)
        place.twin.faults.next_status(404, times=2, route=callback)
        with capture_logs() as logs:
            await place.twin.press(place.alice, place.general.last, "Allow", patience=None)
            assert isinstance((await run.hears(Pressed)).body, Pressed)
            await place.twin.press(place.alice, place.general.last, "In your words", patience=None)
            await place.general.say(place.alice, "@cc-connect go on")
            await run.hears(Said)
            await place.twin.until_true(
                lambda: len([r for r in place.twin.requests.of(callback) if r.status]) == 2
            )
            await place.general.say(place.alice, "@cc-connect go on again")
            await run.hears(Said, 2)
        told = [line["event"] for line in logs if line["log_level"] == "warning"]
        assert "discord: a press could not be acknowledged" in told


async def test_an_unknown_kind_of_interaction_is_left_alone(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        (session,) = place.twin.sessions(place.bot)
        session.dispatch("INTERACTION_CREATE", {"id": "1", "type": 77, "token": "t"})
        await place.general.say(place.alice, "@cc-connect hi")
        await run.hears(Said)
        assert len(run.host.received) == 1


@pytest.mark.parametrize("gone", ["member", "channel", "message"])
async def test_an_interaction_with_half_of_its_fields(place: Place, gone: str) -> None:
    async with begun(place.twin, place.bot) as run:
        await run.signal("connected")
        (session,) = place.twin.sessions(place.bot)
        data = {
            "id": "123456789012345678901234567890",
            "token": "t",
            "type": 3,
            "guild_id": str(place.guild.id),
            "channel_id": str(place.general.id),
            "channel": {"id": str(place.general.id), "type": 0},
            "member": {"user": {"id": str(place.alice.id)}, "roles": []},
            "message": {"id": "1"},
            "data": {"custom_id": "c:/stop", "component_type": 2},
        }
        del data[gone]
        session.dispatch("INTERACTION_CREATE", data)
        heard = await run.hears(Pressed)
        assert isinstance(heard.body, Pressed)
        assert heard.body.action == "c:/stop"
        assert heard.sent_at is None
