"""Commands about the folder of a conversation: where it is, what is in it, what changed there."""

import re
from typing import assert_never

from cc_connect.contract.command import CommandOption, CommandSpec, Role
from cc_connect.contract.content import Button, Buttons, Content, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.command_line import usage
from cc_connect.core.compose.turn import TURN
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.display import cut
from cc_connect.core.markdown import code_block
from cc_connect.core.texts import Language, say
from cc_connect.core.workplace import Changes, Excerpt, Listing, Ran, Trouble, Unable

SHOWN = 80
"""Lines of a file that are shown when nobody says which."""
MOST_LINES = 120
AROUND = 8
"""Lines shown before and after the one that was asked for."""
NAMED = 20
"""Files of a long change that are named."""
BUTTONS = 5
LONGEST = 80
"""Characters of a folder that a button can carry."""
MOST_MEMORY = 2000
_RANGE = re.compile(r"(.+?):([0-9]{1,7})(?:-([0-9]{1,7}))?")


def told(unable: Unable, language: Language) -> str:
    """Why something cannot be done, in words."""
    subject = unable.subject
    match unable.trouble:
        case Trouble.MISSING:
            return say(language, "path_missing", path=subject)
        case Trouble.OUTSIDE:
            return say(language, "path_outside", path=subject)
        case Trouble.NO_FOLDER:
            return say(language, "no_folder", path=subject)
        case Trouble.NO_TEXT:
            return say(language, "no_text", path=subject)
        case Trouble.NO_GIT:
            return say(language, "no_git")
        case Trouble.NO_REPOSITORY:
            return say(language, "no_repository", path=subject)
        case Trouble.TOO_LONG:
            return say(language, "diff_too_long")
        case Trouble.TIMEOUT:
            return say(language, "took_too_long", what=subject)
        case Trouble.FAILED:
            return say(language, "not_done", detail=subject)
        case _:
            assert_never(unable.trouble)


# --- where ----------------------------------------------------------------------------------------


