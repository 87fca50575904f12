"""Contracts about turns: their words, their one end, interrupts, steering."""

from cc_connect.contract.agent import (
    Compacted,
    Noted,
    Opened,
    Outcome,
    PermissionAsked,
    RequestWithdrawn,
    Spoke,
    Thought,
    ToolStarted,
    TurnEnded,
)
from cc_connect.testing.contracts.agent.bench import Bench, demand
from cc_connect.testing.contracts.agent.contract import contract
from cc_connect.testing.contracts.agent.harness import Act, Script

_TEXT = "The quick brown fox jumps over the lazy dog, again and again. " * 4


@contract()
async def a01_opened_comes_first(bench: Bench) -> None:
    """The first event of a session MUST be Opened, with the id of the session."""
    async with bench.live() as live:
        await live.do(Script(says="hello"))
    first = live.events[0]
    demand(isinstance(first, Opened) and first.session, f"the first event is {first}")


@contract()
async def a02_a_turn_ends_once(bench: Bench) -> None:
    """Each submitted turn MUST end with exactly one TurnEnded, after all its other events."""
    async with bench.live() as live:
        turns = [(await live.do(Script(says=f"answer {at}"))).turn for at in range(3)]
    ends = [one.turn for one in live.of(TurnEnded)]
    demand(ends == turns, f"submitted {turns}, ended {ends}")
    for turn in turns:
        tagged = [one for one in live.events if getattr(one, "turn", None) == turn]
        demand(isinstance(tagged[-1], TurnEnded), f"{tagged[-1]} came after the end of its turn")


@contract()
async def a03_words_come_once(bench: Bench) -> None:
    """The pieces of a turn's Spoke, joined, MUST be what the agent said, each character once."""
    async with bench.live() as live:
        ended = await live.do(Script(says=_TEXT, pieces=20))
    demand(live.spoken(ended.turn) == _TEXT, f"said {live.spoken(ended.turn)!r}")
    demand(ended.text in ("", _TEXT), f"the final text is {ended.text!r}")


@contract()
async def a04_words_come_as_they_are_said(bench: Bench) -> None:
    """Words MUST come while the agent speaks, and only the first piece of a text begins it."""
    async with bench.live() as live:
        turn = await live.start(
            Script(says=_TEXT, pieces=20, waits=Act.INTERRUPT not in _no(bench))
        )
        await live.next(Spoke)
        if Act.INTERRUPT not in _no(bench):
            await live.session.interrupt()
        await live.end(turn)
    pieces = live.of(Spoke, turn)
    demand(pieces[0].begins, "the first piece does not begin a text")
    demand(not any(one.begins for one in pieces[1:]), "a later piece begins a text")
    demand(len(pieces) > 1, "all words came at once")


@contract()
async def a05_events_name_their_turn(bench: Bench) -> None:
    """What happens in a turn MUST carry the id of the prompt that started it."""
    async with bench.live() as live:
        ended = await live.do(Script(says="mine"))
    names = {one.turn for one in live.of(Spoke)}
    demand(names == {ended.turn}, f"words of turn {ended.turn} are tagged {names}")


@contract(Act.THINK)
async def a06_thoughts_are_not_words(bench: Bench) -> None:
    """Thinking MUST come as Thought, and never as Spoke."""
    async with bench.live() as live:
        ended = await live.do(Script(thinks="hmm, well", says="hello"))
    thought = "".join(one.text for one in live.of(Thought, ended.turn))
    demand(thought == "hmm, well", f"thought {thought!r}")
    demand(live.spoken(ended.turn) == "hello", f"said {live.spoken(ended.turn)!r}")


@contract(Act.INTERRUPT)
async def a07_interrupt_ends_the_turn(bench: Bench) -> None:
    """An interrupted turn MUST end as INTERRUPTED, without a failure, and the session goes on."""
    async with bench.live() as live:
        turn = await live.start(Script(says="so far", waits=True))
        await live.next(Spoke)
        await live.session.interrupt()
        ended = await live.end(turn)
        following = await live.do(Script(says="next"))
    demand(ended.outcome is Outcome.INTERRUPTED, f"it ended as {ended.outcome}")
    demand(ended.failure is None, f"it failed: {ended.failure}")
    demand(following.outcome is Outcome.DONE, "the turn after it does not work")


