"""All conversations: found by their key, read from the store when needed, forgotten when idle."""

import asyncio
import uuid
from collections import ChainMap, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from secrets import token_hex

import structlog

from cc_connect.contract.agent import Fate, Trace
from cc_connect.contract.content import Text
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.platform import Capabilities, Kind, Support
from cc_connect.core.compose.turn import silent
from cc_connect.core.spec import Identity, resolve
from cc_connect.core.texts import say
from cc_connect.core.trail import joined
from cc_connect.core.turn.mail import OnRestart, Restarted
from cc_connect.core.turn.state import Conversation, Reach, Turn, restore
from cc_connect.runtime.actor import Actor
from cc_connect.runtime.attachments import Attachments
from cc_connect.runtime.grants import project_grants
from cc_connect.runtime.outbox import Outbox
from cc_connect.runtime.passes import Passes
from cc_connect.runtime.posts import Origin, posts
from cc_connect.runtime.record import Recorder, saved_codec
from cc_connect.runtime.sessions import current_used_elsewhere
from cc_connect.runtime.settings import Project, Settings
from cc_connect.store.changes import PostQueued
from cc_connect.store.codec import Unreadable
from cc_connect.store.errors import StoreError
from cc_connect.store.rows import ConversationRow
from cc_connect.store.store import Store

RECOVERED_AT_ONCE = 8
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
        self.passes = Passes()
        self._actors: OrderedDict[ConversationKey, Actor] = OrderedDict()
        self._defaults: dict[str, dict[str, str]] = {}
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
            if any(pending.id == request for pending in actor.state.unanswered):
                return actor
        return None

    async def _load(self, key: ConversationKey) -> Actor:
        row = await self._store.conversation(key.text)
        own = dict(await self._store.preferences("conversation", key.text))
        settings = Settings(
            self._projects[key.project],
            key.address,
            self._capabilities,
            ChainMap(own, await self._defaults_of(key.project)),
            self._store.folder / "long",
            self.passes.environment(key),
        )
        state = _restored(key, row, settings) or _newborn(key, settings)
        mine = tuple(grant for grant in state.granted if grant.reach is Reach.SESSION)
        shared = await project_grants(self._store, key.project, self._outbox.now())
        merge = settings.project.merge_queued
        state = replace(state, granted=(*mine, *shared), merge=merge)
        sessions = await self._store.sessions(key.text)
        recorder = Recorder(
            settings,
            self._outbox.now,
            sessions={session.id for session in sessions},
            titled={session.id for session in sessions if session.title},
            title=row.title if row else None,
        )
        keep = partial(self._attachments.keep, limit=settings.project.attachment_limit)
        actor = Actor(state, settings, recorder, self._store, self._outbox, keep, self._elsewhere)
        self._actors[key] = actor
        self._forget_idle()
        return actor

    async def _defaults_of(self, project: str) -> dict[str, str]:
        """What an admin set for the whole project: one table for all its conversations."""
        if project not in self._defaults:
            kept = dict(await self._store.preferences("project", project))
            self._defaults.setdefault(project, kept)
        return self._defaults[project]

    async def _elsewhere(self, actor: Actor, now: float) -> float | None:
        return await current_used_elsewhere(actor, self._store, now)

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
        at_once = asyncio.Semaphore(RECOVERED_AT_ONCE)
        await asyncio.gather(*(self._take_up(text, at_once) for text in sorted(open_keys)))

    async def _take_up(self, text: str, at_once: asyncio.Semaphore) -> None:
        """One conversation; a broken one must not keep the others, or the start, from going on."""
        async with at_once:
            try:
                key = ConversationKey.parse(text)
                if key.project not in self._projects:
                    log.warning("a conversation waits for its project", conversation=text)
                    return
                actor = await self.actor(key)
                actor.tell(await self._restarted(actor))
            except Exception:
                log.exception("a conversation could not be taken up", conversation=text)

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

    async def say_goodbye(self) -> None:
        """Tell the conversations in which a turn runs that the program ends."""
        for actor in self._actors.values():
            if actor.state.turn is None:
                continue
            try:
                await self._store.commit(self._goodbye(actor, actor.state.turn))
            except StoreError as error:
                log.warning("a goodbye could not be written", error=str(error))
                return
            self._outbox.wake(actor.settings.address.lane)

    def _goodbye(self, actor: Actor, turn: Turn) -> tuple[PostQueued, ...]:
        settings = actor.settings
        resumed = settings.project.on_restart is OnRestart.RESUME
        text = say(settings.language, "going_down" if resumed else "going_down_ends")
        origin = Origin(actor.state.key.text, turn.id, turn.item.message or None)
        key = f"goodbye:{uuid.uuid4().hex}"
        content = (*_shown(settings, turn), Text(text))
        return posts(settings, content, key, Kind.NOTICE, self._outbox.now(), origin)

    async def end(self) -> None:
        """Close all agents, all at once."""
        await asyncio.gather(*(actor.end() for actor in self._actors.values()))


def _shown(settings: Settings, turn: Turn) -> tuple[Text, ...]:
    """What people have read of the answer where it is kept nowhere: a stream is gone after this.

    A chat keeps its live message as it is.
    """
    if settings.can.stream is Support.NONE or not settings.display.text:
        return ()
    read = joined(turn.text).strip() or joined(turn.said).strip()
    return (Text(read),) if silent(read) else ()


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
    identity = Identity.of(saved.spec)
    return _with_spec(state, settings, identity)


def _newborn(key: ConversationKey, settings: Settings) -> Conversation:
    session = str(uuid.uuid4())
    state = Conversation(
        key=key,
        tag=token_hex(4),
        spec=settings.spec,
        session=session,
        limit=settings.project.queue_limit,
    )
    return _with_spec(state, settings, Identity(session))


def _with_spec(state: Conversation, settings: Settings, identity: Identity) -> Conversation:
    spec = resolve(settings.spec, settings.preferences, identity)
    return replace(state, spec=spec)
