"""Commands: found by name, checked against what the person may do, run, and their answer shown."""

from collections.abc import Mapping
from functools import partial

import structlog

from cc_connect.contract.command import Role
from cc_connect.core.command_line import Ambiguous, Line, Match, NoMatch, arguments, find
from cc_connect.core.desk import Call, Command
from cc_connect.core.texts import say
from cc_connect.runtime.counter import Counter
from cc_connect.runtime.sequence import Sequences
from cc_connect.runtime.visit import Visit

EVERY = "*"

log = structlog.get_logger(__name__)


class Orders:
    """Runs commands, however they were given."""

    def __init__(self, counter: Counter, sequences: Sequences) -> None:
        self._counter = counter
        self._sequences = sequences
        self._by_name = {command.spec.name: command for command in counter.commands}

    async def typed(self, visit: Visit, line: Line) -> bool:
        """Run what a line orders; False when it is for the agent."""
        match find(line.word, (command.spec for command in self._counter.commands)):
            case Match(spec):
                call = Call(spec.name, line.rest, arguments(line.rest, spec.options))
                await self._run(visit, self._by_name[spec.name], call)
                return True
            case Ambiguous(names):
                listed = ", ".join(f"/{name}" for name in names)
                text = say(visit.language, "ambiguous_command", name=line.word, names=listed)
                await self._counter.done(visit, text)
                return True
            case NoMatch():
                return await self._unknown(visit, line)

    async def invoked(self, visit: Visit, name: str, given: Mapping[str, str]) -> None:
        """Run a command that the platform offers natively."""
        command = self._by_name.get(name)
        if command is None:
            text = say(visit.language, "unbuilt_command", name=name)
            await self._counter.done(visit, text)
            return
        await self._run(visit, command, Call(name, " ".join(given.values()), given))

    async def _unknown(self, visit: Visit, line: Line) -> bool:
        if line.word in visit.actor.commands:
            return False
        if line.word in self._counter.unbuilt:
            text = say(visit.language, "unbuilt_command", name=line.word)
            await self._counter.done(visit, text)
            return True
        text = say(visit.language, "unknown_command", name=line.word)
        key = f"unknown:{visit.row}"
        await self._counter.tell(visit.actor.settings, key, text, visit.inbound)
        return False

    async def _run(self, visit: Visit, command: Command, call: Call) -> None:
        refusal = self._refusal(visit, command)
        if refusal:
            log.info("command refused", command=call.name, user=visit.inbound.sender.id)
            await self._counter.done(visit, refusal, private=True)
            return
        log.info("command", command=call.name, user=visit.inbound.sender.id)
        if command.slow:
            # Handled as soon as it begins: it is not to be done twice, nor to hold up what follows.
            await self._counter.done(visit)
            self._sequences.add(f"slow {visit.row}", partial(self._slow, visit, command, call))
            return
        screen = await command.run(call, await self._counter.desk(visit))
        await self._counter.answer(visit, screen.content, private=screen.private)

    async def _slow(self, visit: Visit, command: Command, call: Call) -> None:
        try:
            screen = await command.run(call, await self._counter.desk(visit))
        except Exception as error:
            log.exception("a command failed", command=call.name)
            detail = f"{type(error).__name__}: {error}"
            text = say(visit.language, "command_failed", name=call.name, detail=detail)
            await self._counter.done(visit, text)
        else:
            await self._counter.answer(visit, screen.content, private=screen.private)

    def _refusal(self, visit: Visit, command: Command) -> str:
        name = command.spec.name
        project = visit.actor.settings.project
        _, people = project.role_of(visit.inbound.sender.id)
        # The list of a role takes the place of the project's.
        disabled = people.disabled if people and people.disabled else project.disabled_commands
        if name in disabled or EVERY in disabled:
            return say(visit.language, "disabled_command", name=name)
        if visit.role < max(command.spec.role, Role.MEMBER):
            return say(visit.language, "admin_only", name=name)
        return ""
