"""What breaks around the runtime: conversations, platforms, the machine, the end."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from cc_connect.contract.content import Text
from cc_connect.contract.ids import Address
from cc_connect.contract.platform import Kind, Post
from cc_connect.core.turn.mail import OnRestart
from cc_connect.runtime.outbox import KEPT_FOR_NOBODY
from cc_connect.store.changes import PostQueued
from tests.runtime.rig import Rig


async def test_people_are_told_of_a_restart_and_the_turn_goes_on(rig: Rig) -> None:
    gate = rig.folder / "gate"
    rig.say("first", {"text": "half"}, {"hold": str(gate)})
    await rig.sees("half")
    await rig.restart()
    await rig.sees("the turn goes on as soon as I run again")
    await rig.sees("the agent goes on now")
    gate.touch()
    await rig.sees("You said: The program between")
    assert not any("interrupted" in text for text in rig.texts())


async def test_where_nothing_is_resumed_people_are_told_that_it_ends(rig: Rig) -> None:
    rig.project = replace(rig.project, on_restart=OnRestart.NOTIFY)
    await rig.restart()
    rig.say("first", {"text": "half"}, {"hold": str(rig.folder / "gate")})
    await rig.sees("half")
    await rig.restart()
    await rig.sees("the turn ends here")
    await rig.sees("I was restarted while the agent was working")


async def test_a_broken_conversation_does_not_stop_the_start(rig: Rig) -> None:
    rig.say("first", {"hold": str(rig.folder / "gate")})
    await rig.eventually(lambda: bool(rig.got()))
    await rig.runtime.directory.end()
    with closing(sqlite3.connect(rig.folder / "data" / "state.db")) as link, link:
        link.execute("PRAGMA foreign_keys = OFF")
        link.execute("UPDATE turn SET conversation = 'not a key'")
    await rig.restart()
    rig.say("/version")
    await rig.sees("cc-connect test")


async def test_posts_of_a_platform_that_is_gone_wait_a_week(rig: Rig) -> None:
    now = rig.runtime.outbox.now()
    gone = Address("gone", "room")
    for key, at in (("old", now - KEPT_FOR_NOBODY - 1), ("new", now)):
        await rig.store.commit((PostQueued(key, Post(gone, (Text("x"),), key, Kind.NOTICE), at),))
    await rig.restart()
    assert [row.key for row in await rig.store.open_posts()] == ["new"]


async def test_after_a_sleep_of_the_machine_adapters_connect_anew(rig: Rig) -> None:
    connections = rig.runtime.outbox.figures.connections
    await rig.eventually(lambda: connections["fake"] == 1)
    rig.runtime.supervisor.renew("a test")
    await rig.eventually(lambda: connections["fake"] == 2)
    rig.say("still there?")
    await rig.sees("You said: still there?")


async def test_why_tells_the_way_of_the_last_message(rig: Rig) -> None:
    rig.say("tell me a secret")
    await rig.sees("You said")
    await rig.eventually(_idle(rig))
    rig.say("/why")
    told = await rig.sees("The way of the message")
    for step in ("received", "turn", "ended", "written", "sent"):
        assert f"**{step}**" in told.text
    assert "secret" not in told.text
    rig.say("/why nothing-like-that")
    await rig.sees("nothing of such a message")


async def test_why_as_a_reply_tells_of_that_message(rig: Rig) -> None:
    first = rig.say("one")
    answer = await rig.answered("You said: one")
    rig.say("two")
    await rig.answered("You said: two")
    await rig.eventually(_idle(rig))
    for number, replied in enumerate((first, answer.id, None), 1):
        rig.say("/why", reply_to=replied)
        told = await rig.sees("The way of the message", count=number)
        assert ("row 1 on" in told.text) is (replied is not None)
    rig.say("/why", reply_to=(await rig.sees("The way of the message")).id)
    assert "row" in (await rig.sees("The way of the message", count=4)).text


def _idle(rig: Rig) -> Callable[[], bool]:
    return lambda: all(actor.state.turn is None for actor in rig.runtime.directory.known())
