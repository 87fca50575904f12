"""The way in: admission, inbox, route, and then a command, an answer or a prompt.

`receive` returns when a thing is stored; the rest happens in order, conversation by conversation.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import assert_never

import structlog

from cc_connect.contract.command import Role
from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.inbound import (
    Edited,
    Inbound,
    Invoked,
    Pressed,
    Recalled,
    Said,
    Submitted,
)
from cc_connect.core.actions import AnswerRequest, ItemOrder, RunCommand, decode
from cc_connect.core.admission import Admit, Ignore, Policy, Refuse, admit, role_of
from cc_connect.core.command_line import parse, unaliased
from cc_connect.core.pace import Pace
from cc_connect.core.texts import say
from cc_connect.core.turn.mail import Edited as TextEdited
from cc_connect.core.turn.mail import Hastened, Stop, Withdrawn
from cc_connect.core.turn.state import Busy, Item
from cc_connect.runtime.actor import Actor
from cc_connect.runtime.answers import Answering
from cc_connect.runtime.counter import Counter
from cc_connect.runtime.directory import Directory
from cc_connect.runtime.orders import Orders
from cc_connect.runtime.pairing import Door
from cc_connect.runtime.prompts import Prompts
from cc_connect.runtime.routes import Routes
from cc_connect.runtime.sequence import Sequences
from cc_connect.runtime.settings import Project
from cc_connect.runtime.suggesting import suggested
from cc_connect.runtime.trouble import store_trouble
from cc_connect.runtime.visit import Visit
from cc_connect.store.changes import Audited, InboxMoved, InboxState
from cc_connect.store.errors import StoreError
from cc_connect.store.rows import HeldRow, InboxRow
from cc_connect.store.store import Store

MOST_PACES = 1000

log = structlog.get_logger(__name__)


def key_of(inbound: Inbound, project: Project) -> ConversationKey:
    """The conversation something belongs to: a thread, a private chat, or one per person."""
    address = inbound.address
    shared = inbound.private or address.thread or address.platform in project.shared
    return ConversationKey(project.name, address, None if shared else inbound.sender.id)


class Intake:
    """Takes in what platforms receive."""

    def __init__(
        self,
        routes: Routes,
        directory: Directory,
        store: Store,
        door: Door,
        counter: Counter,
        now: Callable[[], float],
    ) -> None:
        self._routes = routes
        self._directory = directory
        self._store = store
        self._door = door
        self._counter = counter
        self._now = now
        self._sequences = Sequences()
        self._recovered = asyncio.Event()
        self._paces: dict[tuple[str, str], Pace] = {}
        self._orders = Orders(counter, self._sequences)
        self._answering = Answering(counter, directory)
        self._prompts = Prompts(counter)
        self._held = counter.held
        self._held.take_up = self._released

    async def receive(self, inbound: Inbound) -> None:
        """Store what came in, unless it is not meant for us; returns when it is safe.

        Waits for `recover`: what was stored before is first in line, and is taken up once.
        """
        await self._recovered.wait()
        project = self._routes.project(inbound)
        if project is None:
            log.warning("nothing serves this place", platform=inbound.address.platform)
            return
        role = self._role(inbound, project)
        policy = project.policies.get(inbound.address.platform, Policy())
        verdict = admit(inbound, policy, role)
        if isinstance(verdict, Admit) and not self._in_pace(inbound, project, role):
            verdict = Refuse("too_fast")
        match verdict:
            case Ignore():
                return
            case Refuse():
                await self._refuse(inbound, project, verdict)
            case Admit():
                key = key_of(inbound, project)
                at = self._now()
                held = self._too_old(inbound, project)
                row = await self._accept(inbound, project, key, at, "held" if held else "todo")
                if row is None:
                    log.info("received again", message=inbound.id)
                    return
                if held:
                    self._held.came(key.text)
                    return
                work = partial(self._handle, row, inbound, key, role, at)
                self._sequences.add(key.text, work)
            case _:
                assert_never(verdict)

    def admits(self, inbound: Inbound) -> bool:
        """Whether this would be let in, were it received now."""
        project = self._routes.project(inbound)
        if project is None:
            return False
        policy = project.policies.get(inbound.address.platform, Policy())
        return isinstance(admit(inbound, policy, self._role(inbound, project)), Admit)

    def _too_old(self, inbound: Inbound, project: Project) -> bool:
        """Said so long ago, while we were away, that a person must say whether it still counts."""
        if not inbound.missed or inbound.sent_at is None or not isinstance(inbound.body, Said):
            return False
        limit = project.catch_up_max_age
        return bool(limit) and self._now() - inbound.sent_at > limit

    async def _accept(
        self,
        inbound: Inbound,
        project: Project,
        key: ConversationKey,
        at: float,
        state: InboxState,
    ) -> int | None:
        try:
            return await self._store.accept(inbound, at=at, conversation=key.text, state=state)
        except StoreError as error:
            # The adapter tries again for a while; meanwhile the person should know why.
            settings = self._counter.settings_for(project, inbound.address)
            text = store_trouble(error, settings, taken=False)
            self._counter.outbox.say_now(inbound.address, text)
            raise

    def _in_pace(self, inbound: Inbound, project: Project, role: Role) -> bool:
        if role >= Role.ADMIN or inbound.missed or not isinstance(inbound.body, Said):
            return True
        key = (inbound.address.platform, inbound.sender.id)
        _, people = project.role_of(inbound.sender.id)
        limit = people.pace if people and people.pace else project.pace
        pace = self._paces.setdefault(key, Pace(*limit))
        if len(self._paces) > MOST_PACES:
            self._paces = {k: p for k, p in self._paces.items() if not p.empty}
        return pace.allow(self._now())

    def _role(self, inbound: Inbound, project: Project) -> Role:
        policy = project.policies.get(inbound.address.platform, Policy())
        members = self._door.members(inbound.address.platform, project.name)
        return role_of(inbound.sender, policy, members)

    async def _refuse(self, inbound: Inbound, project: Project, verdict: Refuse) -> None:
        audit = Audited(
            self._now(),
            inbound.sender.id,
            inbound.address.platform,
            f"message {type(inbound.body).__name__.lower()}",
            allowed=False,
            project=project.name,
            reason=verdict.reason,
        )
        row = await self._store.accept(
            inbound, at=self._now(), state="refused", reason=verdict.reason, also=(audit,)
        )
        log.info("refused", platform=inbound.address.platform, reason=verdict.reason)
        if row is None:
            return
        settings = self._counter.settings_for(project, inbound.address)
        if verdict.stranger:
            await self._door.answer_stranger(inbound, settings)
        else:
            text = say(settings.language, verdict.reason)
            await self._counter.tell(settings, f"refused:{row}", text, inbound)

    async def suggest(
        self, inbound: Inbound, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """Values a person could mean for an option of a command; nothing for strangers."""
        project = self._routes.project(inbound)
        role = self._role(inbound, project) if project is not None else Role.NOBODY
        if project is None or role is Role.NOBODY:
            return ()
        wish = (command, option, prefix)
        return await suggested(self._store, project, key_of(inbound, project), role, wish)

    async def recover(self) -> None:
        """After a start: what was stored but not yet handled, in the order it came.

        Call it once; nothing is received before it.
        """
        await self._routes.load(self._store)
        for row in await self._store.open_inbox():
            try:
                await self._take_up(row)
            except Exception:
                log.exception("a stored message could not be taken up", message=row.inbound.id)
        await self._held.recover()
        self._recovered.set()

    async def _take_up(self, row: InboxRow) -> None:
        if row.state != "todo" or row.conversation is None:
            return
        key = ConversationKey.parse(row.conversation)
        project = self._routes.projects.get(key.project)
        if project is None:
            return
        role = self._role(row.inbound, project)
        if role is Role.NOBODY:
            await self._store.commit((InboxMoved(row.id, "refused", reason="stranger"),))
            return
        work = partial(self._handle, row.id, row.inbound, key, role, row.received)
        self._sequences.add(key.text, work)

    async def _released(self, row: HeldRow) -> None:
        """A person wants an old message to be run: it is as if it came now."""
        await self._take_up(
            InboxRow(row.id, row.conversation, "todo", None, self._now(), row.inbound)
        )

    async def settle(self) -> None:
        """Wait until everything received so far is handled."""
        await self._sequences.settle()
        self._prompts.finish_all()

    async def stop(self) -> None:
        """Handle nothing more; what is stored is handled after the next start."""
        await self._held.stop()
        await self._sequences.stop()
        self._prompts.stop()

    # --- one thing, in its turn ---------------------------------------------------------------

    async def _handle(
        self, row: int, inbound: Inbound, key: ConversationKey, role: Role, received: float
    ) -> None:
        actor = await self._directory.actor(key)
        # What was said just before counts: "/ps" right behind a prompt finds its turn running.
        await actor.caught_up()
        visit = Visit(row, inbound, role, actor, received)
        try:
            await self._dispatch(visit)
        except Exception as error:
            log.exception("a message could not be handled", message=inbound.id)
            detail = f"{type(error).__name__}: {error}"
            name = type(inbound.body).__name__.lower()
            text = say(visit.language, "command_failed", name=name, detail=detail)
            await self._counter.done(visit, text)

    async def _dispatch(self, visit: Visit) -> None:
        body = visit.inbound.body
        match body:
            case Said():
                await self._said(visit, body)
            case Pressed(action=action, values=values):
                await self._pressed(visit, action, values)
            case Submitted(action=action, values=filled):
                await self._submitted(visit, action, filled)
            case Invoked(command=command, arguments=arguments):
                await self._orders.invoked(visit, command, arguments)
            case Edited(message=message, text=text):
                visit.actor.tell(TextEdited(message, text))
                await self._counter.done(visit)
            case Recalled(message=message):
                visit.actor.tell(Withdrawn(message=message))
                await self._held.recalled(visit.actor, message)
                await self._counter.done(visit)
            case _:
                assert_never(body)

    async def _said(self, visit: Visit, body: Said) -> None:
        text = unaliased(body.text, visit.actor.settings.project.aliases)
        if text != body.text:
            body = replace(body, text=text)
        line = parse(body.text) if not body.media else None
        if line is not None:
            self._prompts.finish(visit)
        if line is not None and await self._orders.typed(visit, line):
            return
        if not body.media and await self._answering.said(visit, body.text):
            return
        await self._prompts.told(visit, body)

    async def _pressed(self, visit: Visit, action_text: str, values: tuple[str, ...]) -> None:
        action = decode(action_text)
        match action:
            case AnswerRequest():
                await self._answering.pressed(visit, action, values)
            case ItemOrder():
                await self._item_ordered(visit, action)
            case RunCommand(line):
                chosen = " ".join((line, *values))
                parsed = parse(chosen)
                if parsed is None or not await self._orders.typed(visit, parsed):
                    await self._counter.done(visit)
            case None:
                log.warning("an unknown button was pressed", action=action_text[:100])
                await self._counter.done(visit, say(visit.language, "not_open"))
            case _:
                assert_never(action)

    async def _item_ordered(self, visit: Visit, order: ItemOrder) -> None:
        found = self._meant(visit, order)
        if found is None:
            gone = "nothing_runs" if order.order == "stop" else "not_open"
            await self._counter.done(visit, say(visit.language, gone))
            return
        actor, item = found
        # As `/stop` typed there: whoever shares a conversation may stop what runs in it.
        shared = order.order == "stop" and actor is visit.actor
        mine = shared or item.author.id == visit.inbound.sender.id
        if visit.role < Role.ADMIN and not mine:
            text = say(visit.language, "not_yours", who=item.author.name)
            await self._counter.done(visit, text, private=True)
            return
        text = ""
        if order.order == "stop":
            actor.tell(Stop(visit.inbound.sender))
            text = say(visit.language, "stopping")
        elif order.order == "remove":
            actor.tell(Withdrawn(item=item.id))
        elif order.order in {Busy.STEER.value, Busy.INTERRUPT.value}:
            actor.tell(Hastened(item.id, Busy(order.order)))
        await self._counter.done(visit, text)

    def _meant(self, visit: Visit, order: ItemOrder) -> tuple[Actor, Item] | None:
        """What a button is about; in a channel it may be pressed in front of somebody else's."""
        place = visit.inbound.address
        for actor in self._directory.known():
            if actor.settings.address.lane != place.lane:
                continue
            state = actor.state
            running = () if state.turn is None else (state.turn.item,)
            items = running if order.order == "stop" else state.queue
            for item in items:
                if item.id == order.item:
                    return actor, item
        return None

    async def _submitted(self, visit: Visit, action_text: str, filled: Mapping[str, str]) -> None:
        action = decode(action_text)
        if isinstance(action, AnswerRequest):
            await self._answering.submitted(visit, action, filled)
        else:
            await self._counter.done(visit, say(visit.language, "not_open"))
