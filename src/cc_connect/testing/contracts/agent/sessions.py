"""Contracts about the life of a session: start, end, resume, and what goes wrong."""

import asyncio
from dataclasses import replace
from uuid import uuid4

from cc_connect.contract.agent import (
    Agent,
    Allowed,
    Fate,
    Opened,
    Outcome,
    Prompt,
    SessionLost,
    SessionSpec,
    Spoke,
    TurnEnded,
)
from cc_connect.contract.errors import (
    AgentError,
    AgentGone,
    AgentMissing,
    AgentStartFailed,
    ResumeFailed,
)
from cc_connect.contract.platform import Support
from cc_connect.testing.broken import ContractBroken
from cc_connect.testing.contracts.agent.bench import Bench, demand
from cc_connect.testing.contracts.agent.contract import contract
from cc_connect.testing.contracts.agent.harness import Act, Script


@contract(Act.FAIL)
async def a40_a_failure_says_why(bench: Bench) -> None:
    """A turn the model's service refused MUST end as FAILED, with the words of the agent."""
    async with bench.live() as live:
        ended = await live.do(Script(fails=True))
        following = await live.do(Script(says="next"))
    demand(ended.outcome is Outcome.FAILED, f"it ended as {ended.outcome}")
    demand(ended.failure is not None and ended.detail, f"it does not say why: {ended}")
    demand(following.outcome is Outcome.DONE, "the session does not go on")


@contract(Act.EXIT)
async def a41_death_is_told(bench: Bench) -> None:
    """When the agent dies, SessionLost MUST come last, and say why in words."""
    async with bench.live() as live:
        await live.start(Script(says="so far", exits=True))
        lost = await live.lost()
    demand(lost.failure is not None, "it does not say that it is a failure")
    demand(lost.detail, "it does not say what happened")
    demand(live.of(SessionLost) == [lost], "SessionLost came more than once")


@contract(Act.EXIT)
async def a42_orders_to_the_dead(bench: Bench) -> None:
    """Submitting and steering after the end MUST raise AgentGone; answers are ignored."""
    async with bench.live() as live:
        await live.start(Script(exits=True))
        await live.lost()
        for order in (live.session.submit, live.session.steer):
            try:
                await order(Prompt(str(uuid4()), "hello"))
            except AgentGone:
                continue
            raise ContractBroken("an order to a session that has ended was taken")
        await live.session.answer("request", Allowed())
        await live.session.interrupt()


@contract()
async def a43_leaving_ends_the_process(bench: Bench) -> None:
    """Leaving the session MUST end its process; SessionLost comes last and names no failure."""
    async with bench.live() as live:
        await live.do(Script(says="hello"))
        pid = live.session.pid
    lost = await live.lost()
    demand(lost.failure is None, f"leaving is a failure: {lost}")
    demand(pid is None or not bench.harness.alive(pid), f"process {pid} is still there")


@contract()
async def a44_leaving_in_the_middle(bench: Bench) -> None:
    """Leaving while a turn runs MUST end the process too, and the events end."""
    async with bench.live() as live:
        await live.start(Script(says="so far", waits=Act.INTERRUPT not in bench.harness.lacks))
        await live.next(Spoke)
        pid = live.session.pid
    demand(pid is None or not bench.harness.alive(pid), f"process {pid} is still there")


@contract()
async def a45_a_missing_program(bench: Bench) -> None:
    """When the program is not installed, opening MUST raise AgentMissing, with a word of advice."""
    error = await _refused(bench.harness.without_program(), bench.harness.spec())
    demand(isinstance(error, AgentMissing), f"it raised {error!r}")
    demand(" " in str(error), f"it gives no advice: {error}")


@contract()
async def a46_a_missing_folder(bench: Bench) -> None:
    """When the work folder is not there, opening MUST raise AgentStartFailed and name it."""
    folder = str(bench.folder / "no-such-folder")
    error = await _refused(bench.harness.agent(), replace(bench.harness.spec(), cwd=folder))
    demand(isinstance(error, AgentStartFailed), f"it raised {error!r}")
    demand("no-such-folder" in str(error), f"it does not name the folder: {error}")


