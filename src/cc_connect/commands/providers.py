"""Commands about who serves the model, and about the configuration."""

from cc_connect.contract.command import CommandOption, CommandSpec, Role
from cc_connect.contract.content import Button, Buttons, Content, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.display import cut
from cc_connect.core.markdown import code_block
from cc_connect.core.spec import MODEL, OWN_ACCOUNT, PROVIDER, Supplier
from cc_connect.core.texts import Language, say

OWN = (OWN_ACCOUNT, "clear")
DEFAULTS = ("default", "reset")
CHANGING = ("add", "remove", "rm", "delete", "edit")
BUTTONS = 8


async def _provider(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    words = call.rest.split()
    if words and words[0].lower() in {"switch", "use"} and len(words) > 1:
        words = words[1:]
    if not words or words[0].lower() == "list":
        return _listed(desk, language)
    if words[0].lower() in CHANGING:
        return screen(say(language, "provider_in_config"))
    wanted = words[0].lower()
    if wanted in DEFAULTS:
        return await _used(desk, None, None, language)
    if wanted in OWN:
        return await _used(desk, OWN_ACCOUNT, None, language)
    found = next((one for one in desk.suppliers() if one.name.lower() == wanted), None)
    if found is None:
        names = ", ".join((*(one.name for one in desk.suppliers()), OWN_ACCOUNT))
        return screen(say(language, "bad_choice", value=words[0], choices=names))
    return await _used(desk, found.name, found, language)


async def _used(desk: Desk, name: str | None, found: Supplier | None, language: Language) -> Screen:
    await desk.prefer(PROVIDER, name)
    # A model of the one before is a stranger to this one.
    await desk.prefer(MODEL, found.model or None if found else None)
    facts = desk.facts()
    return screen(
        say(
            language,
            "provider_set",
            name=facts.provider or say(language, "own_account"),
            model=facts.model or say(language, "default_value"),
        )
    )


def _listed(desk: Desk, language: Language) -> Screen:
    used = desk.facts().provider
    known = desk.suppliers()
    if not known:
        return screen(say(language, "no_providers"))
    lines = [say(language, "providers_title")]
    for one in known:
        more = " · ".join(part for part in (one.address, one.model) if part)
        lines.append(_line(one.name, more, used == one.name))
    lines.append(_line(OWN_ACCOUNT, say(language, "own_account"), not used))
    names = [one.name for one in known if one.name != used]
    if used:
        names.append(OWN_ACCOUNT)
    buttons = tuple(
        Button(cut(name, 40), encode(RunCommand(f"/provider {name}")))
        for name in names[:BUTTONS]
        if len(name) <= BUTTONS * 8
    )
    content: Content = (Text("\n".join(lines)),)
    return Screen((*content, Buttons(buttons)) if buttons else content)


def _line(name: str, more: str, used: object) -> str:
    return f"- {'▶' if used else '◻'} **{name}**{f' · {more}' if more else ''}"


async def _config(_: Call, desk: Desk) -> Screen:
    return Screen((Text(code_block(desk.configuration(), "toml")),), private=True)


PROVIDERS = (
    Command(
        CommandSpec(
            "provider", "cmd_provider", options=(CommandOption("name", "name", rest=True),)
        ),
        _provider,
    ),
    Command(CommandSpec("config", "cmd_config", role=Role.ADMIN), _config),
)
