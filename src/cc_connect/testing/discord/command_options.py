"""Finds the command a person means and puts their words into its options.

Docs: Application Commands > Application Command Option Type, Interactions > Application Command
Interaction Data Option Structure.
"""

from cc_connect.testing.discord import permissions
from cc_connect.testing.discord.command_rules import CHAT, NESTING
from cc_connect.testing.discord.model import Application, Channel, JsonObject, Role, User
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.world import World

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(3, 11)
_TYPES: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    INTEGER: (int,),
    BOOLEAN: (bool,),
    USER: (User,),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (User, Role),
    NUMBER: (int, float),
}


class NoSuchCommand(LookupError):
    """The person's client offers no such command, or not these options."""


def offered(
    world: World, channel: Channel, user: User, kind: int = CHAT
) -> list[tuple[Application, JsonObject]]:
    """The commands a person is offered in a channel: a guild's own before global ones.

    `kind` is CHAT for slash commands, ON_MESSAGE for those in the menu of a message.
    """
    guild = channel.guild
    found: list[tuple[Application, JsonObject]] = []
    for bot in world.applications.values():
        if guild is None:
            here = bot.user in channel.recipients and user in channel.recipients
            lists = [bot.commands] if here else []
        else:
            here = bot.id in guild.bots and bot.id in guild.command_scope
            lists = [bot.guild_commands.get(guild.id, {}), bot.commands] if here else []
        found += [
            (bot, command)
            for commands in lists
            for command in commands.values()
            if command["type"] == kind
            and (guild is not None or command["dm_permission"] is not False)
            and _may(channel, user, command)
        ]
    return found


def _may(channel: Channel, user: User, command: JsonObject) -> bool:
    """Docs: Application Commands > Permissions: who lacks a default right is not offered it."""
    needed = command.get("default_member_permissions")
    if needed is None or channel.guild is None:
        return True
    return permissions.allows(channel, user, Permission(int(needed)))


def find_command(
    world: World,
    channel: Channel,
    user: User,
    name: str,
    bot: Application | None,
    kind: int = CHAT,
) -> tuple[Application, JsonObject]:
    """The command of a name, of one bot when it is given. Raises NoSuchCommand."""
    commands = offered(world, channel, user, kind)
    for application, command in commands:
        if command["name"] == name and bot in {None, application}:
            return application, command
    known = sorted(command["name"] for _, command in commands)
    raise NoSuchCommand(f"no command /{name} here; there are {known}")


def fill_in(
    command: JsonObject, spoken: str, values: dict[str, object], focused: str | None = None
) -> JsonObject:
    """The `data` of an interaction, and under `wanted` the things its options name."""
    wanted: list[object] = []
    path = spoken.split()[1:]
    data: JsonObject = {"id": command["id"], "name": command["name"], "type": CHAT}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    options = _descend(command, path, values, focused, wanted)
    if options:
        data["options"] = options
    data["wanted"] = wanted
    return data


def _descend(
    holder: JsonObject,
    path: list[str],
    values: dict[str, object],
    focused: str | None,
    wanted: list[object],
) -> list[JsonObject]:
    options = holder.get("options") or []
    nested = {option["name"]: option for option in options if option["type"] in NESTING}
    if not path:
        if nested:
            raise NoSuchCommand(f"say which of {sorted(nested)}")
        return _fill(options, values, focused, wanted)
    if path[0] not in nested:
        raise NoSuchCommand(f"no subcommand {path[0]!r}; there are {sorted(nested)}")
    chosen = nested[path[0]]
    inner = _descend(chosen, path[1:], values, focused, wanted)
    return [{"name": chosen["name"], "type": chosen["type"], "options": inner}]


def _fill(
    options: list[JsonObject],
    values: dict[str, object],
    focused: str | None,
    wanted: list[object],
) -> list[JsonObject]:
    known = {option["name"]: option for option in options}
    unknown = set(values) - set(known)
    if unknown:
        raise NoSuchCommand(f"no options {sorted(unknown)}; there are {sorted(known)}")
    missing = {name for name, option in known.items() if option.get("required")} - set(values)
    if missing and focused is None:
        raise NoSuchCommand(f"options {sorted(missing)} are required")
    filled = []
    for name, value in values.items():
        option = known[name]
        entry = {"name": name, "type": option["type"], "value": value}
        if name == focused:
            entry["focused"] = True
        else:
            entry["value"] = _read(option, value, wanted)
        filled.append(entry)
    return filled


def _read(option: JsonObject, value: object, wanted: list[object]) -> object:
    choices = option.get("choices") or []
    if choices:
        return _choose(option["name"], choices, value)
    kinds = _TYPES.get(option["type"], (str,))
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise NoSuchCommand(f"option {option['name']!r} does not take {value!r}")
    if isinstance(value, User | Role | Channel):
        wanted.append(value)
        return str(value.id)
    return value


def _choose(name: str, choices: list[JsonObject], value: object) -> object:
    """The value of a choice, named by what the person reads or by the value itself."""
    for choice in choices:
        if value in {choice["name"], choice["value"]}:
            chosen: object = choice["value"]
            return chosen
    raise NoSuchCommand(f"{value!r} is no choice of {name!r}")
