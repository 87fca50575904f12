"""Commands about the running turn."""

from cc_connect.contract.command import CommandOption, CommandSpec, Outcome
from cc_connect.core.command_line import usage
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.texts import say
from cc_connect.core.turn.state import Busy


async def _stop(_: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    if desk.stop():
        return screen(say(language, "stopping"))
    return screen(say(language, "nothing_runs"))


async def _cancel(_: Call, desk: Desk) -> Screen:
    await desk.start_session()
    return screen(say(desk.facts().language, "cancelled"))


async def _ps(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    text = call.get("text")
    if not text:
        return screen(say(facts.language, "usage", usage=usage(PS)))
    if facts.running is None:
        return screen(say(facts.language, "nothing_runs"))
    desk.submit(text, Busy.STEER)
    return Screen()


async def _retry(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    said = await desk.history(1)
    if not said:
        return screen(say(facts.language, "no_history"))
    if call.get("how") == "fresh":
        await desk.start_session()
    desk.submit(said[-1].prompt)
    return Screen()


PS = CommandSpec(
    "ps",
    "cmd_ps",
    ("btw",),
    (CommandOption("text", "text", required=True, rest=True),),
    outcome=Outcome.SIGN,
)

TURNS = (
    Command(CommandSpec("stop", "cmd_stop"), _stop),
    Command(CommandSpec("cancel", "cmd_cancel"), _cancel),
    Command(PS, _ps),
    Command(
        CommandSpec(
            "retry",
            "cmd_retry",
            options=(CommandOption("how", "how", choices=("fresh",)),),
            outcome=Outcome.TURN,
        ),
        _retry,
    ),
)
