"""The command about standing permissions of the session in use."""

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.contract.content import Button, Buttons, Content, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.display import cut
from cc_connect.core.texts import Language, say
from cc_connect.core.turn.permission import grant_of, written
from cc_connect.core.turn.state import Grant

BUTTONS = 5
LONGEST = 70
"""Characters of a grant that a button can carry."""


async def _allow(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    first, _, rest = call.rest.strip().partition(" ")
    if first in {"", "list"} and not rest:
        return _listed(desk.grants(), language)
    if first == "revoke":
        return await _revoked(desk, rest.strip(), language)
    grant = grant_of(call.rest)
    if grant is None:
        return screen(say(language, "no_grant_name", query=call.rest.strip()))
    await desk.grant(grant)
    return screen(say(language, "granted", grant=written(grant)))


async def _revoked(desk: Desk, query: str, language: Language) -> Screen:
    grants = desk.grants()
    found = next((grant for grant in grants if written(grant) == query), None)
    if found is None and query.isascii() and query.isdigit() and 0 < int(query) <= len(grants):
        found = grants[int(query) - 1]
    if found is None:
        return screen(say(language, "no_such_grant", query=query))
    await desk.revoke(found)
    return screen(say(language, "revoked", grant=written(found)))


def _listed(grants: tuple[Grant, ...], language: Language) -> Screen:
    if not grants:
        return screen(say(language, "no_grants"))
    lines = [say(language, "grants_title")]
    lines += [
        say(language, "grant_line", number=number, grant=written(grant))
        for number, grant in enumerate(grants, 1)
    ]
    content: Content = (Text("\n".join(lines)),)
    # By name and not by number: a button must mean tomorrow what it means now.
    short = [written(grant) for grant in grants if len(written(grant)) <= LONGEST][:BUTTONS]
    if short:
        buttons = tuple(
            Button(
                say(language, "revoke", what=cut(name, 40)),
                encode(RunCommand(f"/allow revoke {name}")),
            )
            for name in short
        )
        content = (*content, Buttons(buttons))
    return Screen(content)


GRANTS = (
    Command(
        CommandSpec("allow", "cmd_allow", options=(CommandOption("what", "what", rest=True),)),
        _allow,
    ),
)
