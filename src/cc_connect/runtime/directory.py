"""All conversations: found by their key, read from the store when needed, forgotten when idle."""

import asyncio
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from secrets import token_hex

import structlog

from cc_connect.contract.agent import Fate, Trace
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.platform import Capabilities
from cc_connect.core.spec import Identity, resolve
from cc_connect.core.texts import say
from cc_connect.core.turn.mail import Restarted
from cc_connect.core.turn.state import Conversation, restore
from cc_connect.runtime.actor import Actor
from cc_connect.runtime.attachments import Attachments
from cc_connect.runtime.outbox import Outbox
from cc_connect.runtime.record import Recorder, saved_codec
from cc_connect.runtime.settings import Project, Settings
from cc_connect.store.codec import Unreadable
from cc_connect.store.rows import ConversationRow
from cc_connect.store.store import Store

KEPT_IDLE = 200
"""Conversations without work that are kept at hand; any other is read from the store again."""

log = structlog.get_logger(__name__)


class Directory:
    """Finds or makes the actor of a conversation; there is never more than one."""

    def __init__(
        self,
        projects: Mapping[str, Project],
        capabilities: Callable[[Address], Capabilities],
        store: Store,
        outbox: Outbox,
        attachments: Attachments,
    ) -> None:
        self._projects = projects
        self._capabilities = capabilities
        self._store = store
        self._outbox = outbox
        self._attachments = attachments
        self._actors: OrderedDict[ConversationKey, Actor] = OrderedDict()
        self._loading: dict[ConversationKey, asyncio.Task[Actor]] = {}

    async def actor(self, key: ConversationKey) -> Actor:
        """The actor of this conversation, ready for mail."""
        known = self._actors.get(key)
        if known is not None:
            self._actors.move_to_end(key)
            return known
        loading = self._loading.get(key)
        if loading is None:
            loading = asyncio.create_task(self._load(key), name=f"load-{key.text}")
            self._loading[key] = loading
            loading.add_done_callback(lambda _: self._loading.pop(key, None))
        return await asyncio.shield(loading)

    def known(self) -> tuple[Actor, ...]:
        """The actors at hand."""
        return tuple(self._actors.values())

    def holding(self, request: str) -> Actor | None:
        """The conversation in which this request is open."""
        for actor in self._actors.values():
            if any(pending.id == request for pending in actor.state.pending.values()):
                return actor
        return None

    async def _load(self, key: ConversationKey) -> Actor:
        row = await self._store.conversation(key.text)
        preferences = dict(await self._store.preferences("conversation", key.text))
        settings = Settings(
            self._projects[key.project], key.address, self._capabilities, preferences
        )
        state = _restored(key, row, settings) or _newborn(key, settings)
        sessions = await self._store.sessions(key.text)
        recorder = Recorder(
            settings,
            self._outbox.now,
            sessions={session.id for session in sessions},
            titled={session.id for session in sessions if session.title},
            title=row.title if row else None,
        )
        keep = partial(self._attachments.keep, limit=settings.project.attachment_limit)
        actor = Actor(state, settings, recorder, self._store, self._outbox, keep)
        self._actors[key] = actor
        self._forget_idle()
        return actor

    def _forget_idle(self) -> None:
        if len(self._actors) <= KEPT_IDLE:
            return
        for key, actor in list(self._actors.items()):
            if len(self._actors) <= KEPT_IDLE:
                return
            if actor.idle:
                del self._actors[key]

    # --- after a start ------------------------------------------------------------------------

    async def recover(self) -> None:
        """Take up the conversations in which a turn ran or something waited at the last end."""
        open_keys = {turn.conversation for turn in await self._store.running_turns()}
        open_keys |= {request.conversation for request in await self._store.open_requests()}
        waiting = await self._store.open_inbox()
        open_keys |= {row.conversation for row in waiting if row.conversation and row.turn is None}
        for text in sorted(open_keys):
            key = ConversationKey.parse(text)
            if key.project not in self._projects:
                log.warning("a conversation waits for a project that is gone", conversation=text)
                continue
            actor = await self.actor(key)
            actor.tell(await self._restarted(actor))

    async def _restarted(self, actor: Actor) -> Restarted:
        trace = await self._trace(actor)
        project = actor.settings.project
        return Restarted(
            trace,
            project.on_restart,
            fresh=str(uuid.uuid4()),
            go_on=say(actor.settings.language, "go_on"),
        )

    async def _trace(self, actor: Actor) -> Trace | None:
        """What the agent's own transcript tells about the turn that ran."""
        state = actor.state
        if state.turn is None:
            return None
        library = actor.settings.project.agent.library()
        session = state.spec.resume or state.spec.session
        if library is None:
            return Trace(Fate.UNKNOWN)
        try:
            return await library.trace(session, state.turn.prompt)
        except Exception:
            log.exception("a transcript could not be read", session=session)
            return Trace(Fate.UNKNOWN)

    async def end(self) -> None:
        """Close all agents, all at once."""
        await asyncio.gather(*(actor.end() for actor in self._actors.values()))


def _restored(
    key: ConversationKey, row: ConversationRow | None, settings: Settings
) -> Conversation | None:
    if row is None:
        return None
    try:
        saved = saved_codec.loads(row.state)
    except Unreadable as error:
        log.error("a stored conversation cannot be read", conversation=key.text, error=str(error))
        return None
    state = restore(key, saved, settings.project.queue_limit)
    identity = Identity(saved.spec.session, saved.spec.resume, saved.spec.fork)
    return _with_spec(state, settings, identity)


def _newborn(key: ConversationKey, settings: Settings) -> Conversation:
    session = str(uuid.uuid4())
    state = Conversation(
        key=key,
        tag=token_hex(4),
        spec=settings.project.spec,
        session=session,
        limit=settings.project.queue_limit,
    )
    return _with_spec(state, settings, Identity(session))


def _with_spec(state: Conversation, settings: Settings, identity: Identity) -> Conversation:
    spec = resolve(settings.project.spec, settings.preferences, identity)
    return replace(state, spec=spec)
