"""Old messages from while the program was away: held, asked about, then run or skipped.

A held message is a row of the inbox in a state of its own. What asks about it is a stored post,
written together with the note in the row that it was asked about; so a kill at any instant loses
neither, and nobody is asked twice.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence

import structlog

from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.inbound import Said
from cc_connect.contract.platform import Amend, Kind, Support
from cc_connect.core.compose.missed import missed_prompt, missed_settled
from cc_connect.core.degrade import degrade, pieces
from cc_connect.core.desk import Missed
from cc_connect.runtime.actor import Actor
from cc_connect.runtime.directory import Directory
from cc_connect.runtime.outbox import KEY, Outbox
from cc_connect.runtime.posts import Origin, posts
from cc_connect.store.changes import Change, InboxMoved, InboxState, PostQueued
from cc_connect.store.rows import HeldRow
from cc_connect.store.store import Store

GATHER = 1.0
"""Seconds without another one after which people are asked: about all of them at once."""
AGAIN = 5.0
"""Seconds after which asking is tried again when it failed."""

log = structlog.get_logger(__name__)


class Held:
    """Knows the held messages of all conversations; it keeps none of them in memory.

    `take_up` hands one on, as if it had just come in.
    """

    def __init__(self, store: Store, outbox: Outbox, directory: Directory) -> None:
        self.take_up: Callable[[HeldRow], Awaitable[None]] | None = None
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._asking: set[asyncio.Task[None]] = set()

    def came(self, conversation: str, seconds: float = GATHER) -> None:
        """One was stored; ask soon, with those that follow at once."""
        earlier = self._timers.pop(conversation, None)
        if earlier is not None:
            earlier.cancel()
        loop = asyncio.get_running_loop()
        self._timers[conversation] = loop.call_later(seconds, self._due, conversation)

    def _due(self, conversation: str) -> None:
        del self._timers[conversation]
        task = asyncio.create_task(self._ask(conversation), name=f"missed-{conversation}")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def recover(self) -> None:
        """After a start: ask about what was stored and not asked about."""
        for conversation in await self._store.unasked():
            self.came(conversation)

    async def stop(self) -> None:
        """Ask no more; what was not asked is asked after the next start."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        tasks = set(self._asking)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _ask(self, conversation: str) -> None:
        try:
            actor = await self._directory.actor(ConversationKey.parse(conversation))
            rows = [row for row in await self._store.held(conversation) if row.prompt is None]
            if rows:
                await self._store.commit(self._prompt(actor, rows))
                self._outbox.wake(actor.settings.address.lane)
        except KeyError:
            log.warning("old messages wait for their project", conversation=conversation)
        except Exception:
            log.exception("nobody could be asked about old messages", conversation=conversation)
            self.came(conversation, AGAIN)

    def _prompt(self, actor: Actor, rows: Sequence[HeldRow]) -> list[Change]:
        settings, now = actor.settings, self._outbox.now()
        key = f"missed:{rows[0].id}"
        content = missed_prompt([told(row) for row in rows], now, settings.language)
        mention = tuple(dict.fromkeys(row.inbound.sender.id for row in rows))
        reply_to = rows[0].inbound.id if len(rows) == 1 else None
        origin = Origin(actor.state.key.text, None, reply_to, mention)
        return [
            *(InboxMoved(row.id, "held", reason=key) for row in rows),
            *posts(settings, content, key, Kind.PROMPT, now, origin),
        ]

    async def listed(self, actor: Actor) -> tuple[Missed, ...]:
        """What waits in a conversation."""
        return tuple(told(row) for row in await self._store.held(actor.state.key.text))

    async def settle(self, actor: Actor, rows: Sequence[int], *, run: bool) -> None:
        """Run or skip these, and show it in the prompts that asked; others stay as they are."""
        held = await self._store.held(actor.state.key.text)
        chosen = [row for row in held if row.id in rows]
        if not chosen:
            return
        state: InboxState = "todo" if run else "withdrawn"
        changes: list[Change] = [InboxMoved(row.id, state) for row in chosen]
        for prompt in dict.fromkeys(row.prompt for row in chosen if row.prompt):
            settled = [row for row in chosen if row.prompt == prompt]
            left = [row for row in held if row.prompt == prompt and row not in chosen]
            changes += self._redrawn(actor, prompt, left, len(settled), run=run)
        await self._store.commit(changes)
        self._outbox.wake(actor.settings.address.lane)
        if run and self.take_up is not None:
            for row in chosen:
                await self.take_up(row)

    async def recalled(self, actor: Actor, message: str) -> None:
        """Its author took a message back: nobody need be asked about it any more."""
        held = await self._store.held(actor.state.key.text)
        rows = [row.id for row in held if row.inbound.id == message]
        await self.settle(actor, rows, run=False)

    def _redrawn(
        self, actor: Actor, prompt: str, left: Sequence[HeldRow], settled: int, *, run: bool
    ) -> list[Change]:
        settings, now = actor.settings, self._outbox.now()
        if settings.can.edit is Support.NONE:
            return []
        if left:
            content = missed_prompt([told(row) for row in left], now, settings.language)
        else:
            content = missed_settled(settled, settings.language, run=run)
        last = pieces(degrade(content, settings.can, settings.language), settings.can)[-1]
        amend = Amend(settings.address, f"{KEY}{prompt}", last, Kind.PROMPT)
        return [PostQueued(f"redraw:{uuid.uuid4().hex}", amend, now, actor.state.key.text)]


def told(row: HeldRow) -> Missed:
    """A held message as commands and prompts know it."""
    body = row.inbound.body
    text = body.text if isinstance(body, Said) else ""
    if isinstance(body, Said) and body.media:
        text = " ".join((text, *(f"📎 {one.name}" for one in body.media))).strip()
    at = row.inbound.sent_at or row.received
    return Missed(row.id, row.inbound.sender, text, at)
