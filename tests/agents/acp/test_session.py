"""What the driver does with a live agent, beyond the contract of all drivers."""

import asyncio
from pathlib import Path

import pytest

from cc_connect.agents.acp.presets import ACP, PRESETS, Preset
from cc_connect.agents.acp.quirks import Quirks
from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Denied,
    Failure,
    GrantScope,
    ModeChanged,
    Opened,
    Outcome,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    Prompt,
    PromptFile,
    QuestionAsked,
    Spoke,
    TurnEnded,
    UsageSeen,
)
from cc_connect.contract.errors import AgentMissing, AgentStartFailed, ResumeFailed
from cc_connect.testing.contracts.agent import Watched
from cc_connect.testing.scripted_agent import script
from tests.agents.acp.harness import Place, work


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def said(live: Watched, *steps: object) -> str:
    turn = await live.submit(script(*steps))  # type: ignore[arg-type]
    await live.end(turn)
    return live.spoken(turn)


# --- requests of the agent --------------------------------------------------------------------


@pytest.mark.parametrize("method", ["fs/write_text_file", "terminal/create", "craft/drain"])
async def test_what_nobody_knows_is_refused_at_once(place: Place, method: str) -> None:
    async with place.live() as live:
        answer = await said(live, {"request": method}, {"text": "{answer}"})
    assert "-32601" in answer
    assert method in answer


async def test_always_by_its_button_is_the_option_of_the_agent(place: Place) -> None:
    async with place.live() as live:
        turn = await live.submit(script({"tool": "Bash", "input": {"command": "x"}}))
        asked = await live.next(PermissionAsked)
        (always,) = asked.suggestions
        assert always.label == "Always: Bash"
        await live.session.answer(asked.request, Allowed(GrantScope.SESSION, always))
        await live.end(turn)
        # The agent itself does not ask again; nobody has to answer.
        await said(live, {"tool": "Bash", "input": {"command": "y"}})
    assert len(live.of(PermissionAsked)) == 1


async def test_always_in_words_stays_with_us(place: Place) -> None:
    async with place.live() as live:
        turn = await live.submit(script({"tool": "Bash", "input": {"command": "x"}}))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed(GrantScope.SESSION))
        await live.end(turn)
        again = await live.submit(script({"tool": "Edit"}))
        other = await live.next(PermissionAsked)
        assert other.tool == "Edit"
        await live.session.answer(other.request, Denied())
        await live.end(again)


async def test_the_reason_of_a_refusal_goes_with_the_next_words(place: Place) -> None:
    async with place.live() as live:
        turn = await live.submit(script(work(0)))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Denied("use the other folder"))
        await live.end(turn)
        assert "use the other folder" in await said(live, {"text": "{prompt}"})
        assert "use the other folder" not in await said(live, {"text": "{prompt}"})


async def test_diffs_are_shown_before_they_are_made(place: Place) -> None:
    path = str(place.cwd / "a.txt")
    change = {"type": "diff", "path": path, "oldText": "one\n", "newText": "two\n"}
    step = {"tool": "write", "kind": "edit", "content": [change]}
    async with place.live() as live:
        turn = await live.submit(script(step))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed())
        await live.end(turn)
    assert asked.diff is not None
    assert (asked.diff.path, asked.diff.added, asked.diff.removed) == ("a.txt", 1, 1)


async def test_a_plan_can_be_approved_with_edits(place: Place) -> None:
    async with place.live() as live:
        turn = await live.submit(script({"plan": "# Do it"}, {"text": "{answer}"}))
        proposed = await live.next(PlanProposed)
        assert not live.of(PermissionAsked)
        await live.session.answer(proposed.request, PlanApproved(accept_edits=True))
        await live.end(turn)
    assert live.spoken(turn) == "approved"


