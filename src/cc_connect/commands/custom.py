"""Commands of a person's own, from `[[commands]]` of the configuration."""

from functools import partial

from cc_connect.commands.folder import ran
from cc_connect.contract.command import CommandOption, CommandSpec, Outcome, Role
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.placeholders import filled, has_places

_REST = (CommandOption("args", "args", rest=True),)


def prompting(name: str, summary: str, template: str) -> Command:
    """A command that asks the agent. Without places, what was typed follows the template."""
    spec = CommandSpec(name, summary or f"/{name}", options=_REST, outcome=Outcome.TURN)
    return Command(spec, partial(_prompt, template))


def running(name: str, summary: str, template: str, folder: str = "") -> Command:
    """A command for admins that runs a shell command, in `folder` or else in the conversation's.

    What was typed comes as values of variables in the place of the marks, so that it is never read
    as a command itself.
    """
    spec = CommandSpec(name, summary or f"/{name}", options=_REST, role=Role.ADMIN)
    return Command(spec, partial(_run, template, folder), slow=True)


async def _prompt(template: str, call: Call, desk: Desk) -> Screen:
    rest = call.rest.strip()
    if has_places(template) or not rest:
        desk.submit(filled(template, rest))
    else:
        desk.submit(f"{template}\n\n{rest}")
    return Screen()


async def _run(template: str, folder: str, call: Call, desk: Desk) -> Screen:
    values: dict[str, str] = {}

    def variable(value: str) -> str:
        name = f"CC_ARG_{len(values) + 1}"
        values[name] = value
        return f"${{{name}}}"

    line = template if has_places(template) else f"{template} {{{{args}}}}"
    command = filled(line, call.rest, variable)
    done = await desk.workplace.run(command, values, folder)
    return screen(ran(done, f"/{call.name} {call.rest}".strip(), desk.facts().language))
