"""Commands about the sessions of a conversation."""

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.contract.content import Button, Buttons, Content, Style, Text
from cc_connect.contract.platform import Support
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.command_line import usage
from cc_connect.core.compose.ages import age
from cc_connect.core.desk import Call, Command, Desk, Screen, SessionFact, screen
from cc_connect.core.display import cut, one_line
from cc_connect.core.texts import say

LISTED = 20
BUTTONS = 5
ANSWER = 600


async def _new(call: Call, desk: Desk) -> Screen:
    name = call.get("name")
    await desk.start_session(name)
    language = desk.facts().language
    return screen(say(language, "new_named", name=name) if name else say(language, "new_done"))


async def _list(_: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    sessions = (await desk.sessions())[:LISTED]
    if not sessions:
        return screen(say(facts.language, "no_sessions"))
    await desk.note_listed(tuple(session.id for session in sessions))
    lines = [say(facts.language, "sessions_title")]
    for number, session in enumerate(sessions, 1):
        lines.append(
            say(
                facts.language,
                "session_line",
                mark="▶" if session.current else "◻",
                number=number,
                title=session.name or session.id[:8],
                turns=session.turns,
                age=age(desk.now() - session.last_used, facts.language),
                origin=say(facts.language, "terminal") if session.terminal else facts.platform,
            )
        )
    others = [(number, s) for number, s in enumerate(sessions[:BUTTONS], 1) if not s.current]
    content: Content = (Text("\n".join(lines)),)
    if others:
        content = (*content, Buttons(tuple(_switch_button(number, s) for number, s in others)))
    return Screen(content)


def _switch_button(number: int, session: SessionFact) -> Button:
    label = cut(f"{number}. {session.name or session.id[:8]}", 40)
    return Button(label, encode(RunCommand(f"/switch {session.id}")), Style.PLAIN)


async def _switch(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    query = call.get("session")
    if not query:
        return screen(say(language, "usage", usage=usage(SWITCH)))
    found = await _meant(query, desk)
    if found is None:
        return screen(say(language, "no_such_session", query=query))
    ago = await desk.used_elsewhere(found)
    if not found.current:
        await desk.switch(found.id)
    lines = [say(language, "switched", name=found.name or found.id[:8])]
    if ago is not None:
        lines.append(say(language, "used_elsewhere", age=age(ago, language)))
    return screen("\n".join(lines))


async def _meant(query: str, desk: Desk) -> SessionFact | None:
    """The session that somebody names; a number is one of the last list, whatever came since."""
    sessions = await desk.sessions()
    if query.isascii() and query.isdigit() and int(query):
        shown = await desk.listed() or tuple(session.id for session in sessions)
        known = {session.id: session for session in sessions}
        known |= {s.agent_session: s for s in sessions if s.agent_session} | known
        return known.get(shown[int(query) - 1]) if int(query) <= len(shown) else None
    return _matching(query, sessions)


def _matching(query: str, sessions: tuple[SessionFact, ...]) -> SessionFact | None:
    """By id, name, beginning of the id, or a part of the name."""
    wanted = query.lower()
    tests = (
        lambda s: query in {s.id, s.agent_session},
        lambda s: s.name.lower() == wanted,
        lambda s: s.id.startswith(wanted),
        lambda s: wanted in s.name.lower(),
    )
    for test in tests:
        found = next((session for session in sessions if test(session)), None)
        if found is not None:
            return found
    return None


async def _name(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    name = one_line(call.get("name"), 80)
    if not name:
        return screen(say(language, "usage", usage=usage(NAME)))
    await desk.rename(name)
    return screen(say(language, "named", name=name))


async def _current(_: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    sessions = await desk.sessions()
    current = next((session for session in sessions if session.current), None)
    lines = [
        say(
            facts.language,
            "current_session",
            name=facts.session_name or facts.session[:8],
            session=facts.agent_session or say(facts.language, "not_started"),
            cwd=facts.cwd,
            turns=current.turns if current else 0,
        )
    ]
    command = desk.features().resume_command
    if command and facts.agent_session:
        line = command.format(session=facts.agent_session, cwd=facts.cwd)
        lines.append(say(facts.language, "resume_in_terminal", command=line))
    ago = await desk.used_elsewhere(current) if current else None
    if ago is not None:
        lines.append(say(facts.language, "used_elsewhere", age=age(ago, facts.language)))
    return screen("\n".join(lines))


async def _history(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    wanted = call.get("count")
    count = int(wanted) if wanted.isascii() and wanted.isdigit() else 10
    said = await desk.history(max(1, min(count, 50)))
    if not said:
        return screen(say(language, "no_history"))
    lines = [say(language, "history_title", count=len(said))]
    lines += [
        say(
            language, "history_line", prompt=one_line(each.prompt, 200),
            answer=cut(each.answer, ANSWER),
        )
        for each in said
    ]  # fmt: skip
    return screen("\n\n".join(lines))


async def _fork(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    if desk.features().fork is Support.NONE:
        return screen(say(facts.language, "cannot_fork", agent=facts.agent))
    if facts.agent_session is None or not await desk.history(1):
        return screen(say(facts.language, "nothing_to_fork"))
    old = facts.session_name or facts.session[:8]
    name = one_line(call.get("name"), 80) or say(facts.language, "copy_of", name=cut(old, 60))
    await desk.fork(name)
    return screen(say(facts.language, "forked", old=old, name=name))


async def _delete(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    query = call.get("session")
    if not query:
        return screen(say(language, "usage", usage=usage(DELETE)))
    sessions = await desk.sessions()
    # Only with the whole id: what a number or a part of a name means may have changed meanwhile.
    word, _, sure = query.partition(" ")
    meant = next((s for s in sessions if s.id == word and sure == SURE), None)
    found = meant or await _meant(query, desk)
    if found is None:
        return screen(say(language, "no_such_session", query=query))
    name = found.name or found.id[:8]
    if found.current:
        return screen(say(language, "delete_current", name=name))
    if meant is not None:
        await desk.delete(found.id)
        return screen(say(language, "deleted", name=name))
    command = f"/delete {found.id} {SURE}"
    button = Button(say(language, "delete_sure"), encode(RunCommand(command)), Style.DANGER)
    text = say(language, "delete_ask", name=name, turns=found.turns)
    return Screen((Text(text), Buttons((button,))))


SWITCH = CommandSpec(
    "switch",
    "cmd_switch",
    options=(CommandOption("session", "session", required=True, rest=True, suggests=True),),
)
NAME = CommandSpec(
    "name", "cmd_name", ("rename",), (CommandOption("name", "name", required=True, rest=True),)
)

SURE = "yes"
DELETE = CommandSpec(
    "delete",
    "cmd_delete",
    ("del", "rm"),
    (CommandOption("session", "session", required=True, rest=True),),
)

SESSIONS = (
    Command(
        CommandSpec("new", "cmd_new", options=(CommandOption("name", "name", rest=True),)), _new
    ),
    Command(CommandSpec("list", "cmd_list", ("sessions",)), _list),
    Command(SWITCH, _switch),
    Command(NAME, _name),
    Command(
        CommandSpec("fork", "cmd_fork", options=(CommandOption("name", "name", rest=True),)), _fork
    ),
    Command(DELETE, _delete),
    Command(CommandSpec("current", "cmd_current"), _current),
    Command(
        CommandSpec(
            "history", "cmd_history", options=(CommandOption("count", "count", number=True),)
        ),
        _history,
    ),
)