async def _dir(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    wanted = call.get("folder")
    been = await desk.folders()
    if not wanted:
        return _folders(been, language)
    if desk.features().folder:
        return screen(say(language, "own_folder_only", path=desk.features().folder))
    if wanted == "-" and len(been) == 1:
        return screen(say(language, "no_earlier_folder"))
    if wanted == "-":
        wanted = been[1]
    elif wanted.isascii() and wanted.isdigit() and 0 < int(wanted) <= len(been):
        wanted = been[int(wanted) - 1]
    went = await desk.go("" if wanted == "reset" else wanted)
    if isinstance(went, Unable):
        return screen(told(went, language))
    if went == been[0]:
        return screen(say(language, "folder_stays", path=went))
    return screen(say(language, "folder_set", path=went))


def _folders(been: tuple[str, ...], language: Language) -> Screen:
    lines = [say(language, "folder_title", path=been[0])]
    lines += [
        say(language, "folder_line", mark="▶" if number == 1 else "◻", number=number, path=path)
        for number, path in enumerate(been, 1)
    ]
    content: Content = (Text("\n".join(lines)),)
    others = [path for path in been[1:] if len(path) <= LONGEST][:BUTTONS]
    if others:
        buttons = (Button(cut(path, 60), encode(RunCommand(f"/dir {path}"))) for path in others)
        content = (*content, Buttons(tuple(buttons)))
    return Screen(content)


# --- what is there --------------------------------------------------------------------------------


async def _show(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    wanted = call.get("path")
    if not wanted:
        return screen(say(language, "usage", usage=usage(SHOW)))
    path, first, last = _lines(wanted)
    found = await desk.workplace.look(path, first, last)
    match found:
        case Unable():
            return screen(told(found, language))
        case Listing(path, names, more):
            text = "\n".join((*names, f"… +{more}") if more else names)
            return screen(f"`{path}`\n{code_block(text)}")
        case Excerpt(total=0):
            return screen(say(language, "file_empty", path=found.path))
        case Excerpt() if found.last < found.first:
            return screen(say(language, "file_shorter", path=found.path, total=found.total))
        case Excerpt():
            title = say(
                language,
                "file_title",
                path=found.path,
                first=found.first,
                last=found.last,
                total=found.total,
            )
            return screen(f"{title}\n{code_block(found.text, _suffix(found.path))}")
        case _:
            assert_never(found)


def _lines(wanted: str) -> tuple[str, int, int]:
    """Path and lines that are meant: `path`, `path:line` with what is around it, `path:a-b`."""
    found = _RANGE.fullmatch(wanted)
    if found is None:
        return wanted, 1, SHOWN
    path, first, last = found.group(1), max(1, int(found.group(2))), found.group(3)
    if last is None:
        return path, max(1, first - AROUND), first + AROUND
    return path, first, min(int(last), first + MOST_LINES - 1)


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2] if "." in name else ""


async def _memory(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    path = desk.features().memory
    if not path:
        return screen(say(language, "no_memory"))
    order, _, text = call.rest.strip().partition(" ")
    text = " ".join(text.split())
    if order == "add" and text:
        if desk.role < Role.ADMIN:
            return screen(say(language, "admin_only", name="memory add"))
        unable = await desk.workplace.append(path, f"- {text}")
        if unable is not None:
            return screen(told(unable, language))
        return screen(say(language, "memory_added", path=path))
    if order not in {"", "show"} or text:
        return screen(say(language, "usage", usage="/memory [show | add <text>]"))
    found = await desk.workplace.look(path, 1, 10_000)
    if isinstance(found, Excerpt) and found.text.strip():
        return screen(f"`{path}`\n{code_block(cut(found.text, MOST_MEMORY), 'markdown')}")
    if isinstance(found, Unable) and found.trouble is not Trouble.MISSING:
        return screen(told(found, language))
    return screen(say(language, "memory_empty", path=path))


# --- what changed ---------------------------------------------------------------------------------


async def _diff(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    path = call.get("path")
    if path.startswith(TURN):
        found = await desk.workplace.changes_of(path.removeprefix(TURN))
    else:
        found = await desk.workplace.changes(path or ".")
    if isinstance(found, Unable):
        return screen(told(found, language))
    return Screen(changed(found, language))


def changed(changes: Changes, language: Language) -> Content:
    """Changes as they are shown: the files in full, or named and with all of it as a file."""
    files = changes.files
    if not files and not changes.untracked:
        return (Text(say(language, "nothing_changed")),)
    lines = []
    if files:
        added, removed = sum(one.added for one in files), sum(one.removed for one in files)
        lines = [say(language, "changed_files", count=len(files), added=added, removed=removed)]
    if changes.whole is not None:
        lines += [
            say(language, "changed_file", path=one.path, added=one.added, removed=one.removed)
            for one in files[:NAMED]
        ]
    more = len(changes.untracked) - NAMED
    if changes.untracked:
        names = ", ".join(f"`{name}`" for name in changes.untracked[:NAMED])
        names = f"{names}, … +{more}" if more > 0 else names
        lines.append(say(language, "untracked", names=names))
    text = Text("\n".join(lines))
    return (text, *files) if changes.whole is None else (text, changes.whole)


# --- programs -------------------------------------------------------------------------------------


async def _shell(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    command = call.get("command")
    if not command:
        return screen(say(language, "usage", usage=usage(SHELL)))
    return screen(ran(await desk.workplace.run(command, {}), command, language))


def ran(done: Ran | Unable, command: str, language: Language) -> str:
    """What came of a program."""
    if isinstance(done, Unable):
        return told(done, language)
    name = cut(" ".join(command.split()).replace("`", "'"), 100)
    if done.code is None:
        title = say(language, "shell_timeout", command=name)
    elif done.code == 0:
        title = say(language, "shell_done", command=name)
    else:
        title = say(language, "shell_failed", command=name, code=done.code)
    if not done.output:
        return f"{title}\n{say(language, 'no_output')}"
    before = "…\n" if done.cut else ""
    return f"{title}\n{code_block(before + done.output)}"


DIR = CommandSpec(
    "dir",
    "cmd_dir",
    ("cd", "workdir"),
    (CommandOption("folder", "folder", rest=True, suggests=True),),
    Role.ADMIN,
)
SHOW = CommandSpec(
    "show",
    "cmd_show",
    options=(CommandOption("path", "path", required=True, rest=True),),
    role=Role.ADMIN,
)
SHELL = CommandSpec(
    "shell",
    "cmd_shell",
    ("sh", "run"),
    (CommandOption("command", "command", required=True, rest=True),),
    Role.ADMIN,
)

FOLDER = (
    Command(
        CommandSpec("diff", "cmd_diff", options=(CommandOption("path", "path", rest=True),)),
        _diff,
        slow=True,
    ),
    Command(DIR, _dir),
    Command(SHOW, _show),
    Command(SHELL, _shell, slow=True),
    Command(
        CommandSpec("memory", "cmd_memory", options=(CommandOption("what", "what", rest=True),)),
        _memory,
    ),
)
