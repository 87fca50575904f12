"""Native commands and the menu of a message, as people see them."""

import json
from pathlib import Path

import pytest

from cc_connect.contract.command import CommandOption, CommandSpec, Outcome, Role
from cc_connect.contract.content import Attachment, Text
from cc_connect.contract.inbound import Invoked, Quoted, Said
from cc_connect.contract.platform import Kind
from cc_connect.testing.discord import CallbackKind, NoSuchCommand, Permission
from cc_connect.testing.platform import RecordingHost
from tests.platforms.discord.bench import QUICK, Place, Running, at, begun, running, soon

COMMANDS = (
    CommandSpec("model", "set the model", options=(CommandOption("model", "m", suggests=True),)),
    CommandSpec(
        "deny",
        "say no",
        options=(
            CommandOption("why", "the reason", rest=True),
            CommandOption("number", "which", number=True, required=True),
        ),
        outcome=Outcome.SIGN,
    ),
    CommandSpec(
        "retry",
        "again",
        options=(CommandOption("how", "how", choices=("fresh", "same")),),
        outcome=Outcome.TURN,
    ),
    CommandSpec("shell", "run a command", role=Role.ADMIN),
    CommandSpec("why", "tell what happened", options=(CommandOption("message", "which"),)),
    CommandSpec("Not One", "a name that Discord does not take"),
)
LIST = "PUT /applications/{application}/commands"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"


def offering(**more: object) -> RecordingHost:
    suggested = {("model", "model"): ("opus", "opal", "sonnet")}
    return RecordingHost(commands=COMMANDS, suggested=suggested, **more)  # type: ignore[arg-type]


async def offered(place: Place) -> None:
    await place.twin.until_true(lambda: bool(place.bot.commands or place.bot.guild_commands))


async def kept(run: Running, key: str) -> None:
    await run.host.pulse.until(lambda: key in run.host.values or None, 20.0)


async def test_commands_come_with_their_options(place: Place) -> None:
    async with running(place.twin, place.bot, host=offering()):
        await offered(place)
        by_name = {one["name"]: one for one in place.bot.commands.values()}
    assert set(by_name) == {
        *("model", "deny", "retry", "shell", "why"),
        *("Ask agent about this", "Why?"),
    }
    number, why = by_name["deny"]["options"]
    assert (number["name"], number["type"], number["required"]) == ("number", 4, True)
    assert (why["name"], why["type"], why["required"]) == ("why", 3, False)
    assert [one["value"] for one in by_name["retry"]["options"][0]["choices"]] == ["fresh", "same"]
    assert by_name["model"]["options"][0]["autocomplete"]
    assert by_name["shell"]["default_member_permissions"] == str(int(Permission.MANAGE_GUILD))
    assert by_name["model"]["contexts"] == [0, 1]


async def test_commands_for_admins_are_shown_to_those_who_run_the_server(place: Place) -> None:
    bob = place.twin.add_user("bob")
    chief = place.guild.add_role("chiefs", Permission.MANAGE_GUILD)
    place.guild.add_member(bob, chief)
    async with running(place.twin, place.bot, host=offering()):
        await offered(place)
        assert "shell" not in place.twin.commands(place.alice, place.general)
        assert "shell" in place.twin.commands(bob, place.general)


async def test_they_are_sent_again_only_when_something_changed(place: Place) -> None:
    values: dict[str, str] = {}
    for _ in range(2):
        async with running(place.twin, place.bot, host=offering(values=values)) as run:
            await offered(place)
            await kept(run, "commands")
            await place.general.say(place.alice, "@cc-connect hi")
            await run.hears(Said)
    assert len(place.twin.requests.of(LIST)) == 1
    fewer = RecordingHost(commands=COMMANDS[:1], values=values)
    async with running(place.twin, place.bot, host=fewer):
        await place.twin.until_true(lambda: len(place.bot.commands) == 2)
    assert len(place.twin.requests.of(LIST)) == 2


