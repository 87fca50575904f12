"""The command about standing permissions: of the session in use, and of the project."""

import re
from dataclasses import dataclass, replace

from cc_connect.contract.command import CommandOption, CommandSpec, Role
from cc_connect.contract.content import Button, Buttons, Content, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.compose.turn import lasting
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.display import cut
from cc_connect.core.texts import Language, say
from cc_connect.core.turn.permission import grant_of, written
from cc_connect.core.turn.state import Grant, Reach

BUTTONS = 5
LONGEST = 65
"""Characters of a grant that a button can carry."""
UNITS = {"m": 60, "min": 60, "h": 3600, "d": 86400}
_PART = re.compile(r"([0-9]{1,5})(min|m|h|d)")
_TIME = re.compile(rf"(?:{_PART.pattern})+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wrote behind `/allow`: about what, where, and for how many seconds."""

    subject: str
    reach: Reach | None = None
    seconds: int | None = None


def wish_of(text: str) -> Wish:
    """Take it apart: `<tool or rule> [session|project] [2h]`."""
    wish = Wish(text.strip())
    while True:
        rest, _, word = wish.subject.rpartition(" ")
        if not rest:
            return wish
        if word in tuple(Reach) and wish.reach is None:
            wish = replace(wish, subject=rest.strip(), reach=Reach(word))
        elif _TIME.fullmatch(word) and wish.seconds is None:
            seconds = sum(int(count) * UNITS[unit] for count, unit in _PART.findall(word))
            wish = replace(wish, subject=rest.strip(), seconds=seconds)
        else:
            return wish


async def _allow(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    first, _, rest = call.rest.strip().partition(" ")
    if first in {"", "list"} and not rest:
        return _listed(desk, language)
    if first == "revoke":
        return await _revoked(desk, rest.strip(), language)
    wish = wish_of(call.rest)
    grant = grant_of(wish.subject)
    if grant is None:
        return screen(say(language, "no_grant_name", query=wish.subject))
    reach = wish.reach or Reach.SESSION
    if reach is Reach.PROJECT and desk.role < Role.ADMIN:
        return screen(say(language, "admin_only", name="allow … project"))
    until = None if wish.seconds is None else desk.now() + wish.seconds
    grant = replace(grant, reach=reach, until=until)
    await desk.grant(grant)
    return screen(
        say(
            language, "granted", grant=written(grant), where=_where(grant, desk.now(), language),
            name=_name(grant),
        )
    )  # fmt: skip


async def _revoked(desk: Desk, query: str, language: Language) -> Screen:
    grants = desk.grants()
    wish = wish_of(query)
    meant = (one for one in grants if written(one) == wish.subject)
    found = next((one for one in meant if wish.reach in {None, one.reach}), None)
    if found is None and query.isascii() and query.isdigit() and 0 < int(query) <= len(grants):
        found = grants[int(query) - 1]
    if found is None:
        return screen(say(language, "no_such_grant", query=query))
    if found.reach is Reach.PROJECT and desk.role < Role.ADMIN:
        return screen(say(language, "admin_only", name="allow revoke … project"))
    await desk.revoke(found)
    return screen(say(language, "revoked", grant=written(found)))


def _listed(desk: Desk, language: Language) -> Screen:
    grants = desk.grants()
    if not grants:
        return screen(say(language, "no_grants"))
    lines = [say(language, "grants_title")]
    lines += [
        say(
            language, "grant_line", number=number, grant=written(grant),
            where=_where(grant, desk.now(), language),
        )
        for number, grant in enumerate(grants, 1)
    ]  # fmt: skip
    content: Content = (Text("\n".join(lines)),)
    # By name and not by number: a button must mean tomorrow what it means now.
    short = [_name(grant) for grant in grants if len(_name(grant)) <= LONGEST][:BUTTONS]
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


def _name(grant: Grant) -> str:
    """What a grant is called where it is to be revoked."""
    if grant.reach is Reach.SESSION:
        return written(grant)
    return f"{written(grant)} {grant.reach.value}"


def _where(grant: Grant, now: float, language: Language) -> str:
    """Where a grant holds, and how long."""
    key = "reach_project" if grant.reach is Reach.PROJECT else "reach_session"
    where = say(language, key)
    if grant.until is None:
        return where
    return say(language, "grant_until", where=where, left=lasting(grant.until - now, language))


GRANTS = (
    Command(
        CommandSpec("allow", "cmd_allow", options=(CommandOption("what", "what", rest=True),)),
        _allow,
    ),
)
