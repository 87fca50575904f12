"""Contracts about what a person is asked, and what the agent shows of its work."""

from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Denied,
    FileOffered,
    FileTaken,
    GrantScope,
    Outcome,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    PlanUpdated,
    QuestionAsked,
    ToolFinished,
    ToolStarted,
    TurnEnded,
)
from cc_connect.contract.content import TodoState
from cc_connect.testing.contracts.agent.bench import Bench, demand
from cc_connect.testing.contracts.agent.contract import contract
from cc_connect.testing.contracts.agent.harness import Act, Script

_AT_ONCE = 3


@contract(Act.PERMISSION)
async def a20_allowed_tools_run(bench: Bench) -> None:
    """An allowed tool MUST run; its start and its end carry the same id, in this order."""
    async with bench.live() as live:
        turn = await live.start(Script(permissions=1))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed())
        await live.end(turn)
    steps = [one for one in live.events if isinstance(one, ToolStarted | ToolFinished)]
    demand([type(one) for one in steps] == [ToolStarted, ToolFinished], f"steps: {steps}")
    demand(steps[0].id == steps[1].id, "start and end of the tool have different ids")
    finished = live.of(ToolFinished)[0]
    demand(not finished.failed and "ran" in finished.output, f"it did not run: {finished}")
    demand(asked.turn == turn, f"it was asked for turn {asked.turn}")


@contract(Act.PERMISSION)
async def a21_denied_tools_do_not_run(bench: Bench) -> None:
    """A denied tool MUST NOT run, the agent hears why if it can, and the turn goes on."""
    async with bench.live() as live:
        turn = await live.start(Script(permissions=1, reports=True, says="anyway"))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Denied("because of the moon"))
        ended = await live.end(turn)
    demand(ended.outcome is Outcome.DONE, f"it ended as {ended.outcome}")
    demand(all(one.failed for one in live.of(ToolFinished)), "it ran")
    said = live.spoken(turn)
    heard = "because of the moon" in said or Act.REASON in bench.harness.lacks
    demand(heard, f"the agent did not hear why: {said!r}")
    demand(said.endswith("anyway"), f"the turn did not go on: {said!r}")


@contract(Act.PARALLEL)
async def a22_several_requests_are_open_at_once(bench: Bench) -> None:
    """Requests made at once MUST all be told before the first is answered; any order is good."""
    async with bench.live() as live:
        turn = await live.start(Script(permissions=_AT_ONCE))
        asked = [await live.next(PermissionAsked) for _ in range(_AT_ONCE)]
        demand(len({one.request for one in asked}) == _AT_ONCE, "requests share an id")
        for one in reversed(asked):
            await live.session.answer(one.request, Allowed())
        await live.end(turn)
    ran = [one for one in live.of(ToolFinished) if not one.failed]
    demand(len(ran) == _AT_ONCE, f"{len(ran)} of {_AT_ONCE} tools ran")


@contract(Act.PERMISSION)
async def a23_stray_answers_are_ignored(bench: Bench) -> None:
    """An answer to an unknown request, or a second one to the same, MUST be ignored."""
    async with bench.live() as live:
        await live.session.answer("no such request", Denied())
        turn = await live.start(Script(permissions=1))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed())
        await live.session.answer(asked.request, Denied())
        ended = await live.end(turn)
        following = await live.do(Script(says="next"))
    demand(ended.outcome is Outcome.DONE, f"it ended as {ended.outcome}")
    demand(not any(one.failed for one in live.of(ToolFinished)), "the second answer counted")
    demand(following.outcome is Outcome.DONE, "the session does not go on")


@contract(Act.GRANT)
async def a24_a_grant_lasts_for_the_session(bench: Bench) -> None:
    """A permission for the session MUST keep the same tool run from being asked about again."""
    async with bench.live() as live:
        turn = await live.start(Script(permissions=1))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed(GrantScope.SESSION))
        await live.end(turn)
        await live.start(Script(permissions=1))
        seen = await live.either(PermissionAsked, TurnEnded)
        demand(isinstance(seen, TurnEnded), "it was asked again")
    first, *again = live.of(ToolFinished)
    demand(not first.failed and again, "it did not run again")


@contract(Act.QUESTION)
async def a25_answers_reach_the_agent(bench: Bench) -> None:
    """The answers to a question, several labels or free text, MUST reach the agent as given."""
    async with bench.live() as live:
        turn = await live.start(Script(asks="Which ones?"))
        asked = await live.next(QuestionAsked)
        (question,) = asked.questions
        labels = tuple(choice.label for choice in question.choices)
        await live.session.answer(asked.request, Answered({question.text: labels}))
        await live.end(turn)
        other = await live.start(Script(asks="Which ones?"))
        again = await live.next(QuestionAsked)
        free = Answered({question.text: ("none of them, thank you",)})
        await live.session.answer(again.request, free)
        await live.end(other)
    demand(question.text == "Which ones?", f"the question is {question}")
    demand(labels == ("A", "B") and question.multiple, f"the question is {question}")
    demand("A, B" in live.spoken(turn), f"the agent heard {live.spoken(turn)!r}")
    heard = live.spoken(other)
    demand("none of them, thank you" in heard, f"the agent heard {heard!r}")


@contract(Act.PLAN)
async def a26_plans_are_approved_or_not(bench: Bench) -> None:
    """A plan MUST be shown as written, and the agent hears whether it is approved."""
    async with bench.live() as live:
        first = await live.start(Script(plans="# First do this"))
        proposed = await live.next(PlanProposed)
        await live.session.answer(proposed.request, PlanRejected("shorter"))
        await live.end(first)
        second = await live.start(Script(plans="# First do this"))
        again = await live.next(PlanProposed)
        await live.session.answer(again.request, PlanApproved())
        await live.end(second)
    demand(proposed.plan.strip() == "# First do this", f"the plan is {proposed.plan!r}")
    demand("rejected" in live.spoken(first), f"the agent heard {live.spoken(first)!r}")
    demand("approved" in live.spoken(second), f"the agent heard {live.spoken(second)!r}")


@contract(Act.TODO)
async def a27_the_todo_list_is_told(bench: Bench) -> None:
    """The to-do list MUST come whole, in order, with the state of each entry."""
    async with bench.live() as live:
        await live.do(Script(todos=("one", "two", "three")))
    updates = live.of(PlanUpdated)
    demand(updates, "no to-do list came")
    told = [(todo.text, todo.state) for todo in updates[-1].todos]
    states = (TodoState.DONE, TodoState.ACTIVE, TodoState.OPEN)
    wanted = list(zip(("one", "two", "three"), states, strict=True))
    demand(told == wanted, f"the list is {told}")


@contract(Act.FILE)
async def a28_files_are_offered(bench: Bench) -> None:
    """A file the agent sends MUST be offered with its absolute path, and the agent hears back."""
    path = bench.folder / "report.txt"
    path.write_text("report")
    async with bench.live() as live:
        turn = await live.start(Script(sends=str(path), reports=True))
        offered = await live.next(FileOffered)
        await live.session.answer(offered.request, FileTaken(refused="it is too large"))
        await live.end(turn)
    demand(offered.path == str(path), f"the path is {offered.path}")
    demand(offered.turn == turn, f"it is offered for turn {offered.turn}")
    said = live.spoken(turn)
    demand("it is too large" in said, f"the agent did not hear why it was refused: {said!r}")
