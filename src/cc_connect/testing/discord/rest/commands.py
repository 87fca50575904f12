"""Application commands: the lists a bot keeps, for everywhere and for single guilds.

Docs: Application Commands > Endpoints.
"""

from cc_connect.testing.discord.command_rules import check_command
from cc_connect.testing.discord.errors import ApiError, FormErrors, Refusal
from cc_connect.testing.discord.model import Application, JsonObject
from cc_connect.testing.discord.rest.call import NO_CONTENT, Answer, Call, Route

_CHAT_COMMANDS = 100
_CHAT = 1

Commands = dict[int, JsonObject]


async def list_commands(call: Call) -> Answer:
    """Docs: Application Commands > Get Global/Guild Application Commands."""
    return Answer(200, list(_place(call).values()))


async def overwrite(call: Call) -> Answer:
    """Docs: Application Commands > Bulk Overwrite. A command that stays keeps its id."""
    commands = _place(call)
    errors = FormErrors()
    seen: set[tuple[str, int]] = set()
    for index, command in enumerate(call.listed):
        check_command(command, errors, (index,))
        key = (str(command.get("name")), int(command.get("type") or _CHAT))
        if key in seen:
            message = "Application command names must be unique"
            errors.add((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add(key)
    errors.settle()
    _require_room(call.listed)
    known = {_key(command): command["id"] for command in commands.values()}
    fresh = [_stored(call, command, known.get(_key(command))) for command in call.listed]
    commands.clear()
    commands.update((int(command["id"]), command) for command in fresh)
    return Answer(200, fresh)


async def create(call: Call) -> Answer:
    """Docs: Application Commands > Create: one of the same name is replaced."""
    commands = _place(call)
    errors = FormErrors()
    check_command(call.body, errors, ())
    errors.settle()
    old = [each for each in commands.values() if _key(each) == _key(call.body)]
    if not old:
        _require_room([*commands.values(), call.body])
    stored = _stored(call, call.body, old[0]["id"] if old else None)
    commands[int(stored["id"])] = stored
    return Answer(200 if old else 201, stored)


async def get(call: Call) -> Answer:
    """Docs: Application Commands > Get Global/Guild Application Command."""
    return Answer(200, _one(call))


async def change(call: Call) -> Answer:
    """Docs: Application Commands > Edit Global/Guild Application Command."""
    command = {**_one(call), **call.body}
    errors = FormErrors()
    check_command(command, errors, ())
    errors.settle()
    stored = _stored(call, command, command["id"])
    _place(call)[int(stored["id"])] = stored
    return Answer(200, stored)


async def delete(call: Call) -> Answer:
    """Docs: Application Commands > Delete Global/Guild Application Command."""
    del _place(call)[int(_one(call)["id"])]
    return NO_CONTENT


def _place(call: Call) -> Commands:
    """The list in question. A guild's needs the bot to be there with the scope for commands."""
    application = _own_application(call)
    if "guild" not in call.params:
        return application.commands
    guild = call.guild()
    if application.id not in guild.command_scope:
        raise ApiError(Refusal.MISSING_ACCESS)
    return application.guild_commands.setdefault(guild.id, {})


def _own_application(call: Call) -> Application:
    if call.snowflake("application") != call.application.id:
        raise ApiError(Refusal.NOT_YOUR_APPLICATION)
    return call.application


def _one(call: Call) -> JsonObject:
    command = _place(call).get(call.snowflake("command"))
    if command is None:
        raise ApiError(Refusal.UNKNOWN_COMMAND)
    return command


def _key(command: JsonObject) -> tuple[object, object]:
    return command.get("name"), command.get("type") or _CHAT


def _require_room(commands: list[JsonObject]) -> None:
    chat = [each for each in commands if (each.get("type") or _CHAT) == _CHAT]
    if len(chat) > _CHAT_COMMANDS:
        raise ApiError(Refusal.TOO_MANY_COMMANDS)


def _stored(call: Call, command: JsonObject, known_id: str | None) -> JsonObject:
    """Docs: Application Commands > Application Command Object."""
    stored: JsonObject = {
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "description": "",
        "name_localizations": None,
        "description_localizations": None,
        **command,
        "id": known_id or str(call.world.ids.take()),
        "application_id": str(call.application.id),
        "type": command.get("type") or _CHAT,
        "version": str(call.world.ids.take()),
    }
    if "guild" in call.params:
        stored["guild_id"] = call.params["guild"]
    return stored


_GLOBAL = "/applications/{application}/commands"
_GUILD = "/applications/{application}/guilds/{guild}/commands"
ROUTES = tuple(
    route
    for place in (_GLOBAL, _GUILD)
    for route in (
        Route("GET", place, list_commands),
        Route("PUT", place, overwrite),
        Route("POST", place, create),
        Route("GET", f"{place}/{{command}}", get),
        Route("PATCH", f"{place}/{{command}}", change),
        Route("DELETE", f"{place}/{{command}}", delete),
    )
)
