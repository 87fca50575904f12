"""Commands about what the agent has in mind, and what that costs."""

from cc_connect.contract.command import CommandOption, CommandSpec, Outcome
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.texts import say

COMPACT = "compact"
"""What agents that can do it call it."""
CENT = 0.01


async def _usage(_: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    usage = await desk.usage()
    if usage is None:
        return screen(say(facts.language, "no_usage"))
    lines = [
        say(facts.language, "usage_title"),
        say(facts.language, "usage_tokens", input=f"{usage.input:,}", output=f"{usage.output:,}"),
    ]
    if usage.model:
        lines.append(say(facts.language, "usage_model", model=usage.model))
    if usage.cost:
        digits = 2 if usage.cost >= CENT else 4
        lines.append(say(facts.language, "usage_cost", cost=f"{usage.cost:.{digits}f}"))
    if usage.context and usage.window:
        lines.append(
            say(
                facts.language,
                "usage_context",
                percent=round(100 * usage.context / usage.window),
                used=f"{usage.context:,}",
                window=f"{usage.window:,}",
            )
        )
    return screen("\n".join(lines))


async def _compress(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    if facts.agent_session is None:
        return screen(say(facts.language, "nothing_to_compress"))
    known = desk.agent_commands()
    if known and COMPACT not in known:
        return screen(say(facts.language, "cannot_compress"))
    desk.submit(f"/{COMPACT} {call.rest}".strip())
    return screen(say(facts.language, "compressing"))


CONTEXT = (
    Command(CommandSpec("usage", "cmd_usage", ("quota",)), _usage),
    Command(
        CommandSpec(
            "compress",
            "cmd_compress",
            ("compact",),
            (CommandOption("hint", "hint", rest=True),),
            outcome=Outcome.TURN,
        ),
        _compress,
    ),
)
