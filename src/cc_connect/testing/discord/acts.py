"""What people do with a bot's buttons, menus, forms and commands.

A person's client allows less than the wire would: a disabled button, a menu value that is not
offered or a missing option of a command cannot be sent, and raise `PersonCannot` here.
"""

from collections.abc import Mapping, Sequence

from cc_connect.testing.discord import command_rules, interacting, permissions
from cc_connect.testing.discord.command_options import fill_in, find_command
from cc_connect.testing.discord.interaction import (
    Interaction,
    InteractionFailed,
    InteractionKind,
)
from cc_connect.testing.discord.model import (
    LINK_BUTTON,
    Application,
    Channel,
    ComponentKind,
    JsonObject,
    Message,
    Role,
    User,
)
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.wire import (
    member_json,
    role_json,
    user_json,
    whole_channel_json,
)
from cc_connect.testing.discord.wire_message import message_json
from cc_connect.testing.discord.world import World

Choice = str | User | Role | Channel
PATIENCE = 3.0
"""Seconds of real time for which a person waits for a sign of the bot."""


class PersonCannot(Exception):
    """A person's client does not offer this."""


class People:
    """The hands of everybody. Each act waits for the bot's first response (see `press`)."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def press(
        self, user: User, message: Message, button: str, patience: float | None = PATIENCE
    ) -> Interaction:
        """Press a button, named by its label, its emoji or its custom id.

        Returns once the bot has responded. Raises InteractionFailed when it does not within
        `patience` seconds of real time; None returns at once.
        """
        component = _pick(message.buttons, button)
        if component.get("style") == LINK_BUTTON:
            raise PersonCannot(f"{button!r} is a link")
        return await self._use(user, message, component, None, patience)

    async def select(
        self,
        user: User,
        message: Message,
        values: Choice | Sequence[Choice],
        menu: str | None = None,
        patience: float | None = PATIENCE,
    ) -> Interaction:
        """Choose in a menu, by label or value; users, roles and channels where it lists those.

        `menu` is its custom id or placeholder, and may be left out when there is only one.
        """
        menus = message.menus
        component = menus[0] if menu is None and len(menus) == 1 else _pick(menus, menu or "")
        chosen = [values] if isinstance(values, Choice) else list(values)
        least, most = component.get("min_values", 1), component.get("max_values", 1)
        if not least <= len(chosen) <= most:
            raise PersonCannot(f"choose {least} to {most}, not {len(chosen)}")
        return await self._use(user, message, component, chosen, patience)

    async def submit(
        self,
        user: User,
        form: Interaction,
        values: Mapping[str, str | Sequence[str]],
        patience: float | None = PATIENCE,
    ) -> Interaction:
        """Fill in and send the form that an interaction opened; fields by label or custom id."""
        if form.form is None:
            raise PersonCannot("no form was opened")
        if form.user is not user:
            raise PersonCannot("the form is open before somebody else")
        data = {
            "custom_id": form.form["custom_id"],
            "components": _filled(form.form["components"], dict(values)),
            "resolved": {},
        }
        interaction = interacting.begin(
            self._world,
            InteractionKind.FORM,
            form.application,
            user,
            form.channel,
            data,
            cause=form,
        )
        return await self._await_response(interaction, patience)

    async def invoke(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Mapping[str, object] | None = None,
        *,
        bot: Application | None = None,
        patience: float | None = PATIENCE,
    ) -> Interaction:
        """Use a slash command, such as `new` or `session list` for a subcommand."""
        application, data = self._command(user, channel, command, bot)
        nested = fill_in(data, command, dict(options or {}))
        interaction = self._begin_command(
            InteractionKind.COMMAND, application, user, channel, nested
        )
        return await self._await_response(interaction, patience)

    async def suggest(
        self,
        user: User,
        channel: Channel,
        command: str,
        option: str,
        typed: str,
        *,
        options: Mapping[str, object] | None = None,
        bot: Application | None = None,
        patience: float | None = PATIENCE,
    ) -> list[JsonObject]:
        """Type the beginning of an option and return the choices that the bot offers."""
        application, data = self._command(user, channel, command, bot)
        nested = fill_in(data, command, {**(options or {}), option: typed}, focused=option)
        kind = InteractionKind.AUTOCOMPLETE
        interaction = self._begin_command(kind, application, user, channel, nested)
        await self._await_response(interaction, patience)
        return interaction.choices

    async def invoke_on(
        self,
        user: User,
        message: Message,
        name: str,
        *,
        bot: Application | None = None,
        patience: float | None = PATIENCE,
    ) -> Interaction:
        """Use a command in the menu of a message (Apps)."""
        channel = message.channel
        application, command = find_command(
            self._world, channel, user, name, bot, command_rules.ON_MESSAGE
        )
        written = message_json(self._world, message, application)
        data: JsonObject = {
            "id": command["id"],
            "name": name,
            "type": command_rules.ON_MESSAGE,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): written}},
        }
        kind = InteractionKind.COMMAND
        interaction = interacting.begin(self._world, kind, application, user, channel, data)
        return await self._await_response(interaction, patience)

    def _command(
        self, user: User, channel: Channel, command: str, bot: Application | None
    ) -> tuple[Application, JsonObject]:
        if not permissions.allows(channel, user, Permission.USE_APPLICATION_COMMANDS):
            raise PersonCannot(f"{user.name} may not use commands here")
        return find_command(self._world, channel, user, command.split(maxsplit=1)[0], bot)

    def _begin_command(
        self,
        kind: InteractionKind,
        application: Application,
        user: User,
        channel: Channel,
        data: JsonObject,
    ) -> Interaction:
        wanted = data.pop("wanted")
        resolved = _resolve(channel, application, wanted)
        if resolved:
            data["resolved"] = resolved
        return interacting.begin(self._world, kind, application, user, channel, data)

    async def _use(
        self,
        user: User,
        message: Message,
        component: JsonObject,
        chosen: list[Choice] | None,
        patience: float | None,
    ) -> Interaction:
        application = self._check_use(user, message, component)
        data: JsonObject = {
            "id": component["id"],
            "custom_id": component["custom_id"],
            "component_type": component["type"],
        }
        if chosen is not None:
            data["values"] = [_value(component, each) for each in chosen]
            things = [each for each in chosen if not isinstance(each, str)]
            if things:
                data["resolved"] = _resolve(message.channel, application, things)
        interaction = interacting.begin(
            self._world,
            InteractionKind.COMPONENT,
            application,
            user,
            message.channel,
            data,
            message=message,
        )
        return await self._await_response(interaction, patience)

    def _check_use(self, user: User, message: Message, component: JsonObject) -> Application:
        if message.deleted or message.visible_to not in {None, user}:
            raise PersonCannot("the message is not there for this person")
        if component.get("disabled"):
            raise PersonCannot("it is disabled")
        if not permissions.allows(message.channel, user, Permission.VIEW_CHANNEL):
            raise PersonCannot(f"{user.name} does not see the channel")
        application = self._world.bot_of(message.author)
        if application is None:
            raise PersonCannot("only messages of bots have components")
        return application

    async def _await_response(
        self, interaction: Interaction, patience: float | None
    ) -> Interaction:
        if patience is None:
            return interaction
        try:
            await self._world.pulse.until(lambda: interaction.answered, patience)
        except TimeoutError:
            raise InteractionFailed(f"{interaction.application.name} did not respond") from None
        return interaction


def _pick(components: list[JsonObject], wanted: str) -> JsonObject:
    """Find one by custom id, else by what is written on it."""
    by_id = [each for each in components if each.get("custom_id") == wanted]
    found = by_id or [each for each in components if wanted in _written_on(each)]
    if len(found) == 1:
        return found[0]
    known = [each.get("label") or each.get("custom_id") for each in components]
    raise PersonCannot(f"{len(found)} components fit {wanted!r}; there are {known}")


def _written_on(component: JsonObject) -> set[str | None]:
    emoji = (component.get("emoji") or {}).get("name")
    return {component.get("label"), component.get("placeholder"), emoji}


def _value(component: JsonObject, chosen: Choice) -> str:
    if not isinstance(chosen, str):
        return str(chosen.id)
    for option in component.get("options") or []:
        if chosen in {option["label"], option["value"]}:
            value: str = option["value"]
            return value
    raise PersonCannot(f"{chosen!r} is not in the menu")


def _resolve(channel: Channel, application: Application, things: Sequence[Choice]) -> JsonObject:
    """Docs: Interactions > Resolved Data Structure."""
    resolved: JsonObject = {}
    guild = channel.guild
    for thing in things:
        match thing:
            case User():
                resolved.setdefault("users", {})[str(thing.id)] = user_json(thing)
                member = guild.members.get(thing.id) if guild is not None else None
                if member is not None:
                    partial = member_json(member, with_user=False)
                    rights = str(permissions.in_channel(channel, thing))
                    partial["permissions"] = rights
                    resolved.setdefault("members", {})[str(thing.id)] = partial
            case Role():
                resolved.setdefault("roles", {})[str(thing.id)] = role_json(thing)
            case Channel():
                written = whole_channel_json(thing, application)
                written["permissions"] = str(permissions.in_channel(thing, application.user))
                resolved.setdefault("channels", {})[str(thing.id)] = written
            case str():
                pass
    return resolved


def _filled(
    components: list[JsonObject], values: dict[str, str | Sequence[str]]
) -> list[JsonObject]:
    """Docs: Interactions > Modal Submit Data Structure: the layout again, with what was typed."""
    left = dict(values)
    filled = [_filled_top(component, left) for component in components]
    if left:
        raise PersonCannot(f"the form has no {sorted(left)}")
    return filled


def _filled_top(component: JsonObject, values: dict[str, str | Sequence[str]]) -> JsonObject:
    head = {"type": component["type"], "id": component["id"]}
    match component["type"]:
        case ComponentKind.ROW:
            inner = [
                _filled_field(each, each.get("label"), values) for each in component["components"]
            ]
            return head | {"components": inner}
        case ComponentKind.LABEL:
            field = _filled_field(component["component"], component.get("label"), values)
            return head | {"component": field}
        case _:
            return head


def _filled_field(
    field: JsonObject, label: str | None, values: dict[str, str | Sequence[str]]
) -> JsonObject:
    name = field["custom_id"]
    given = values.pop(name, None)
    if given is None and label is not None:
        given = values.pop(label, None)
    head = {"type": field["type"], "id": field["id"], "custom_id": name}
    if field["type"] == ComponentKind.TEXT_INPUT:
        text = field.get("value") or "" if given is None else str(given)
        _check_typed(field, label or name, text)
        return head | {"value": text}
    chosen = [given] if isinstance(given, str) else list(given or [])
    return head | {"values": [_value(field, each) for each in chosen]}


def _check_typed(field: JsonObject, label: str, text: str) -> None:
    if not text and not field.get("required", True):
        return
    least = field.get("min_length") or (1 if field.get("required", True) else 0)
    most = field.get("max_length") or 4000
    if not least <= len(text) <= most:
        raise PersonCannot(f"{label!r} takes {least} to {most} characters")
