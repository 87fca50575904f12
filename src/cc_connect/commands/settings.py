"""Commands that set how the agent works in this conversation; remembered over restarts."""

from collections.abc import Sequence

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.contract.content import Button, Buttons, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.display import Detail
from cc_connect.core.spec import DETAIL, EFFORT, LANGUAGE, MODE, MODEL
from cc_connect.core.texts import CATALOGUES, language_of, say

DEFAULTS = ("default", "reset", "auto")


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
    names = {name.lower(): m.name for m in modes for name in (m.name, *m.aliases)}
    mode = names.get(wanted.lower())
    if mode is None:
        choices = ", ".join(m.name for m in modes)
        return screen(say(facts.language, "bad_choice", value=wanted, choices=choices))
    await desk.prefer(MODE, mode)
    return screen(say(facts.language, "mode_set", mode=mode))


def _choosing(text: str, command: str, values: Sequence[str]) -> Screen:
    if not values:
        return screen(text)
    buttons = tuple(Button(value, encode(RunCommand(f"{command} {value}"))) for value in values)
    return Screen((Text(text), Buttons(buttons)))


async def _model(call: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    default = say(facts.language, "default_value")
    wanted = call.get("model")
    if not wanted:
        text = say(facts.language, "model_title", model=facts.model or default)
        return _choosing(text, "/model", desk.features().models)
    model = None if wanted.lower() in DEFAULTS else wanted
    await desk.prefer(MODEL, model)
    return screen(say(facts.language, "model_set", model=model or default))


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
    await desk.prefer(EFFORT, effort)
    return screen(say(facts.language, "effort_set", effort=effort or default))


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
    await desk.prefer(LANGUAGE, language.value)
    return screen(say(language, "language_set"))


async def _quiet(_: Call, desk: Desk) -> Screen:
    await desk.prefer(DETAIL, Detail.QUIET.value)
    return screen(say(desk.facts().language, "quiet_set"))


async def _verbose(_: Call, desk: Desk) -> Screen:
    await desk.prefer(DETAIL, Detail.FULL.value)
    return screen(say(desk.facts().language, "verbose_set"))


SETTINGS = (
    Command(
        CommandSpec("mode", "cmd_mode", options=(CommandOption("mode", "mode", suggests=True),)),
        _mode,
    ),
    Command(
        CommandSpec(
            "model", "cmd_model", options=(CommandOption("model", "model", suggests=True),)
        ),
        _model,
    ),
    Command(
        CommandSpec("reasoning", "cmd_reasoning", ("effort",), (CommandOption("level", "level"),)),
        _reasoning,
    ),
    Command(
        CommandSpec("lang", "cmd_lang", ("language",), (CommandOption("language", "language"),)),
        _lang,
    ),
    Command(CommandSpec("quiet", "cmd_quiet"), _quiet),
    Command(CommandSpec("verbose", "cmd_verbose"), _verbose),
)
