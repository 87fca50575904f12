"""The command about messages from while the program was away."""

from cc_connect.contract.command import CommandOption, CommandSpec, Role
from cc_connect.core.command_line import usage
from cc_connect.core.compose.missed import missed_prompt
from cc_connect.core.desk import Call, Command, Desk, Missed, Screen, screen
from cc_connect.core.texts import say

ALL = "all"
LONGEST = 9
"""Digits of a number that can be meant."""


async def _missed(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    waiting = await desk.missed()
    what, numbers = call.get("what"), call.get("numbers")
    if not waiting:
        return screen(say(language, "missed_none"))
    if not what:
        return Screen(missed_prompt(waiting, desk.now(), language))
    if what not in {"run", "skip"}:
        return screen(say(language, "usage", usage=usage(MISSED)))
    meant = [one for one in waiting if _means(numbers or ALL, one)]
    if not meant:
        return screen(say(language, "missed_none"))
    admin = desk.role >= Role.ADMIN
    mine = [one for one in meant if admin or one.author.id == desk.person.id]
    if not mine:
        return screen(say(language, "not_yours", who=meant[0].author.name))
    await desk.settle_missed(tuple(one.row for one in mine), run=what == "run")
    key = "missed_ran" if what == "run" else "missed_skipped"
    return screen(say(language, key, count=len(mine)))


def _means(numbers: str, one: Missed) -> bool:
    """Whether `all`, `12`, `12,15` or `12-15` means this one."""
    if numbers == ALL:
        return True
    for part in numbers.split(","):
        first, _, last = part.strip().partition("-")
        low, high = _number(first), _number(last or first)
        if low is not None and high is not None and low <= one.row <= high:
            return True
    return False


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None


MISSED = CommandSpec(
    "missed",
    "cmd_missed",
    options=(
        CommandOption("what", "what", choices=("run", "skip")),
        CommandOption("numbers", "numbers", rest=True),
    ),
)

MISSING = (Command(MISSED, _missed),)
