"""The command that finds what was said."""

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.contract.content import Button, Buttons, Content, Style, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.command_line import usage
from cc_connect.core.compose.ages import age
from cc_connect.core.desk import Call, Command, Desk, Hit, Screen, screen
from cc_connect.core.display import cut, one_line
from cc_connect.core.texts import say

FOUND = 10
BUTTONS = 5
BEFORE, AFTER = 30, 90
"""Characters shown around the first word that was found."""


async def _search(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    words = call.get("words")
    if not words:
        return screen(say(language, "usage", usage=usage(SEARCH)))
    hits = await desk.search(words, FOUND)
    if not hits:
        return screen(say(language, "nothing_found", words=words))
    names = {s.id: s.name or s.id[:8] for s in await desk.sessions()}
    await desk.note_listed(tuple(hit.session for hit in hits))
    lines = [say(language, "found_title", count=len(hits), words=words)]
    for number, hit in enumerate(hits, 1):
        lines.append(
            say(
                language,
                "found_line",
                number=number,
                session=names.get(hit.session, hit.session[:8]),
                age=age(desk.now() - hit.at, language),
                text=excerpt(hit, words),
            )
        )
    content: Content = (Text("\n".join(lines)),)
    current = desk.facts().session
    others = [one for one in dict.fromkeys(h.session for h in hits) if one in names]
    buttons = tuple(
        Button(cut(names[one], 40), encode(RunCommand(f"/switch {one}")), Style.PLAIN)
        for one in others
        if one != current
    )
    return Screen((*content, Buttons(buttons[:BUTTONS])) if buttons else content)


def excerpt(hit: Hit, words: str) -> str:
    """The words with what stands around them, from the prompt or else from the answer."""
    wanted = words.split(maxsplit=1)[0].lower()
    for sign, text in (("👤", hit.said.prompt), ("🤖", hit.said.answer)):
        at = text.lower().find(wanted)
        if at >= 0:
            begins = max(0, at - BEFORE)
            piece = " ".join(text[begins : at + AFTER].split())
            return f"{sign} {'…' if begins else ''}{piece}{'…' if at + AFTER < len(text) else ''}"
    return f"👤 {one_line(hit.said.prompt, BEFORE + AFTER)}"


SEARCH = CommandSpec(
    "search", "cmd_search", ("find",), (CommandOption("words", "words", required=True, rest=True),)
)

FINDING = (Command(SEARCH, _search),)