async def test_a_server_of_its_own_and_none_twice(place: Place) -> None:
    values: dict[str, str] = {}
    async with running(place.twin, place.bot, host=offering(values=values)) as run:
        await offered(place)
        await kept(run, "commands")
    guild = str(place.guild.id)
    async with running(place.twin, place.bot, host=offering(values=values), guild_id=guild):
        await place.twin.until_true(lambda: bool(place.bot.guild_commands.get(place.guild.id)))
        assert place.bot.commands == {}
        assert place.twin.commands(place.alice, place.general).count("model") == 1


async def test_without_the_scope_the_log_has_the_link(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.guild.state.command_scope.clear()
    guild = str(place.guild.id)
    async with running(place.twin, place.bot, host=offering(), guild_id=guild) as run:
        await place.general.say(place.alice, "@cc-connect hi")
        await run.hears(Said)
        await place.twin.until_true(lambda: bool(place.twin.requests.of("PUT *", status=403)))
        await place.general.say(place.alice, "@cc-connect hi again")
        await run.hears(Said, 2)
    told = capsys.readouterr().out
    assert "commands cannot be offered" in told
    assert f"oauth2/authorize?client_id={place.bot.id}&permissions=" in told


async def test_the_answer_takes_the_place_of_the_command(place: Place) -> None:
    async with running(place.twin, place.bot, host=offering()) as run:
        await offered(place)
        used = await place.twin.invoke(
            place.alice, place.general, "model", {"model": "opus"}, patience=None
        )
        heard = await run.hears(Invoked)
        assert heard.body == Invoked("model", {"model": "opus"})
        assert (heard.sender.id, heard.address) == (str(place.alice.id), at(place.general))
        message = await run.post(place.general, "Now with opus", reply_to=heard.id)
        assert used.answered is CallbackKind.MESSAGE
        assert used.original is not None
        assert (str(used.original.id), used.original.content) == (message, "Now with opus")
        await run.post(place.general, "And more", key="k2", reply_to=heard.id)
        last = place.general.last
        assert last.content == "And more"
        assert last.reference is not None
        assert str(last.reference.message_id) == message


async def test_arguments_come_in_the_order_of_the_command(place: Place) -> None:
    async with running(place.twin, place.bot, host=offering()) as run:
        await offered(place)
        used = await place.twin.invoke(
            place.alice, place.general, "deny", {"number": 2, "why": "too dear"}
        )
        heard = await run.hears(Invoked)
        assert isinstance(heard.body, Invoked)
        assert list(heard.body.arguments.items()) == [("why", "too dear"), ("number", "2")]
        assert used.original is not None
        assert used.original.visible_to is place.alice
        assert used.original.content.startswith("✓")


async def test_a_slow_answer_is_promised_and_a_file_can_be_it(place: Place, tmp_path: Path) -> None:
    async with running(place.twin, place.bot, soon(QUICK, promise=0.02), host=offering()) as run:
        await offered(place)
        used = await place.twin.invoke(place.alice, place.general, "model")
        assert used.answered is CallbackKind.DEFER_MESSAGE
        assert used.original is not None
        assert used.original.loading
        heard = await run.hears(Invoked)
        path = tmp_path / "out.txt"
        path.write_text("all of it", "utf-8")
        file = Attachment(str(path), "out.txt", size=9)
        await run.post(place.general, Text("Here"), file, reply_to=heard.id)
        assert used.original.content == "Here"
        assert [one.filename for one in used.original.attachments] == ["out.txt"]
        assert not used.original.loading


async def test_a_promise_is_kept_over_a_restart(place: Place) -> None:
    values: dict[str, str] = {}
    timings = soon(QUICK, promise=0.02)
    async with running(place.twin, place.bot, timings, host=offering(values=values)) as run:
        await offered(place)
        used = await place.twin.invoke(place.alice, place.general, "model")
        heard = await run.hears(Invoked)
        await kept(run, "promises")
        assert len(json.loads(values["promises"])) == 1
    async with running(place.twin, place.bot, timings, host=offering(values=values)) as run:
        await run.post(place.general, "Late, but here", reply_to=heard.id)
        assert used.original is not None
        assert used.original.content == "Late, but here"
        assert json.loads(values["promises"]) == []


async def test_what_takes_too_long_goes_to_the_channel(place: Place) -> None:
    timings = soon(QUICK, promise=0.02, token=0.1)
    async with running(place.twin, place.bot, timings, host=offering()) as run:
        await offered(place)
        used = await place.twin.invoke(place.alice, place.general, "model")
        heard = await run.hears(Invoked)
        original = used.original
        assert original is not None
        await place.twin.until_true(lambda: "in this channel" in original.content)
        await run.post(place.general, "Done at last", reply_to=heard.id)
        assert place.general.last.content == "Done at last"
        assert place.general.last is not original


@pytest.mark.parametrize("status", [404, 500])
async def test_it_runs_and_answers_though_it_could_not_be_acknowledged(
    place: Place, status: int
) -> None:
    place.twin.faults.next_status(status, times=50, route=CALLBACK)
    timings = soon(QUICK, promise=0.02)
    async with running(place.twin, place.bot, timings, host=offering()) as run:
        await offered(place)
        await place.twin.invoke(place.alice, place.general, "model", patience=None)
        heard = await run.hears(Invoked)
        await place.twin.until_true(lambda: bool(place.twin.requests.of(CALLBACK)))
        place.twin.faults.heal()
        await run.post(place.general, "Here all the same", reply_to=heard.id)
        assert place.general.last.content == "Here all the same"


async def test_the_store_may_take_its_time(place: Place) -> None:
    host = offering()
    timings = soon(QUICK, promise=0.02)
    async with running(place.twin, place.bot, timings, host=host):
        await offered(place)
        host.hold()
        used = await place.twin.invoke(place.alice, place.general, "model")
        assert used.answered is CallbackKind.DEFER_MESSAGE
        assert host.received == []
        host.release()


async def test_a_turn_by_command_opens_a_thread(place: Place) -> None:
    async with running(place.twin, place.bot, host=offering(), thread_isolation=True) as run:
        await offered(place)
        used = await place.twin.invoke(place.alice, place.general, "retry", {"how": "fresh"})
        heard = await run.hears(Invoked)
        (thread,) = list(place.guild.state.threads)
        assert heard.address.thread == str(thread.id)
        assert thread.name == "/retry fresh"
        assert used.original is not None
        assert used.original.content == f"`/retry fresh` → <#{thread.id}>"
        await run.post(heard.address, "The answer", reply_to=heard.id)
        assert place.twin.channel(thread).last.content == "The answer"


async def test_other_commands_and_strangers_open_none(place: Place) -> None:
    host = offering()
    async with running(place.twin, place.bot, host=host, thread_isolation=True) as run:
        await offered(place)
        await place.twin.invoke(place.alice, place.general, "model", patience=None)
        assert (await run.hears(Invoked)).address.thread is None
        host.strangers.add(str(place.alice.id))
        used = await place.twin.invoke(place.alice, place.general, "retry", patience=None)
        heard = await run.hears(Invoked, 2)
        assert heard.address.thread is None
        await run.post(place.general, "You are not paired", reply_to=heard.id)
        assert used.original is not None
        assert used.original.content == "You are not paired"
        await place.general.say(place.alice, "@cc-connect let me in")
        assert (await run.hears(Said)).address.thread is None
        assert place.guild.state.threads == []


async def test_suggestions(place: Place) -> None:
    host = offering()
    async with running(place.twin, place.bot, host=host):
        await offered(place)
        found = await place.twin.suggest(place.alice, place.general, "model", "model", "op")
        assert [one["value"] for one in found] == ["opus", "opal"]
        host.suggested["model", "model"] = (*("x" * n for n in range(1, 130)), "xy")
        found = await place.twin.suggest(place.alice, place.general, "model", "model", "x")
        assert len(found) == 25


async def test_a_command_in_a_direct_conversation(place: Place) -> None:
    async with running(place.twin, place.bot, host=offering()) as run:
        await offered(place)
        direct = place.twin.direct(place.alice, place.bot)
        used = await place.twin.invoke(place.alice, direct, "model", patience=None)
        heard = await run.hears(Invoked)
        assert heard.private
        await run.post(direct, "opus", reply_to=heard.id)
        assert used.original is not None
        assert used.original.content == "opus"


async def test_asking_about_a_message(place: Place) -> None:
    bob = place.twin.add_user("bob", "Bob")
    place.guild.add_member(bob)
    values: dict[str, str] = {}
    async with running(place.twin, place.bot, host=offering(values=values)):
        await offered(place)
        said = await place.general.say(bob, "The build is red since noon")
        opened = await place.twin.invoke_on(place.alice, said, "Ask agent about this")
        assert opened.answered is CallbackKind.FORM
    async with running(place.twin, place.bot, host=offering(values=values)) as run:
        sent = await place.twin.submit(
            place.alice, opened, {"What about this message?": "Who broke it?"}
        )
        heard = await run.hears(Said)
        assert heard.body == Said("Who broke it?", (), Quoted("Bob", "The build is red since noon"))
        assert heard.addressed
        assert heard.sender.name == "Alice"
        assert sent.original is not None
        assert sent.original.content.startswith("> Who broke it?\n-# https://discord.com/channels/")
        await run.post(place.general, "A typo in ci.yml", kind=Kind.FINAL, reply_to=heard.id)
        reference = place.general.last.reference
        assert reference is not None
        assert reference.message_id == sent.original.id


async def test_asking_about_a_message_goes_into_its_thread(place: Place) -> None:
    async with running(place.twin, place.bot, host=offering(), thread_isolation=True) as run:
        await offered(place)
        said = await place.general.say(place.alice, "The build is red")
        opened = await place.twin.invoke_on(place.alice, said, "Ask agent about this")
        await place.twin.submit(place.alice, opened, {"What about this message?": "Why?"})
        heard = await run.hears(Said, 2)
        assert heard.address.thread == str(said.id)


async def test_asking_about_a_message_that_is_gone(place: Place) -> None:
    async with running(place.twin, place.bot, host=offering()) as run:
        await offered(place)
        said = await place.general.say(place.alice, "Oops")
        opened = await place.twin.invoke_on(place.alice, said, "Ask agent about this")
        await place.general.delete(said)
        sent = await place.twin.submit(
            place.alice, opened, {"What about this message?": "What was it?"}
        )
        assert sent.original is not None
        assert sent.original.visible_to is place.alice
        assert "cannot be read" in sent.original.content
        assert not [one for one in run.host.received if isinstance(one.body, Said)][1:]


async def test_why_on_a_message(place: Place) -> None:
    async with running(place.twin, place.bot, host=offering()) as run:
        await offered(place)
        said = await place.general.say(place.alice, "@cc-connect hi")
        used = await place.twin.invoke_on(place.alice, said, "Why?", patience=None)
        heard = await run.hears(Invoked)
        assert heard.body == Invoked("why", {"message": str(said.id)})
        await run.post(place.general, "1. received", reply_to=heard.id)
        assert used.original is not None
        assert used.original.content == "1. received"


async def test_a_command_that_is_not_known_any_more(place: Place) -> None:
    async with begun(place.twin, place.bot, host=offering()) as run:
        await run.signal("connected")
        await offered(place)
        with pytest.raises(NoSuchCommand):
            await place.twin.invoke(place.alice, place.general, "gone")
        (session,) = place.twin.sessions(place.bot)
        data = {"id": "7", "token": "t", "type": 2, "channel_id": "5", "data": {"name": "gone"}}
        user = {"id": str(place.alice.id), "username": "alice"}
        session.dispatch("INTERACTION_CREATE", {**data, "user": user})
        assert (await run.hears(Invoked)).body == Invoked("gone", {})
