"""`cc-connect init` and `cc-connect add`: from a few answers to a configuration that works."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cc_connect.app.called import called
from cc_connect.app.config import Loaded
from cc_connect.app.config.models import AUTO
from cc_connect.app.discovery import PluginFailed, Shelf
from cc_connect.app.projects import WEB
from cc_connect.app.setup import accounts, agents, edit
from cc_connect.app.setup.answers import Given, Unusable
from cc_connect.app.setup.blocks import Account, NewProject, account_block, project_block
from cc_connect.app.setup.terminal import Terminal
from cc_connect.contract.plugin import AgentPlugin, Checked, PlatformPlugin
from cc_connect.core.texts import Language, say

FIRST = ("discord", "weibo")
"""Offered first, in this order; the page, which everybody has anyway, comes last."""
_ODD = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Shelves:
    """What can be set up."""

    platforms: Shelf[PlatformPlugin]
    agents: Shelf[AgentPlugin]


class Dialogue:
    """One run of a set-up command on one file."""

    def __init__(
        self,
        terminal: Terminal,
        shelves: Shelves,
        given: Given,
        language: Language,
        environ: Mapping[str, str],
        command: str,
    ) -> None:
        self._terminal = terminal
        self._shelves = shelves
        self._given = given
        self._language = language
        self._environ = environ
        self._command = command

    # --- the commands -------------------------------------------------------------------------

    def add_project(self, path: Path) -> None:
        """Ask for everything a project needs and write it.

        Raises:
            Unusable: Something is missing or refused.
            CannotEdit: The file cannot be changed.
        """
        now = edit.current(path, self._environ)
        self._say("setup_adds" if now.there else "setup_new", path=path)
        account, checked, allowed = self._account()
        work_dir = self._work_dir()
        agent = self._agent()
        name = self._name(work_dir, now.names)
        project = NewProject(name, agent, work_dir, account)
        text = edit.appended(now, project_block(project))
        self._write(now, text, lambda loaded: _holds(loaded, name, agent, account))
        self._farewell(account, checked, allowed=allowed)

    def add_platform(self, path: Path) -> None:
        """Ask for the account of a platform and write it into a project that is there.

        Raises:
            Unusable: Something is missing or refused.
            CannotEdit: The file cannot be changed.
        """
        now = edit.current(path, self._environ)
        if not now.names:
            raise Unusable(say(self._language, "setup_no_project", path=path, command=called()))
        index = self._project(now.names)
        account, checked, allowed = self._account()
        text = edit.inserted(now, index, account_block(account))
        name = now.names[index]
        self._write(now, text, lambda loaded: _holds(loaded, name, "", account))
        self._farewell(account, checked, allowed=allowed)

    # --- questions ----------------------------------------------------------------------------

    def _account(self) -> tuple[Account, Checked, str | None]:
        plugin = self._platform()
        desk = accounts.Desk(plugin, self._given, self._terminal, self._language, self._environ)
        account, checked = desk.credentials()
        if checked.who:
            self._terminal.tell(f"✓ {checked.who}")
        for line in accounts.lines(checked):
            self._terminal.tell(line)
        if checked.link:
            self._terminal.tell()
            self._say("setup_invite")
            self._terminal.tell(f"  {checked.link}")
        allowed = desk.allow()
        if allowed:
            account = replace(account, options={**account.options, accounts.ALLOW: allowed})
        return account, checked, allowed

    def _platform(self) -> PlatformPlugin:
        shelf = self._shelves.platforms
        name = self._given.platform
        if not name:
            names = sorted(shelf.names, key=_place)
            name = names[self._choose("setup_platform", names, "--platform")]
        if name not in shelf.names:
            there = ", ".join(sorted(shelf.names))
            raise Unusable(say(self._language, "setup_unknown", name=name, there=there))
        try:
            return shelf.load(name)
        except PluginFailed as error:
            raise Unusable(str(error)) from error

    def _work_dir(self) -> str:
        text = self._given.work_dir
        while True:
            if not text and self._given.asking:
                self._terminal.tell()
                text = self._terminal.ask(say(self._language, "setup_work_dir"), str(Path.cwd()))
            path = Path(text or Path.cwd()).expanduser().absolute()
            if path.is_dir() and os.access(path, os.R_OK | os.X_OK):
                return str(path)
            wrong = say(self._language, "setup_no_folder", path=path)
            if self._given.work_dir or not self._given.asking:
                raise Unusable(wrong)
            self._terminal.tell(f"✗ {wrong}")
            text = ""

    def _agent(self) -> str:
        shelf = self._shelves.agents
        name = self._given.agent
        if name:
            if not agents.known(name, shelf):
                there = ", ".join(sorted(shelf.names))
                raise Unusable(say(self._language, "setup_unknown", name=name, there=there))
            return name
        found = agents.present(shelf, self._environ)
        if not found:
            self._say("setup_no_agent", install=agents.install_line(shelf))
            return AUTO
        chosen = found[0]
        if len(found) > 1 and self._given.asking:
            names = [f"{one.name} ({one.command})" for one in found]
            chosen = found[self._choose("setup_agent", names, "--agent")]
        self._present(chosen)
        return chosen.name

    def _present(self, chosen: agents.Present) -> None:
        told = agents.asked(
            self._shelves.agents.load(chosen.name), self._environ, self._language.value
        )
        self._terminal.tell(f"✓ {chosen.name}: {told.who or chosen.command}")
        for line in accounts.lines(told):
            self._terminal.tell(line)

    def _project(self, names: Sequence[str]) -> int:
        wanted = self._given.project
        if wanted:
            if wanted not in names:
                there = ", ".join(names)
                raise Unusable(say(self._language, "setup_unknown", name=wanted, there=there))
            return names.index(wanted)
        if len(names) == 1:
            return 0
        return self._choose("setup_project", names, "--project")

    def _choose(self, key: str, names: Sequence[str], flag: str) -> int:
        """Have one of several picked, by its number or its name."""
        if not self._given.asking:
            raise Unusable(say(self._language, "setup_missing", keys=flag))
        self._terminal.tell()
        self._say(key)
        for number, name in enumerate(names, 1):
            self._terminal.tell(f"  {number}) {name}")
        while True:
            answer = self._terminal.ask(say(self._language, "setup_number"), "1")
            if answer in names:
                return names.index(answer)
            if answer.isdecimal() and 1 <= int(answer) <= len(names):
                return int(answer) - 1

    def _name(self, work_dir: str, taken: Sequence[str]) -> str:
        wanted = self._given.project
        if wanted:
            if wanted in taken:
                raise Unusable(say(self._language, "setup_taken", name=wanted))
            return wanted
        first = _ODD.sub("-", Path(work_dir).name).strip("-") or "home"
        name, number = first, 1
        while name in taken:
            number += 1
            name = f"{first}-{number}"
        return name

    # --- the end ------------------------------------------------------------------------------

    def _write(self, now: edit.Current, text: str, meant: edit.Meant) -> None:
        warnings = edit.save(now, text, self._environ, meant)
        self._terminal.tell()
        self._say("setup_written", path=now.path)
        for warning in warnings:
            self._terminal.tell(str(warning))

    def _farewell(self, account: Account, checked: Checked, *, allowed: str | None) -> None:
        self._say("setup_start", command=self._command)
        if account.type == WEB:
            self._say("setup_open")
            return
        self._say("setup_send", who=checked.who or say(self._language, "setup_bot"))
        if allowed is not None and not allowed:
            self._say("setup_pair", command=called())

    def _say(self, key: str, **fields: object) -> None:
        self._terminal.tell(say(self._language, key, **fields))


def _place(name: str) -> tuple[int, str]:
    if name in FIRST:
        return FIRST.index(name), name
    return len(FIRST) + (name == WEB), name


def _holds(loaded: Loaded, name: str, agent: str, account: Account) -> bool:
    """Whether a configuration has the project with this account and, if one is named, the agent."""
    if loaded.config is None:
        return False
    project = next((one for one in loaded.config.projects if one.name == name), None)
    if project is None or (agent and project.agent.type != agent):
        return False
    return project.platforms[-1].type == account.type
