"""Commands about which agent works on this conversation."""

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.contract.content import Button, Buttons, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.texts import say

BUTTONS = 8


async def _agents(_: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    known = await desk.agents()
    lines = [say(language, "agents_title")]
    for one in known:
        sign = "▶" if one.current else "◻"
        lines.append(f"- {sign} **{one.title}** · `{one.name}`")
    others = [one for one in known if not one.current]
    lines += ["", say(language, "agents_hint" if others else "agents_alone")]
    buttons = tuple(
        Button(one.title, encode(RunCommand(f"/agent {one.name}"))) for one in others[:BUTTONS]
    )
    text = Text("\n".join(lines))
    return Screen((text, Buttons(buttons)) if buttons else (text,))


async def _agent(call: Call, desk: Desk) -> Screen:
    wanted = call.get("agent").lower()
    if not wanted:
        return await _agents(call, desk)
    language = desk.facts().language
    known = await desk.agents()
    found = next((one for one in known if wanted in (one.name.lower(), one.title.lower())), None)
    if found is None:
        choices = ", ".join(one.name for one in known)
        return screen(say(language, "bad_choice", value=call.get("agent"), choices=choices))
    if found.current:
        return screen(say(language, "agent_already", name=found.title))
    handed = await desk.employ(found.name)
    return screen(say(language, "agent_handed" if handed else "agent_set", name=found.title))


AGENTS = (
    Command(CommandSpec("agents", "cmd_agents"), _agents),
    Command(
        CommandSpec("agent", "cmd_agent", options=(CommandOption("agent", "agent"),)),
        _agent,
    ),
)
