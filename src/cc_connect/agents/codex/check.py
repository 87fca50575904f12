"""Whether Codex is there, which version it is, and whether it is signed in; asks no model."""

from dataclasses import replace

from cc_connect.agents.codex import command, opening
from cc_connect.agents.codex.errand import errand
from cc_connect.agents.codex.options import Options
from cc_connect.contract.errors import AgentStartFailed
from cc_connect.contract.plugin import AgentContext, Checked, Note
from cc_connect.core.texts import say, spoken

PROGRAM = "codex"


async def check(context: AgentContext, language: str, found: str = "") -> Checked:
    """See `AgentPlugin.check`.

    Args:
        context: As for a driver.
        language: Of the notes.
        found: Where the program was found when it is not on PATH.
    """
    options = context.options
    if not isinstance(options, Options):
        raise TypeError(f"options of another plug-in: {type(options).__name__}")
    if options.cmd == PROGRAM and found:
        options = replace(options, cmd=found)
    told = spoken(language)
    try:
        async with errand(options, context.environ) as codex:
            key = command.service(command.environment(options, context.environ))
            out = not key and await opening.signed_out(codex.wire)
    except TimeoutError as error:
        raise AgentStartFailed("Codex does not answer.") from error
    note = (
        Note(say(told, "agent_not_signed_in"), good=False)
        if out
        else Note(say(told, "agent_signed_in"))
    )
    return Checked(codex.version, (note,))
