"""Commands that set how the agent works in this conversation; remembered over restarts.

An admin makes a choice the default of the whole project by the word `project` behind it.
"""

from collections.abc import Sequence

from cc_connect.contract.command import CommandOption, CommandSpec, Role
from cc_connect.contract.content import Button, Buttons, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.display import Detail
from cc_connect.core.spec import BUSY, DETAIL, EFFORT, LANGUAGE, MODE, MODEL, ModelChoice
from cc_connect.core.texts import CATALOGUES, language_of, say
from cc_connect.core.turn.state import Busy

DEFAULTS = ("default", "reset", "auto")
EVERYWHERE = "project"
STOPS = (".", "。")
SCOPE = CommandOption("scope", "scope", choices=(EVERYWHERE,))


async def _prefer(call: Call, desk: Desk, name: str, value: str | None, done: str) -> Screen:
    """Set a preference, here or for the project; `done` says what is so now, to be gone on."""
    language = desk.facts().language
    everywhere = call.get(SCOPE.name).lower() == EVERYWHERE
    if everywhere and desk.role < Role.ADMIN:
        return screen(say(language, "admin_only", name=f"{call.name} … {EVERYWHERE}"))
    await desk.prefer(name, value, everywhere=everywhere)
    if done.endswith(STOPS) and not everywhere:
        return screen(done)
    where = say(language, "for_project" if everywhere else "for_conversation")
    done = done.rstrip("".join(STOPS))
    return screen(say(language, "set_where", done=done, where=where))


async def _mode(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    modes = desk.features().modes
    wanted = call.get("mode")
    if not wanted:
        lines = [say(facts.language, "mode_title", mode=facts.mode or "default")]
        lines += [
            say(facts.language, "mode_line", name=mode.name, summary=mode.summary) for mode in modes
        ]
        return _choosing("\n".join(lines), "/mode", [mode.name for mode in modes])
    names: dict[str, str | None] = dict.fromkeys(DEFAULTS)
    names |= {name.lower(): m.name for m in modes for name in (m.name, *m.aliases)}
    if wanted.lower() not in names:
        choices = ", ".join(m.name for m in modes)
        return screen(say(facts.language, "bad_choice", value=wanted, choices=choices))
    mode = names[wanted.lower()]
    done = say(facts.language, "mode_set", mode=mode or say(facts.language, "default_value"))
    return await _prefer(call, desk, MODE, mode, done)


def _choosing(text: str, command: str, values: Sequence[str]) -> Screen:
    if not values:
        return screen(text)
    buttons = tuple(Button(value, encode(RunCommand(f"{command} {value}"))) for value in values)
    return Screen((Text(text), Buttons(buttons)))


async def _model(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    default = say(facts.language, "default_value")
    wanted = call.get("model")
    models = desk.models()
    if not wanted:
        lines = [say(facts.language, "model_title", model=facts.model or default)]
        lines += [_offered(number, one) for number, one in enumerate(models, 1)]
        return _choosing("\n".join(lines), "/model", [one.alias or one.name for one in models])
    model = None if wanted.lower() in DEFAULTS else _model_meant(wanted, models)
    done = say(facts.language, "model_set", model=model or default)
    return await _prefer(call, desk, MODEL, model, done)


def _offered(number: int, model: ModelChoice) -> str:
    alias = f" ({model.alias})" if model.alias else ""
    return f"{number}. `{model.name}`{alias}"


def _model_meant(wanted: str, models: Sequence[ModelChoice]) -> str:
    """A number of the list, an alias, or a name, which need not be in the list."""
    if wanted.isascii() and wanted.isdigit() and 0 < int(wanted) <= len(models):
        return models[int(wanted) - 1].name
    aliases = {one.alias.lower(): one.name for one in models if one.alias}
    return aliases.get(wanted.lower(), wanted)


async def _reasoning(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    default = say(facts.language, "default_value")
    efforts = desk.features().efforts
    wanted = call.get("level").lower()
    if not wanted:
        text = say(facts.language, "effort_title", effort=facts.effort or default)
        return _choosing(text, "/reasoning", efforts)
    if wanted not in efforts and wanted not in DEFAULTS:
        choices = ", ".join(efforts)
        return screen(say(facts.language, "bad_choice", value=wanted, choices=choices))
    effort = None if wanted in DEFAULTS else wanted
    done = say(facts.language, "effort_set", effort=effort or default)
    return await _prefer(call, desk, EFFORT, effort, done)


async def _lang(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    choices = ", ".join(language.value for language in CATALOGUES)
    wanted = call.get("language")
    if not wanted:
        text = say(facts.language, "language_title", name=facts.language.value, choices=choices)
        return _choosing(text, "/lang", [language.value for language in CATALOGUES])
    language = language_of(wanted)
    if language is None:
        return screen(say(facts.language, "bad_choice", value=wanted, choices=choices))
    done = say(language, "language_set")
    return await _prefer(call, desk, LANGUAGE, language.value, done)


async def _quiet(call: Call, desk: Desk) -> Screen:
    done = say(desk.facts().language, "quiet_set")
    return await _prefer(call, desk, DETAIL, Detail.QUIET.value, done)


async def _verbose(call: Call, desk: Desk) -> Screen:
    done = say(desk.facts().language, "verbose_set")
    return await _prefer(call, desk, DETAIL, Detail.FULL.value, done)


async def _busy(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    wanted = call.get("what").lower()
    if not wanted:
        text = say(facts.language, "busy_title", busy=facts.busy.value)
        return _choosing(text, "/busy", tuple(Busy))
    if wanted not in tuple(Busy) and wanted not in DEFAULTS:
        return screen(
            say(facts.language, "bad_choice", value=wanted, choices=", ".join(tuple(Busy)))
        )
    busy = None if wanted in DEFAULTS else wanted
    done = say(facts.language, "busy_set", busy=busy or say(facts.language, "default_value"))
    return await _prefer(call, desk, BUSY, busy, done)


def _suggested(name: str) -> CommandOption:
    return CommandOption(name, name, suggests=True)


SETTINGS = (
    Command(CommandSpec("mode", "cmd_mode", options=(_suggested("mode"), SCOPE)), _mode),
    Command(CommandSpec("model", "cmd_model", options=(_suggested("model"), SCOPE)), _model),
    Command(
        CommandSpec(
            "reasoning", "cmd_reasoning", ("effort",), (CommandOption("level", "level"), SCOPE)
        ),
        _reasoning,
    ),
    Command(
        CommandSpec(
            "lang", "cmd_lang", ("language",), (CommandOption("language", "language"), SCOPE)
        ),
        _lang,
    ),
    Command(CommandSpec("quiet", "cmd_quiet", options=(SCOPE,)), _quiet),
    Command(CommandSpec("verbose", "cmd_verbose", options=(SCOPE,)), _verbose),
    Command(
        CommandSpec(
            "busy",
            "cmd_busy",
            options=(CommandOption("what", "what", choices=tuple(Busy)), SCOPE),
        ),
        _busy,
    ),
)
