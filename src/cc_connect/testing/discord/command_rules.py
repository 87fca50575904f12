"""What Discord accepts as a command.

Docs: Application Commands > Application Command Object, its options and the naming rules.
"""

from cc_connect.testing.discord.errors import FormErrors
from cc_connect.testing.discord.model import JsonObject

NAME = 32
DESCRIPTION = 100
OPTIONS = 25
CHOICE = 100
CHAT = 1
ON_MESSAGE = 3
SUBCOMMAND, GROUP, STRING = 1, 2, 3
NESTING = frozenset({SUBCOMMAND, GROUP})
_KINDS = frozenset(range(1, 12))
_COMMAND_KINDS = frozenset({1, 2, 3})

Path = tuple[str | int, ...]


def check_command(command: JsonObject, errors: FormErrors, path: Path) -> None:
    """Note what is wrong with one command."""
    kind = command.get("type") or CHAT
    if kind not in _COMMAND_KINDS:
        errors.choices((*path, "type"), sorted(_COMMAND_KINDS))
    if kind != CHAT:
        name = str(command.get("name") or "")
        if not 1 <= len(name) <= NAME:
            errors.bad_length((*path, "name"), 1, NAME)
        return
    _check_names(command, errors, path)
    _check_options(command.get("options") or [], errors, (*path, "options"))


def _check_names(holder: JsonObject, errors: FormErrors, path: Path) -> None:
    name = str(holder.get("name") or "")
    if not 1 <= len(name) <= NAME:
        errors.bad_length((*path, "name"), 1, NAME)
    elif not _well_named(name):
        message = "Command name is invalid"
        errors.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", message)
    description = str(holder.get("description") or "")
    if not 1 <= len(description) <= DESCRIPTION:
        errors.bad_length((*path, "description"), 1, DESCRIPTION)


def _well_named(name: str) -> bool:
    """Letters, digits, `-`, `_` and `'`; lower case where there is one."""
    return all(sign.isalnum() or sign in "-_'" for sign in name) and name == name.lower()


def _check_options(options: list[JsonObject], errors: FormErrors, path: Path) -> None:
    if len(options) > OPTIONS:
        errors.too_long(path, OPTIONS)
    optional_seen = False
    names: set[str] = set()
    for index, option in enumerate(options):
        place = (*path, index)
        _check_names(option, errors, place)
        _check_option(option, errors, place)
        required = bool(option.get("required"))
        if required and optional_seen:
            message = "Required options must be placed before non-required options"
            errors.add(place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen = optional_seen or not required
        if option.get("name") in names:
            message = "Option names must be unique"
            errors.add(place, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
        names.add(str(option.get("name")))


def _check_option(option: JsonObject, errors: FormErrors, path: Path) -> None:
    kind = option.get("type")
    if kind not in _KINDS:
        errors.choices((*path, "type"), sorted(_KINDS))
        return
    if kind in NESTING:
        _check_options(option.get("options") or [], errors, (*path, "options"))
        return
    choices = option.get("choices") or []
    if len(choices) > OPTIONS:
        errors.too_long((*path, "choices"), OPTIONS)
    if choices and option.get("autocomplete"):
        message = "Autocomplete cannot be used with choices"
        errors.add(path, "APPLICATION_COMMAND_INVALID_AUTOCOMPLETE", message)
    for index, choice in enumerate(choices):
        place = (*path, "choices", index)
        if not 1 <= len(str(choice.get("name") or "")) <= CHOICE:
            errors.bad_length((*place, "name"), 1, CHOICE)
        if kind == STRING and not 1 <= len(str(choice.get("value") or "")) <= CHOICE:
            errors.bad_length((*place, "value"), 1, CHOICE)