@contract(Act.RESUME)
async def a47_an_unknown_session(bench: Bench) -> None:
    """Continuing a session the agent does not know MUST raise ResumeFailed."""
    spec = replace(bench.harness.spec(), resume=str(uuid4()))
    error = await _refused(bench.harness.agent(), spec)
    demand(isinstance(error, ResumeFailed), f"it raised {error!r}")


@contract(Act.RESUME)
async def a48_resume_keeps_the_session(bench: Bench) -> None:
    """A continued session MUST have the id of the one before."""
    spec = bench.harness.spec()
    session = await _session(bench, spec)
    async with bench.live(replace(spec, resume=session)) as live:
        await live.do(Script(says="again"))
    names = {one.session for one in live.of(Opened)}
    demand(names == {session}, f"continued {session}, opened {names}")


@contract(Act.FORK)
async def a49_a_fork_is_another_session(bench: Bench) -> None:
    """A fork MUST have an id of its own."""
    spec = bench.harness.spec()
    session = await _session(bench, spec)
    async with bench.live(replace(spec, resume=session, fork=True)) as live:
        await live.do(Script(says="elsewhere"))
    names = {one.session for one in live.of(Opened)}
    demand(session not in names, "the fork has the id of the original")
    demand(len(names) == 1, f"the fork has several ids: {names}")


@contract(Act.CLEAR)
async def a50_another_session_is_told(bench: Bench) -> None:
    """When the session id changes, another Opened MUST come with the new one."""
    async with bench.live() as live:
        before = (await live.next(Opened)).session
        await live.end(await live.submit(bench.harness.clear()))
        await live.do(Script(says="new"))
    after = live.of(Opened)[-1].session
    demand(after != before, "the id did not change, or nobody was told")


@contract(Act.TRACE)
async def a51_the_library_knows_what_became_of_a_prompt(bench: Bench) -> None:
    """The library MUST tell an answered prompt, with its answer, from one that never arrived."""
    agent = bench.harness.agent()
    async with bench.live(agent=agent) as live:
        ended = await live.do(Script(says="the answer"))
        session = live.of(Opened)[-1].session
    library = agent.library()
    if library is None:
        raise ContractBroken("there is no library")
    known = await library.trace(session, str(ended.turn))
    unknown = await library.trace(session, str(uuid4()))
    demand((known.fate, known.text) == (Fate.ANSWERED, "the answer"), f"it says {known}")
    demand(unknown.fate is Fate.ABSENT, f"of a prompt that never arrived it says {unknown}")


@contract()
async def a52_a_slow_reader_loses_nothing(bench: Bench) -> None:
    """Events MUST wait for a reader that takes its time."""
    text = "0123456789" * 500
    async with bench.harness.agent().open(bench.harness.spec()) as session:
        turn = str(uuid4())
        prompt = bench.harness.prompt(Script(says=text, pieces=5000))
        await session.submit(Prompt(turn, prompt))
        await asyncio.sleep(0.2)
        said: list[str] = []
        async for event in session.events():
            if isinstance(event, Spoke):
                said.append(event.text)
            if isinstance(event, TurnEnded | SessionLost):
                break
    demand("".join(said) == text, f"{len(''.join(said))} of {len(text)} characters came")


@contract()
async def a53_features_are_kept(bench: Bench) -> None:
    """Features MUST name the agent, and not promise what the agent cannot do."""
    can = bench.harness.agent().features()
    lacks = bench.harness.lacks
    promised = {
        Act.RESUME: can.resume,
        Act.FORK: can.fork,
        Act.STEER: can.steer,
        Act.INTERRUPT: can.interrupt,
        Act.PERMISSION: can.permissions,
        Act.QUESTION: can.questions,
        Act.PLAN: can.plans,
        Act.FILE: can.files_out,
    }
    broken = [act.value for act, much in promised.items() if act in lacks and much is Support.FULL]
    demand(not broken, f"the features promise to {broken}")
    demand(can.display_name, "it has no name for people")


async def _session(bench: Bench, spec: SessionSpec) -> str:
    async with bench.live(spec) as live:
        await live.do(Script(says="hello"))
    return live.of(Opened)[-1].session


async def _refused(agent: Agent, spec: SessionSpec) -> AgentError:
    try:
        async with agent.open(spec):
            pass
    except AgentError as error:
        return error
    raise ContractBroken("a session was opened that cannot work")
