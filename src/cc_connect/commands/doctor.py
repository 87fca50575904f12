"""/doctor: what keeps things from working, as far as the program itself can see."""

from collections.abc import Awaitable, Callable
from functools import partial

from cc_connect.contract.command import CommandSpec, Role
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.texts import Language

DOCTOR = CommandSpec("doctor", "cmd_doctor", role=Role.ADMIN)
Examine = Callable[[Language], Awaitable[str]]
"""Looks at everything; gives the findings in a language, as Markdown."""


def doctor(examine: Examine) -> Command:
    """The command, for whoever can look at the whole program."""
    return Command(DOCTOR, partial(_doctor, examine), slow=True)


async def _doctor(examine: Examine, _: Call, desk: Desk) -> Screen:
    return screen(await examine(desk.facts().language))