@contract(Act.INTERRUPT)
async def a08_interrupt_at_once(bench: Bench) -> None:
    """A turn interrupted before it showed anything MUST end too, and as INTERRUPTED."""
    async with bench.live() as live:
        turn = await live.start(Script(waits=True))
        await live.session.interrupt()
        ended = await live.end(turn)
    demand(ended.outcome is Outcome.INTERRUPTED, f"it ended as {ended.outcome}")


@contract(Act.INTERRUPT)
async def a09_interrupting_nothing(bench: Bench) -> None:
    """An interrupt while no turn runs MUST do nothing."""
    async with bench.live() as live:
        await live.session.interrupt()
        ended = await live.do(Script(says="hello"))
    demand(ended.outcome is Outcome.DONE, f"the next turn ended as {ended.outcome}")
    demand(len(live.of(TurnEnded)) == 1, "a turn ended that never began")


@contract(Act.INTERRUPT, Act.PERMISSION)
async def a10_interrupt_withdraws_requests(bench: Bench) -> None:
    """Requests that are open when a turn is interrupted MUST be withdrawn before it ends."""
    async with bench.live() as live:
        turn = await live.start(Script(permissions=1))
        asked = await live.next(PermissionAsked)
        await live.session.interrupt()
        await live.end(turn)
    withdrawn = [one.request for one in live.of(RequestWithdrawn)]
    demand(withdrawn == [asked.request], f"withdrawn: {withdrawn}, open: {asked.request}")


@contract(Act.STEER)
async def a11_steering_joins_the_turn(bench: Bench) -> None:
    """Words handed to a running turn MUST reach the agent, and the turn still ends once."""
    gate = bench.folder / "gate"
    async with bench.live() as live:
        turn = await live.start(Script(holds=str(gate)))
        await live.next(ToolStarted)
        await live.steer("in a hurry")
        gate.touch()
        await live.end(turn)
        following = await live.do(Script(says="next"))
    demand("in a hurry" in live.spoken(turn), f"it did not hear: {live.spoken(turn)!r}")
    ends = [one.turn for one in live.of(TurnEnded)]
    demand(ends == [turn, following.turn], f"ended: {ends}")


@contract(Act.BACKGROUND)
async def a12_what_nobody_asked_for(bench: Bench) -> None:
    """What the agent does unasked MUST carry no turn, and must not end a submitted one."""
    async with bench.live() as live:
        ended = await live.do(Script(background="by the way", says="started"))
        await live.end(None)
    demand(live.spoken(None) == "by the way", f"unasked: {live.spoken(None)!r}")
    demand(live.spoken(ended.turn) == "started", f"asked: {live.spoken(ended.turn)!r}")


@contract(Act.NOISE)
async def a13_noise_is_passed_over(bench: Bench) -> None:
    """A line that is no frame MUST NOT end the turn, nor become words of the agent."""
    async with bench.live() as live:
        ended = await live.do(Script(noise="npm notice: a new version", says="hello"))
    demand(ended.outcome is Outcome.DONE, f"it ended as {ended.outcome}")
    demand(live.spoken(ended.turn) == "hello", f"said {live.spoken(ended.turn)!r}")


@contract(Act.NOVELTY)
async def a14_unknown_frames_are_passed_over(bench: Bench) -> None:
    """A frame of a newer agent MUST NOT end the turn, nor become words of the agent."""
    async with bench.live() as live:
        ended = await live.do(Script(novelty=True, says="hello"))
    demand(ended.outcome is Outcome.DONE, f"it ended as {ended.outcome}")
    demand(live.spoken(ended.turn) == "hello", f"said {live.spoken(ended.turn)!r}")


@contract(Act.FLOOD)
async def a15_a_frame_too_long_is_named(bench: Bench) -> None:
    """A frame that is too long MUST be left out with a word about it, and the turn goes on."""
    async with bench.live() as live:
        ended = await live.do(Script(flood=True, says="hello"))
    demand(ended.outcome is Outcome.DONE, f"it ended as {ended.outcome}")
    demand(live.of(Noted), "nothing was said about the frame that was left out")


@contract(Act.COMPACT)
async def a16_compaction_does_not_end_the_turn(bench: Bench) -> None:
    """Shortening the memory MUST be told by Compacted and must not end the turn."""
    async with bench.live() as live:
        ended = await live.do(Script(compacts=True, says="hello"))
    demand(live.of(Compacted, ended.turn), "no Compacted came")
    demand(live.spoken(ended.turn) == "hello", f"said {live.spoken(ended.turn)!r}")


def _no(bench: Bench) -> frozenset[Act]:
    return frozenset(bench.harness.lacks)
