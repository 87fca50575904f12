"""The WebSocket of the page as a page speaks it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from cc_connect.contract.content import Button, Buttons, Text
from cc_connect.contract.errors import DeliveryRejected
from cc_connect.contract.inbound import Invoked, Pressed, Said, Submitted
from cc_connect.contract.platform import Kind, React
from cc_connect.platforms.web.wire import LARGEST_FRAME
from tests.web.scenes import LIVE, OVER, PERMISSION, answered
from tests.web.stage import NOON, Stage

CHAT = "site"


class Tab:
    """A page without a browser: says frames, hears frames."""

    def __init__(self, stage: Stage, session: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.session = session
        self.number = 0
        self.socket: aiohttp.ClientWebSocketResponse

    async def open(self, chat: str = CHAT, **more: object) -> dict[str, Any]:
        origin = {"Origin": str(self.stage.url.origin())}
        self.socket = await self.session.ws_connect("/ws", headers=origin)
        await self.say_frame(t="hello", chat=chat, **more)
        return await self.hear("welcome", "refused")

    async def say_frame(self, **frame: object) -> None:
        await self.socket.send_json(frame)

    async def act(self, **frame: object) -> str:
        self.number += 1
        ident = f"act-{self.number:06}"
        await self.say_frame(id=ident, **frame)
        return ident

    async def hear(self, *kinds: str) -> dict[str, Any]:
        """The next frame of one of these kinds; others are passed over."""
        while True:
            frame: dict[str, Any] = await self.socket.receive_json(timeout=5)
            if frame["t"] in kinds:
                return frame


@pytest.fixture
async def tab(stage: Stage, owner: aiohttp.ClientSession) -> AsyncIterator[Tab]:
    stage.host.lively = False
    tab = Tab(stage, owner)
    await tab.open()
    yield tab
    await tab.socket.close()


class TestActs:
    async def test_a_word_is_stored_told_and_acknowledged(self, tab: Tab) -> None:
        ident = await tab.act(t="say", text="hello  there")
        prompt = await tab.hear("prompt")
        assert prompt["key"] == ident
        line = await tab.hear("chat")
        assert (line["name"], line["project"], line["title"]) == (CHAT, "site", "hello there")
        assert await tab.hear("ack") == {"t": "ack", "id": ident}
        (received,) = tab.stage.host.received
        assert received.id == ident
        assert received.body == Said("hello  there")
        assert received.sender.owner
        assert received.private
        assert received.addressed
        assert received.project == "site"
        assert (received.address.platform, received.address.chat) == ("web", CHAT)

    async def test_presses_choices_forms_and_commands_are_what_they_are(self, tab: Tab) -> None:
        await tab.act(t="press", action="a:1", message="m")
        await tab.act(t="press", action="a:2", message="m", values=["x", "y"])
        await tab.act(t="submit", action="f", values={"why": "so"})
        last = await tab.act(t="invoke", command="stop")
        while (await tab.hear("ack"))["id"] != last:
            pass
        assert [one.body for one in tab.stage.host.received] == [
            Pressed("a:1", "m"),
            Pressed("a:2", "m", ("x", "y")),
            Submitted("f", {"why": "so"}),
            Invoked("stop"),
        ]

    async def test_the_same_thing_again_is_acknowledged_again(self, tab: Tab) -> None:
        for _ in range(2):
            await tab.say_frame(t="say", id="the-same-id", text="once")
            await tab.hear("ack")
        assert len(tab.stage.host.received) == 1

    @pytest.mark.parametrize(
        "frame",
        [
            "",
            "[]",
            '{"t": "say"}',
            '{"t": "future"}',
            '{"t": "say", "id": "short", "text": "x"}',
            '{"t": "say", "id": "../../../etc", "text": "x"}',
            '{"t": "say", "id": "12345678", "text": 7}',
            '{"t": "press", "id": "12345678", "action": "' + "x" * 300 + '"}',
            '{"t": "say", "id": "12345678", "text": "' + "x" * 100_001 + '"}',
        ],
    )
    async def test_what_is_no_frame_is_refused_and_the_page_goes_on(
        self, tab: Tab, frame: str
    ) -> None:
        await tab.socket.send_str(frame)
        assert "Reload" in (await tab.hear("refused"))["text"]
        await tab.say_frame(t="ping")
        await tab.hear("pong")
        assert tab.stage.host.received == []

    async def test_a_frame_that_is_far_too_large_ends_the_connection(self, tab: Tab) -> None:
        await tab.socket.send_str("x" * (LARGEST_FRAME + 1))
        message = await tab.socket.receive(timeout=5)
        assert message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}

    async def test_nothing_said_is_refused(self, tab: Tab) -> None:
        ident = await tab.act(t="say", text="  ")
        assert (await tab.hear("refused"))["id"] == ident

    async def test_a_file_that_is_gone_is_told(self, tab: Tab) -> None:
        ident = await tab.act(t="say", text="see file", files=["0" * 32])
        refused = await tab.hear("refused")
        assert refused["id"] == ident
        assert "Attach it again" in refused["text"]
        assert tab.stage.host.received == []

    async def test_binary_is_passed_over(self, tab: Tab) -> None:
        await tab.socket.send_bytes(b"\x00")
        await tab.say_frame(t="ping")
        await tab.hear("pong")


class TestHello:
    async def test_a_page_that_does_not_say_hello_is_told(
        self, stage: Stage, owner: aiohttp.ClientSession
    ) -> None:
        origin = {"Origin": str(stage.url.origin())}
        async with owner.ws_connect("/ws", headers=origin) as socket:
            await socket.send_json({"t": "say", "id": "12345678", "text": "x"})
            assert (await socket.receive_json())["t"] == "refused"

    async def test_a_name_that_is_none_is_refused(
        self, stage: Stage, owner: aiohttp.ClientSession
    ) -> None:
        tab = Tab(stage, owner)
        assert (await tab.open("../x"))["t"] == "refused"
        await tab.socket.close()

    async def test_the_welcome_offers_the_commands(
        self, stage: Stage, owner: aiohttp.ClientSession
    ) -> None:
        tab = Tab(stage, owner)
        welcome = await tab.open()
        commands = {one["name"]: one for one in welcome["commands"]}
        assert commands["model"]["suggests"] == ["name"]
        assert commands["mode"]["choices"] == {"mode": ["default", "plan"]}
        await tab.say_frame(t="suggest", ref=4, command="model", option="name", prefix="")
        suggested = await tab.hear("suggestions")
        assert suggested == {"t": "suggestions", "ref": 4, "values": ["opus", "sonnet", "haiku"]}
        await tab.socket.close()

    async def test_a_new_conversation_belongs_to_the_project_it_asks_for(
        self, stage: Stage, owner: aiohttp.ClientSession
    ) -> None:
        stage.host.lively = False
        tab = Tab(stage, owner)
        await tab.open("42", project="tools")
        await tab.act(t="say", text="hi")
        await tab.hear("ack")
        assert stage.host.received[0].project == "tools"
        again = await Stage(stage.folder, values=stage.host.values).__aenter__()
        chat = again.page.chats.find("42")
        await again.__aexit__(None, None, None)
        assert chat is not None
        assert (chat.project, chat.title) == ("tools", "hi")
        await tab.socket.close()

    async def test_before_the_program_is_ready_nothing_is_taken(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path)
        await stage.server.start()
        async with await stage.logged_in() as session:
            tab = Tab(stage, session)
            await tab.open()
            await tab.act(t="say", text="early")
            refused = await tab.hear("refused", "ack")
            assert refused["t"] == "refused"
            assert "id" not in refused or not refused["id"]
            await tab.socket.close()
        await stage.server.stop()


class TestDelivery:
    async def test_a_post_is_told_with_its_receipt(self, tab: Tab) -> None:
        key = await tab.stage.post(CHAT, (Text("**done**"),), Kind.FINAL, key="k1")
        frame = await tab.hear("post")
        assert key == "k1"
        assert (frame["key"], frame["kind"], frame["preview"]) == ("k1", "final", "done")
        assert "<strong>done</strong>" in frame["html"]
        line = await tab.hear("chat")
        assert (line["event"], line["key"]) == ("final", "k1")

    async def test_only_pages_of_the_conversation_are_told(self, tab: Tab) -> None:
        await tab.stage.post("other", (Text("x"),), Kind.FINAL)
        await tab.stage.post(CHAT, (Text("y"),), Kind.FINAL, key="mine")
        assert (await tab.hear("post"))["key"] == "mine"

    async def test_a_prompt_needs_the_person_until_it_is_answered(self, tab: Tab) -> None:
        stage = tab.stage
        await stage.post(CHAT, PERMISSION, Kind.PROMPT, key="ask")
        assert (await tab.hear("chat"))["needs"]
        await stage.amend(CHAT, "ask", (Text("still"), Buttons((Button("Yes", "y"),))), Kind.PROMPT)
        assert "data-asks" in (await tab.hear("amend"))["html"]
        await stage.amend(CHAT, "ask", answered("allow"), Kind.PROMPT)
        assert "data-asks" not in (await tab.hear("amend"))["html"]
        assert "needs" not in await tab.hear("chat")

    async def test_a_prompt_that_is_taken_back_needs_nobody(self, tab: Tab) -> None:
        await tab.stage.post(CHAT, PERMISSION, Kind.PROMPT, key="ask")
        await tab.hear("chat")
        await tab.stage.retract(CHAT, "ask")
        assert (await tab.hear("retract"))["key"] == "ask"
        assert "needs" not in await tab.hear("chat")

    async def test_what_needs_the_person_is_known_after_a_restart(
        self, stage: Stage, tmp_path: Path
    ) -> None:
        await stage.post(CHAT, PERMISSION, Kind.PROMPT, key="ask")
        async with Stage(tmp_path / "again", values=stage.host.values) as again:
            chat = again.page.chats.find(CHAT)
            assert chat is not None
            assert chat.needs == ["ask"]

    async def test_the_end_of_a_turn_ends_work_and_questions(self, tab: Tab) -> None:
        stage = tab.stage
        await stage.work(CHAT)
        assert (await tab.hear("typing"))["lasts"] == 8.0
        await stage.post(CHAT, PERMISSION, Kind.PROMPT)
        await stage.post(CHAT, (Text("done"),), Kind.FINAL, stream="turn")
        assert (await tab.hear("post"))["kind"] == "prompt"
        assert (await tab.hear("post"))["stream"] == "turn"
        chat = stage.page.chats.find(CHAT)
        assert chat is not None
        assert chat.needs == []
        assert stage.page.working(CHAT) == 0.0

    async def test_an_answer_nobody_asked_for_leaves_the_turn_alone(self, tab: Tab) -> None:
        await tab.stage.post(CHAT, LIVE, Kind.LIVE, key="card")
        await tab.stage.extend(CHAT, "turn", "text", 0)
        await tab.stage.post(CHAT, (Text("by the way"),), Kind.FINAL)
        room = tab.stage.page.room(CHAT)
        assert list(room.live) == ["card"]
        assert list(room.streams) == ["turn"]

    async def test_a_late_page_gets_what_goes_on_in_its_place(
        self, stage: Stage, owner: aiohttp.ClientSession
    ) -> None:
        await stage.post(CHAT, LIVE, Kind.LIVE, key="first")
        await stage.post(CHAT, (Text("done"),), Kind.FINAL, stream="t1", key="end")
        await stage.amend(CHAT, "first", OVER)
        await stage.post(CHAT, OVER, Kind.LIVE, key="late")
        await stage.post(CHAT, LIVE, Kind.LIVE, key="now")
        await stage.post(CHAT, (Text("queued"),), Kind.NOTICE, key="note")
        await stage.extend(CHAT, "t2", "One.\n\nTwo", 0)
        tab = Tab(stage, owner)
        welcome = await tab.open()
        placed = [(key, before, "data-over" in html) for key, html, before in welcome["live"]]
        assert placed == [("first", "end", True), ("late", "end", True), ("now", "note", False)]
        grown = await tab.hear("extend")
        assert (grown["blocks"], grown["tail"]) == (["<p>One.</p>\n"], "<p>Two</p>\n")
        await tab.socket.close()

    async def test_a_card_that_comes_after_the_answer_belongs_before_it(self, tab: Tab) -> None:
        await tab.stage.post(CHAT, (Text("quick"),), Kind.FINAL, stream="t", key="end")
        await tab.hear("post")
        await tab.stage.post(CHAT, OVER, Kind.LIVE, key="card")
        assert (await tab.hear("post"))["before"] == "end"

    async def test_streams_are_bounded_and_gone_with_the_answer(self, tab: Tab) -> None:
        for number in range(20):
            await tab.stage.extend(CHAT, f"s{number}", "x", 0)
        room = tab.stage.page.room(CHAT)
        assert len(room.streams) == 8
        for number in range(50):
            await tab.stage.post(CHAT, LIVE, Kind.LIVE, key=f"card{number}")
        assert len(room.live) == 20
        await tab.stage.post(CHAT, (Text("done"),), Kind.FINAL, stream="s19")
        assert (len(room.streams), len(room.live), len(room.cards)) == (0, 0, 20)

    async def test_reactions_are_not_asked_for(self, stage: Stage) -> None:
        with pytest.raises(DeliveryRejected):
            await stage.page.deliver(React(stage.page.address(CHAT), "m", "👍"))

    async def test_each_page_is_told_in_its_language(
        self, tab: Tab, stage: Stage, owner: aiohttp.ClientSession
    ) -> None:
        other = Tab(stage, owner)
        owner.cookie_jar.update_cookies({"language": "zh"}, stage.url)
        await other.open()
        await stage.post(CHAT, LIVE, Kind.LIVE)
        assert "20 steps" in (await tab.hear("post"))["html"]
        assert "20 步" in (await other.hear("post"))["html"]
        await other.socket.close()


async def test_a_page_that_is_hopelessly_behind_is_hung_up_on(tab: Tab) -> None:
    (connection,) = tab.stage.page._connections
    for number in range(1_200):
        await tab.stage.post(CHAT, (Text("x" * 20_000),), key=f"k{number}")
    while True:
        message = await tab.socket.receive(timeout=10)
        if message.type is not aiohttp.WSMsgType.TEXT:
            break
    assert message.type is aiohttp.WSMsgType.CLOSE
    assert message.data == 1013
    assert not connection._waiting


async def test_the_page_shows_history_and_what_belongs_to_it(
    stage: Stage, owner: aiohttp.ClientSession
) -> None:
    stage.say(CHAT, "<first> & last")
    await stage.post(CHAT, PERMISSION, Kind.PROMPT, key="ask")
    async with owner.get(f"/c/{CHAT}") as answer:
        text = await answer.text()
    assert "&lt;first&gt; &amp; last" in text
    assert 'data-key="ask"' in text
    assert 'data-seq="1"' in text
    assert f'data-boot="{stage.page.boot}"' in text
    assert NOON  # the time of the items
    async with owner.get(f"/c/{CHAT}/log") as answer:
        fragment = await answer.text()
    assert fragment.startswith('<div class="page"')


@pytest.mark.parametrize("name", ["...", "a/b", "-x", "x" * 65, "a b", "<x>"])
async def test_a_bad_name_of_a_conversation_is_told(
    owner: aiohttp.ClientSession, name: str
) -> None:
    async with owner.get(f"/c/{name}", headers={"Accept": "text/html"}) as answer:
        assert answer.status == 404


async def test_a_new_conversation_gets_the_next_number(
    stage: Stage, owner: aiohttp.ClientSession
) -> None:
    origin = {"Origin": str(stage.url.origin())}
    await stage.post("1", (Text("x"),))
    async with owner.post(
        "/new", data={"project": "tools"}, headers=origin, allow_redirects=False
    ) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == "/c/2?project=tools"
    async with owner.post("/new", data={"name": "Umbau"}, headers=origin) as answer:
        assert answer.url.path == "/c/Umbau"
    async with owner.post("/new", data={"name": "../x"}, headers=origin) as answer:
        assert answer.status == 400


async def test_a_new_tab_opens_the_last_conversation(
    stage: Stage, owner: aiohttp.ClientSession
) -> None:
    await stage.post("a", (Text("x"),))
    await stage.post("b", (Text("x"),))
    async with owner.get("/c/a") as answer:
        assert answer.status == 200
    async with owner.get("/") as answer:
        assert answer.url.path == "/c/a"
    session = await stage.logged_in()
    async with session, session.get("/") as answer:
        assert answer.url.path == "/c/b"
