"""What people do with more than words: buttons, menus, forms and native commands.

Discord shows a failure after 3 seconds, so an acknowledgement waits for nothing. Where the answer
is the acknowledgement itself (a form, suggestions), it goes ahead of everything else.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import structlog

from cc_connect.contract.command import CommandSpec, Outcome
from cc_connect.contract.inbound import Inbound, Invoked, Said
from cc_connect.platforms.discord import inbound as reading
from cc_connect.platforms.discord import invoking
from cc_connect.platforms.discord.components import modal
from cc_connect.platforms.discord.custom_ids import action_of, opens_form
from cc_connect.platforms.discord.errors import WIRE_ERRORS, translated
from cc_connect.platforms.discord.forms import LOST
from cc_connect.platforms.discord.inbound import Place
from cc_connect.platforms.discord.invocations import Waiting
from cc_connect.platforms.discord.menu import ON_MESSAGE, WHY, WHY_COMMAND, suggestions
from cc_connect.platforms.discord.reception import Parts, Reception
from cc_connect.platforms.discord.threads import name_of
from cc_connect.platforms.discord.wire import Draft, Json, number, part, text

COMPONENT = 3
"""Docs: Interactions > Interaction Type: 2 a command, 3 a component, 4 typing, 5 a form."""
GONE = "That message cannot be read any more."
ECHO = 300

log = structlog.get_logger(__name__)


class Acts:
    """Takes interactions as JSON; its entrance neither blocks nor raises."""

    def __init__(self, parts: Parts, reception: Reception) -> None:
        self._host = parts.host
        self._rest = parts.rest
        self._places = parts.places
        self._forms = parts.forms
        self._threads = parts.threads
        self._timings = parts.timings
        self._calls = parts.calls
        self._reception = reception

    def acted(self, data: Json) -> None:
        """Somebody did something."""
        name = text(part(data, "data"), "custom_id")
        match number(data, "type"):
            case 2 if invoking.kind_of(data) == ON_MESSAGE:
                self._at_once(data, partial(self._of_message, data))
            case 2:
                self._command(data)
            case 4:
                self._at_once(data, partial(self._suggest, data))
            case 5 if invoking.asked_about(data):
                self._call(data, partial(self._ask, data), echoed=True)
            case 3 if opens_form(name):
                self._at_once(data, partial(self._show_form, data, name))
            case 3 | 5 as kind:
                self._calls.pressed(*_token(data))
                self._at_once(data, partial(self._acknowledge, data))
                self._in_turn(data, partial(self._acted, data, kind))
            case _:
                pass

    def keep(self, one: Waiting) -> None:
        """Stay with a command that waits for its answer."""
        self._reception.queue(f"waits {one.interaction}", partial(self._calls.keep, one))

    # --- presses ------------------------------------------------------------------------------

    async def _acted(self, data: Json, kind: int) -> None:
        place = await self._place(data)
        read = reading.pressed if kind == COMPONENT else reading.submitted
        await self._reception.receive(read(data, place, self._reception.account))

    async def _acknowledge(self, data: Json) -> None:
        try:
            await self._rest.acknowledge(*_token(data))
        except WIRE_ERRORS as error:
            log.warning("discord: a press could not be acknowledged", error=str(translated(error)))

    async def _show_form(self, data: Json, name: str) -> None:
        form = await self._forms.find(action_of(name))
        if form is None:
            await self._open(data, None, LOST)
        else:
            await self._open(data, modal(form))

    async def _open(self, data: Json, form: Draft | None, lost: str = "") -> None:
        try:
            if form is None:
                await self._rest.whisper(*_token(data), lost)
            else:
                await self._rest.show_form(*_token(data), form)
        except WIRE_ERRORS as error:
            log.warning("discord: a form could not be opened", error=str(translated(error)))

    # --- commands -----------------------------------------------------------------------------

    def _command(self, data: Json) -> None:
        spec = self._spec(text(part(data, "data"), "name"))
        outcome = spec.outcome if spec else Outcome.SCREEN
        work = partial(self._invoked, data, spec)
        self._call(data, work, echoed=outcome is not Outcome.SCREEN)

    def _spec(self, name: str) -> CommandSpec | None:
        return next((spec for spec in self._host.commands() if spec.name == name), None)

    def _call(
        self, data: Json, work: Callable[[Waiting], Awaitable[None]], *, echoed: bool = False
    ) -> None:
        one = self._calls.begin(*_token(data), _channel(data), echoed=echoed)
        self.keep(one)
        self._reception.queue(f"acts in {_channel(data)}", partial(work, one))

    async def _invoked(self, data: Json, spec: CommandSpec | None, one: Waiting) -> None:
        account = self._reception.account
        heard = invoking.invoked(data, await self._place(data), account, spec)
        if not self._host.admits(heard):
            one.echoed = False
            await self._reception.receive(heard)
            return
        outcome = spec.outcome if spec else Outcome.SCREEN
        spoken = invoking.line(data, spec)
        if outcome is Outcome.TURN:
            heard = await self._in_thread(heard, spoken)
        await self._reception.receive(heard)
        match outcome:
            case Outcome.TURN:
                await self._echo(one, heard, f"`{_short(spoken)}`")
            case Outcome.SIGN:
                await self._calls.whisper(one, f"✓ `{_short(spoken)}`")
            case Outcome.SCREEN:
                pass

    async def _in_thread(self, heard: Inbound, spoken: str) -> Inbound:
        """The same in a thread of its own, where conversations have threads."""
        if self._threads is None or heard.private or heard.address.thread:
            return heard
        name = name_of(spoken, heard.sender.name)
        thread = await self._threads.open_bare(heard.address.chat, name)
        return _inside(heard, thread)

    async def _echo(self, one: Waiting, heard: Inbound, words: str) -> None:
        """Answer a command by what was ordered: what comes of it refers to that."""
        moved = heard.address.thread if heard.address.thread != one.channel else None
        content = f"{words} → <#{moved}>" if moved else words
        body: Draft = {"content": content, "allowed_mentions": {"parse": []}}
        with suppress(*WIRE_ERRORS):
            await self._calls.answer(one, body)

    async def _suggest(self, data: Json) -> None:
        typing = invoking.being_typed(data)
        if typing is None:
            return
        name = text(part(data, "data"), "name")
        found: tuple[str, ...] = ()
        try:
            async with asyncio.timeout(self._timings.suggest):
                place = await self._place(data)
                heard = invoking.invoked(data, place, self._reception.account, self._spec(name))
                found = await self._host.suggest(heard, name, typing.option, typing.prefix)
        except TimeoutError:
            log.info("discord: suggestions came too late", command=name)
        with suppress(*WIRE_ERRORS):
            await self._rest.suggest(*_token(data), suggestions(found))

    # --- the menu of a message ----------------------------------------------------------------

    async def _of_message(self, data: Json) -> None:
        if text(part(data, "data"), "name") != WHY:
            await self._open(data, invoking.question_form(invoking.target(data)))
            return
        one = self._calls.begin(*_token(data), _channel(data))
        self.keep(one)
        body = Invoked(WHY_COMMAND, {"message": invoking.target(data)})
        place = await self._place(data)
        await self._reception.receive(invoking.acted(data, place, self._reception.account, body))

    async def _ask(self, data: Json, one: Waiting) -> None:
        """A question about a message: the message is fetched, so this works after a restart."""
        try:
            message = await self._rest.look_up(_channel(data), invoking.asked_about(data))
        except WIRE_ERRORS as error:
            log.info("discord: a message asked about is gone", error=str(translated(error)))
            await self._calls.whisper(one, GONE)
            return
        place = await self._place(data)
        heard = invoking.question(data, place, self._reception.account, message)
        body = heard.body
        spoken = body.text if isinstance(body, Said) else ""
        if not self._host.admits(heard):
            one.echoed = False
            await self._reception.receive(heard)
            return
        if self._threads is not None and not heard.private and not heard.address.thread:
            found = await self._threads.open(message, spoken, heard.sender.name)
            heard = _inside(heard, found)
        await self._reception.receive(heard)
        link = f"https://discord.com/channels/{place.guild or '@me'}/{_channel(data)}/"
        quoted = "\n".join(f"> {line}" for line in _short(spoken).splitlines())
        await self._echo(one, heard, f"{quoted}\n-# {link}{text(message, 'id')}")

    # --- all of them --------------------------------------------------------------------------

    async def _place(self, data: Json) -> Place:
        account = self._reception.account
        hint = part(data, "channel")
        return await self._places.of(_channel(data), text(data, "guild_id"), account, hint)

    def _at_once(self, data: Json, work: Callable[[], Awaitable[None]]) -> None:
        self._reception.queue(f"answer {text(data, 'id')}", work)

    def _in_turn(self, data: Json, work: Callable[[], Awaitable[None]]) -> None:
        self._reception.queue(f"acts in {_channel(data)}", work)


def _inside(heard: Inbound, thread: str | None) -> Inbound:
    return replace(heard, address=replace(heard.address, thread=thread)) if thread else heard


def _token(data: Json) -> tuple[str, str]:
    return text(data, "id"), text(data, "token")


def _channel(data: Json) -> str:
    return text(data, "channel_id") or text(part(data, "channel"), "id")


def _short(spoken: str) -> str:
    return spoken if len(spoken) <= ECHO else f"{spoken[:ECHO]}…"
