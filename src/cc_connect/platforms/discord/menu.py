"""Commands as Discord offers them: pure.

Docs: Application Commands > Application Command Object.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence

from cc_connect.contract.command import CommandOption, CommandSpec, Role
from cc_connect.core.markdown import clip
from cc_connect.platforms.discord.wire import Draft

MOST_COMMANDS = 100
MOST_OPTIONS = 25
MOST_CHOICES = 25
DESCRIPTION = 100
CHOICE = 100
TYPED, ON_MESSAGE = 1, 3
"""Docs: Application Command Types: what is typed after `/`, what stands in a message's menu."""
STRING, INTEGER = 3, 4
MANAGE_GUILD = 1 << 5
"""Docs: Permissions. Who has it sees the commands for admins; a server may decide otherwise."""
SERVER, DIRECT = 0, 1
"""Docs: Application Commands > Interaction Context Types."""
ASK = "Ask agent about this"
WHY = "Why?"
WHY_COMMAND = "why"
_NAME = re.compile(r"[-_'\w]{1,32}")


def drawn(specs: Sequence[CommandSpec], *, everywhere: bool) -> tuple[list[Draft], list[str]]:
    """The commands to offer, and the names of those Discord would not take.

    `everywhere`: they are offered in direct conversations too, which a server's own are not.
    """
    fit = [spec for spec in specs if fits(spec.name)]
    offered = [_command(spec) for spec in fit[:MOST_COMMANDS]]
    offered.append({"type": ON_MESSAGE, "name": ASK})
    if any(spec.name == WHY_COMMAND for spec in fit):
        offered.append({"type": ON_MESSAGE, "name": WHY})
    if everywhere:
        offered = [{**each, "contexts": [SERVER, DIRECT]} for each in offered]
    left = [spec.name for spec in specs if spec not in fit[:MOST_COMMANDS]]
    return offered, left


def fits(name: str) -> bool:
    """Whether Discord takes a name for a command or an option."""
    return bool(_NAME.fullmatch(name)) and name == name.lower()


def print_of(offered: object) -> str:
    """A short text that is another one when anything that is offered has changed."""
    written = json.dumps(offered, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(written.encode(), digest_size=16).hexdigest()


def in_order(spec: CommandSpec, given: dict[str, str]) -> dict[str, str]:
    """Arguments in the order of the options, however they were filled in."""
    names = [option.name for option in spec.options]
    return {name: given[name] for name in names if name in given} | given


def _command(spec: CommandSpec) -> Draft:
    command: Draft = {
        "type": TYPED,
        "name": spec.name,
        "description": clip(spec.summary, DESCRIPTION) or spec.name,
        "options": list(_options(spec.options)),
    }
    if spec.role >= Role.ADMIN:
        command["default_member_permissions"] = str(MANAGE_GUILD)
    return command


def _options(options: Iterable[CommandOption]) -> Iterable[Draft]:
    """Those that must be given stand first: Discord wants it so."""
    known = [option for option in options if fits(option.name)][:MOST_OPTIONS]
    for option in sorted(known, key=lambda each: not each.required):
        drawing: Draft = {
            "type": INTEGER if option.number else STRING,
            "name": option.name,
            "description": clip(option.summary, DESCRIPTION) or option.name,
            "required": option.required,
        }
        if 0 < len(option.choices) <= MOST_CHOICES:
            drawing["choices"] = [{"name": each, "value": each} for each in option.choices]
        elif option.suggests:
            drawing["autocomplete"] = True
        yield drawing


def suggestions(values: Iterable[str]) -> list[Draft]:
    """Values as choices. One that is too long to come back whole is left out."""
    fit = [value for value in values if value and len(value) <= CHOICE]
    return [{"name": value, "value": value} for value in fit[:MOST_CHOICES]]
