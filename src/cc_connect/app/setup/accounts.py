"""Credentials of a platform: asked for, read as the configuration reads them, tried live."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

import cc_connect
from cc_connect.app.config import NOWHERE, Problems, read_table
from cc_connect.app.config.kinds import Entry, Scalar, layout
from cc_connect.app.setup.answers import Given, Unusable, filled
from cc_connect.app.setup.blocks import Account, Value
from cc_connect.app.setup.terminal import Terminal
from cc_connect.contract.errors import PlatformAuthFailed, PlatformError
from cc_connect.contract.plugin import Checked, Note, PlatformContext, PlatformPlugin
from cc_connect.core.texts import Language, say

TRIES = 5
ALLOW = "allow_from"


class Desk:
    """Asks for the credentials of one platform."""

    def __init__(
        self,
        plugin: PlatformPlugin,
        given: Given,
        terminal: Terminal,
        language: Language,
        environ: Mapping[str, str],
    ) -> None:
        self._plugin = plugin
        self._given = given
        self._terminal = terminal
        self._language = language
        self._environ = environ

    def credentials(self) -> tuple[Account, Checked]:
        """The account with what the platform says about it; nobody is let in yet.

        Raises:
            Unusable: They are missing or refused, and may not be asked for (again).
        """
        needed = [e for e in layout(self._plugin.options).entries.values() if e.required]
        missing = [entry for entry in needed if entry.key not in self._given.options]
        if missing and not self._given.asking:
            raise Unusable(say(self._language, "setup_missing", keys=_keys(missing)))
        if missing and self._plugin.guide is not None:
            self._terminal.tell()
            self._terminal.tell(self._plugin.guide(self._language.value))
        for _ in range(TRIES):
            options = dict(self._given.options)
            options.update((entry.key, self._ask(entry)) for entry in missing)
            account = Account(self._plugin.name, self._typed(_in_order(options, needed)))
            try:
                return account, self._checked(account)
            except (Unusable, PlatformError) as error:
                if not missing:
                    raise Unusable(str(error)) from error
                self._terminal.tell(f"✗ {error}")
                if self._keep(error):
                    return account, Checked()
        raise Unusable(say(self._language, "setup_too_often"))

    def _typed(self, options: Mapping[str, str]) -> dict[str, Value]:
        """Switches and numbers as such; everything else is text."""
        entries = layout(self._plugin.options).entries
        typed: dict[str, Value] = dict(options)
        for key, value in options.items():
            match entries[key].kind if key in entries else None:
                case Scalar(type=kind) if kind is bool and value in ("true", "false"):
                    typed[key] = value == "true"
                case Scalar(type=kind) if kind is int and value.isdecimal():
                    typed[key] = int(value)
                case _:
                    pass
        return typed

    def _keep(self, error: Exception) -> bool:
        """Whether credentials that could not be checked shall be taken all the same."""
        if isinstance(error, Unusable | PlatformAuthFailed):
            return False
        answer = self._terminal.ask(say(self._language, "setup_keep"), "n")
        return answer.lower() in ("y", "yes", "是", "好")

    def _ask(self, entry: Entry) -> str:
        while True:
            hint = "setup_secret" if entry.secret else "setup_value"
            text = say(self._language, hint, name=entry.key)
            value = self._terminal.ask(text, hidden=entry.secret)
            if value:
                return value

    def _checked(self, account: Account) -> Checked:
        options = self._read(account)
        check = self._plugin.check
        if check is None or not self._given.checking:
            return Checked()
        with tempfile.TemporaryDirectory() as folder:
            context = PlatformContext(
                account.type, options, Path(folder), (), cc_connect.__version__
            )
            return asyncio.run(_asked(self._plugin, context, self._language.value))

    def _read(self, account: Account) -> object:
        """The options as the plug-in's own class. Raises Unusable when they have mistakes."""
        problems = Problems()
        values = {name: self._filled(value) for name, value in account.options.items()}
        options: object = read_table(self._plugin.options, values, NOWHERE, problems)
        if options is None:
            told = (f"{one.path}: {one.message} {one.hint}".strip() for one in problems.in_order())
            raise Unusable("; ".join(told))
        return options

    def _filled(self, value: Value) -> Value:
        return filled(value, self._environ) if isinstance(value, str) else value

    def allow(self) -> str | None:
        """The ids of those who may use it; None where nobody asks."""
        if ALLOW not in layout(self._plugin.options).entries:
            return None
        if self._given.allow_from is not None:
            return self._given.allow_from
        if not self._given.asking:
            return ""
        self._terminal.tell()
        self._terminal.tell(say(self._language, "setup_who"))
        return self._terminal.ask(say(self._language, "setup_ids"))


async def _asked(plugin: PlatformPlugin, context: PlatformContext, language: str) -> Checked:
    return Checked() if plugin.check is None else await plugin.check(context, language)


def _keys(entries: list[Entry]) -> str:
    return ", ".join(entry.key for entry in entries)


def _in_order(options: Mapping[str, str], needed: list[Entry]) -> dict[str, str]:
    """The credentials first."""
    first = {entry.key: options[entry.key] for entry in needed if entry.key in options}
    return {**first, **options}


def lines(checked: Checked) -> list[str]:
    """What a check found, a line each."""
    return [f"{_mark(note)} {note.text}" for note in checked.notes]


def _mark(note: Note) -> str:
    return "✓" if note.good else "!"
