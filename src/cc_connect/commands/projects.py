"""The project of a private conversation with a bot that serves several."""

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.contract.content import Button, Buttons, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.texts import say


async def _project(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    wanted = call.get("project")
    offered = desk.projects()
    if not wanted:
        return _listed(desk, offered)
    if not offered:
        return screen(say(facts.language, "project_fixed", name=facts.project))
    if wanted not in offered:
        names = ", ".join(offered)
        return screen(say(facts.language, "project_unknown", name=wanted, names=names))
    await desk.work_on(wanted)
    return screen(say(facts.language, "project_set", name=wanted))


def _listed(desk: Desk, offered: tuple[str, ...]) -> Screen:
    facts = desk.facts()
    others = tuple(name for name in offered if name != facts.project)
    if not others:
        return screen(say(facts.language, "project_fixed", name=facts.project))
    buttons = tuple(Button(name, encode(RunCommand(f"/project {name}"))) for name in others)
    text = say(facts.language, "project_now", name=facts.project)
    return Screen((Text(text), Buttons(buttons)))


PROJECTS = (
    Command(
        CommandSpec("project", "cmd_project", options=(CommandOption("project", "project"),)),
        _project,
    ),
)