async def test_a_question_that_is_not_answered_is_declined(place: Place) -> None:
    question = {"question": "Which?", "header": "Q", "options": [{"label": "A"}]}
    async with place.live() as live:
        turn = await live.submit(script({"ask": [question]}, {"text": "{answer}"}))
        asked = await live.next(QuestionAsked)
        assert asked.questions[0].header == "Q"
        assert not asked.questions[0].multiple
        await live.session.answer(asked.request, Denied())
        await live.end(turn)
        again = await live.submit(script({"ask": [question]}, {"text": "{answer}"}))
        asked = await live.next(QuestionAsked)
        await live.session.answer(asked.request, Answered({"Which?": ("A",)}))
        await live.end(again)
    assert (live.spoken(turn), live.spoken(again)) == ("decline", "A")


# --- what it says -----------------------------------------------------------------------------


async def test_figures_are_told(place: Place) -> None:
    async with place.live() as live:
        await said(live, {"usage": 500}, {"text": "hi"})
    last = live.of(UsageSeen)[-1]
    assert (last.input_tokens, last.output_tokens) == (500, 7)
    assert (last.context_used, last.context_window, last.model) == (500, 1000, "small")


@pytest.mark.parametrize("reason", ["max_tokens", "max_turn_requests", "refusal"])
async def test_an_end_that_is_none_is_a_failure(place: Place, reason: str) -> None:
    async with place.live() as live:
        ended = await live.end(await live.submit(script({"stop": reason}, {"text": "so far"})))
    assert ended.outcome is Outcome.FAILED
    assert ended.detail


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        ({"error": 500, "code": -32000}, Failure.NOT_SIGNED_IN),
        ({"error": 401, "message": "unauthorized"}, Failure.NOT_SIGNED_IN),
        ({"error": 429, "message": "rate limit"}, Failure.LIMIT),
        ({"error": 400, "message": "prompt is too long"}, Failure.TOO_LONG),
        ({"error": 500, "message": "boom"}, Failure.MODEL),
    ],
)
async def test_why_it_failed(place: Place, step: dict[str, object], failure: Failure) -> None:
    async with place.live() as live:
        ended = await live.end(await live.submit(script(step)))
    assert ended.failure is failure


async def test_failures_in_disguise(place: Place) -> None:
    quirks = Quirks(error_speech=r"Error: \d{3} ", silent_failure=True)
    preset = Preset(name="odd", display="Odd", command=(), quirks=quirks)
    async with place.live(place.agent(preset)) as live:
        loud = await live.end(await live.submit(script({"text": "Error: 429 too many requests"})))
        silent = await live.end(await live.submit(script({"wait": 0})))
        fine = await live.end(await live.submit(script({"text": "Error: see line 500"})))
    assert (loud.outcome, loud.failure) == (Outcome.FAILED, Failure.LIMIT)
    assert (silent.outcome, silent.failure) == (Outcome.FAILED, Failure.MODEL)
    assert fine.outcome is Outcome.DONE


async def test_what_it_says_unasked_ends_with_the_next_prompt(place: Place) -> None:
    async with place.live() as live:
        await said(live, {"text": "now"}, {"background": [{"text": "later"}]})
        await live.next(Spoke, lambda one: one.turn is None)
        turn = await live.submit(script({"text": "next"}))
        await live.end(turn)
    ends = [one.turn for one in live.of(TurnEnded)]
    assert ends.count(None) == 1
    assert ends.index(None) < ends.index(turn)


# --- prompts ----------------------------------------------------------------------------------


async def test_files_are_linked_and_pictures_go_along(place: Place) -> None:
    picture, text = place.cwd / "a picture.png", place.cwd / "notes.txt"
    picture.write_bytes(b"\x89PNG")
    text.write_text("notes")
    files = (
        PromptFile(str(picture), "a picture.png", "image/png", 4),
        PromptFile(str(text), "notes.txt"),
        PromptFile(str(place.cwd / "gone.png"), "gone.png", "image/png"),
    )
    async with place.live() as live:
        await live.session.submit(Prompt("one", script({"text": "{images} {links}"}), files))
        await live.end("one")
    assert live.spoken("one").split() == [
        "1",
        picture.as_uri(),
        text.as_uri(),
        (place.cwd / "gone.png").as_uri(),
    ]


async def test_instructions_go_before_the_first_words(place: Place) -> None:
    async with place.live(instructions="Be brief.") as live:
        assert "Be brief." in await said(live, {"text": "{prompt}"})
        assert "Be brief." not in await said(live, {"text": "{prompt}"})


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [False, True])
async def test_mode_and_model_are_set(place: Place, config: bool) -> None:  # noqa: FBT001
    agent = place.agent(wishes={"config": config})
    async with place.live(agent, mode="accept-edits", model="large") as live:
        opened = await live.next(Opened)
        assert (opened.mode, opened.model) == ("acceptEdits", "large")
        told = await said(live, {"text": "{settings}"})
    assert "mode=acceptEdits model=large" in told
    assert [mode.name for mode in agent.features().modes] == [
        "default",
        "acceptEdits",
        "plan",
        "yolo",
    ]
    assert agent.features().models == ("small", "large")


async def test_effort_is_set_where_it_can_be(place: Place) -> None:
    async with place.live(place.agent(wishes={"config": True}), effort="high") as live:
        assert "thought_level=high" in await said(live, {"text": "{settings}"})
    with pytest.raises(AgentStartFailed, match="lets nobody choose the effort"):
        async with place.live(effort="high"):
            pass


async def test_our_names_of_modes_become_those_of_the_agent(place: Place) -> None:
    quirks = Quirks(modes={"": "plan", "free": "yolo"})
    preset = Preset(name="odd", display="Odd", command=(), quirks=quirks)
    async with place.live(place.agent(preset)) as live:
        assert (await live.next(Opened)).mode == "plan"
    async with place.live(place.agent(preset), mode="free") as live:
        assert (await live.next(Opened)).mode == "yolo"


async def test_a_mode_it_does_not_have_is_an_error_that_names_what_it_has(place: Place) -> None:
    with pytest.raises(AgentStartFailed, match=r"no mode 'paln'.*default, acceptEdits, plan, yolo"):
        async with place.live(mode="paln"):
            pass


async def test_a_mode_that_changes_is_told(place: Place) -> None:
    async with place.live() as live:
        await said(live, {"mode": "plan"})
    assert live.of(ModeChanged) == [ModeChanged("plan")]


# --- start and resume -------------------------------------------------------------------------


@pytest.mark.parametrize("can", [["load"], ["resume"]])
async def test_history_is_not_told_again(place: Place, can: list[str]) -> None:
    agent = place.agent(wishes={"can": can})
    async with place.live(agent) as live:
        session = (await live.next(Opened)).session
        await said(live, {"text": "long ago"})
    async with place.live(agent, resume=session) as live:
        assert await said(live, {"text": "now"}) == "now"
    assert [one.text for one in live.of(Spoke)] == ["now"]
    assert (live.of(Opened)[0].session) == session


async def test_one_that_says_it_can_resume_and_cannot(place: Place) -> None:
    # As Qwen Code 0.15.10 does.
    agent = place.agent(wishes={"lacks": ["session/resume"]})
    async with place.live(agent) as live:
        session = (await live.next(Opened)).session
        await said(live, {"text": "long ago"})
    async with place.live(agent, resume=session) as live:
        assert await said(live, {"text": "now"}) == "now"


async def test_history_that_comes_late_is_not_told_either(place: Place) -> None:
    quirks = Quirks(late_replay=True)
    preset = Preset(name="odd", display="Odd", command=(), quirks=quirks)
    agent = place.agent(preset, wishes={"can": ["load"], "late": 0.05})
    async with place.live(agent) as live:
        session = (await live.next(Opened)).session
        await said(live, {"text": "long ago"})
    async with place.live(agent, resume=session) as live:
        assert await said(live, {"text": "now"}) == "now"
    assert [one.text for one in live.of(Spoke)] == ["now"]


async def test_an_agent_that_cannot_continue_says_so(place: Place) -> None:
    with pytest.raises(ResumeFailed, match="cannot continue"):
        async with place.live(place.agent(wishes={"can": []}), resume="x"):
            pass
    with pytest.raises(AgentStartFailed, match="cannot copy"):
        async with place.live(place.agent(wishes={"can": ["load"]}), resume="x", fork=True):
            pass


async def test_not_signed_in(place: Place) -> None:
    wishes = {"auth": "key"}
    with pytest.raises(AgentStartFailed, match=r"not signed in .*gemini"):
        async with place.live(place.agent(PRESETS["gemini"], wishes)):
            pass
    async with place.live(place.agent(ACP, wishes, auth_method="key")) as live:
        assert await said(live, {"text": "in"}) == "in"
    # A variable of the environment stands for a way of signing in.
    preset = Preset(name="odd", display="Odd", command=(), auth={"ODD_KEY": "key"})
    async with place.live(place.agent(preset, wishes, env={"ODD_KEY": "k"})) as live:
        assert await said(live, {"text": "in"}) == "in"


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"protocol": 2}, "speaks version 2 of the Agent Client Protocol"),
        ({"nameless": True}, "without the id of a session"),
        ({"start": [{"stderr": "no licence"}, {"exit": 3}]}, r"(?s)exit code 3.*no licence"),
        (
            {"start": [{"garbage": "hello, world", "times": 30}], "silent": True},
            "is `cmd` the right program",
        ),
    ],
)
async def test_what_is_wrong_is_told_in_a_line(
    place: Place, wishes: dict[str, object], words: str
) -> None:
    with pytest.raises(AgentStartFailed, match=words):
        async with place.live(place.agent(wishes=wishes)):
            pass


async def test_one_that_never_gets_ready(place: Place) -> None:
    agent = place.agent(wishes={"silent": True}, start_timeout=1.0)
    with pytest.raises(AgentStartFailed, match="did not get ready within 1 s"):
        async with place.live(agent):
            pass


async def test_what_to_install(place: Place) -> None:
    agent = place.agent(PRESETS["qwen"], cmd="no-such-qwen")
    with pytest.raises(AgentMissing, match="npm install -g @qwen-code/qwen-code"):
        async with place.live(agent):
            pass
    with pytest.raises(AgentMissing, match="set `cmd`"):
        async with place.live(place.agent(cmd="")):
            pass


async def test_noise_before_the_first_frame_does_no_harm(place: Place) -> None:
    wishes = {"start": [{"garbage": "npm notice", "times": 2}]}
    async with place.live(place.agent(wishes=wishes)) as live:
        assert await said(live, {"text": "fine"}) == "fine"


# --- old sessions -----------------------------------------------------------------------------


async def test_the_library_asks_the_agent(place: Place) -> None:
    agent = place.agent()
    async with place.live(agent) as live:
        session = (await live.next(Opened)).session
        await said(live, {"text": "first answer"})
        await live.end(await live.submit(script(*[{**work(0), "ask": False}, {"text": "second"}])))
    library = agent.library()
    (listed,) = await library.list(str(place.cwd))
    assert (listed.id, listed.cwd) == (session, str(place.cwd))
    assert listed.updated > 0
    assert await library.list(str(place.home)) == ()
    told = await library.history(session, 5)
    assert [one.answer for one in told] == ["first answer", "second"]
    assert [one.answer for one in await library.history(session, 1)] == ["second"]
    assert await library.delete(session)
    assert await library.list(str(place.cwd)) == ()
    assert not await library.delete(session)


async def test_a_library_of_an_agent_that_cannot_is_empty(place: Place) -> None:
    library = place.agent(wishes={"can": []}).library()
    assert await library.list(str(place.cwd)) == ()
    assert await library.history("x", 1) == ()
    assert not await library.delete("x")
    assert await place.agent(cmd="no-such-agent").library().list(str(place.cwd)) == ()


async def test_orders_are_heard_while_it_writes(place: Place) -> None:
    """An agent that writes more than anybody reads must still take an interrupt."""
    async with place.agent().open(place.spec()) as session:
        text = "0123456789" * 3000
        steps = ({"text": text, "pieces": 6000}, {"wait": 3600})
        await session.submit(Prompt("flood", script(*steps)))
        await asyncio.sleep(0.2)
        await session.interrupt()
        async for event in session.events():
            if isinstance(event, TurnEnded):
                assert event.outcome is Outcome.INTERRUPTED
                break
