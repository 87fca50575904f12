"""The desk at which commands act: a conversation as `core.desk` describes it."""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from cc_connect.contract.agent import AgentFeatures, Decision, SessionSpec
from cc_connect.contract.command import CommandSpec, Role
from cc_connect.contract.inbound import Person
from cc_connect.core.desk import (
    AgentFact,
    Facts,
    Hit,
    Missed,
    Passage,
    Running,
    Said,
    SessionFact,
    Usage,
)
from cc_connect.core.spec import (
    AGENT,
    BUSY,
    DETAIL,
    EFFORT,
    FOLDER,
    HANDED,
    LANGUAGE,
    MODE,
    MODEL,
    OWN_ACCOUNT,
    PROVIDER,
    STYLE,
    Identity,
    ModelChoice,
    Source,
    Supplier,
    resolve,
)
from cc_connect.core.turn.mail import Decided, Respec, Stop, Told
from cc_connect.core.turn.state import Busy, Grant, Item, Request
from cc_connect.core.workplace import Unable
from cc_connect.runtime import sessions
from cc_connect.runtime.actor import Actor
from cc_connect.runtime.folders import MOST_FOLDERS, reachable
from cc_connect.runtime.grants import Granting, in_force
from cc_connect.runtime.handing import EXCHANGES, handover
from cc_connect.runtime.missed import Held
from cc_connect.runtime.routes import Routes
from cc_connect.runtime.settings import Project
from cc_connect.runtime.workplace import Folder
from cc_connect.store.changes import (
    Bound,
    PreferenceCleared,
    PreferenceSet,
    Scope,
    SessionDeleted,
    SessionRenamed,
    SessionTouched,
)
from cc_connect.store.store import Store

_ONLY_SHOWN = frozenset({LANGUAGE, DETAIL, STYLE, BUSY})
"""Preferences that change what people see, and nothing about the agent."""


LOOKED_BACK = 20
"""Turns among which the last one with figures is looked for."""


@dataclass(slots=True)
class ConversationDesk:
    """A conversation and the person at it. Made for one command."""

    actor: Actor
    person: Person
    role: Role
    store: Store
    now: Callable[[], float]
    specs: tuple[CommandSpec, ...]
    version: str
    known: Callable[[], tuple[Actor, ...]]
    held: Held
    message: str = ""
    replied: str = ""
    routes: Routes | None = None
    session_name: str = ""

    async def prepare(self) -> "ConversationDesk":
        """Read what `facts` tells from the store."""
        row = await self.store.session(self.actor.state.session)
        self.session_name = (row.name or row.title or "") if row else ""
        return self

    def projects(self) -> tuple[str, ...]:
        """Projects that this conversation could be about."""
        return self.routes.offered(self.actor.state.key.address) if self.routes else ()

    async def work_on(self, project: str) -> None:
        """Whatever is said at this place is for another project."""
        if self.routes is not None:
            await self.routes.choose(self.store, self.actor.state.key.address, project)

    def facts(self) -> Facts:
        """How things stand."""
        state, settings = self.actor.state, self.actor.settings
        return Facts(
            project=settings.project.name,
            agent=settings.project.agent.features().display_name,
            platform=settings.address.platform,
            chat=settings.address.chat,
            cwd=state.spec.cwd,
            session=state.session,
            session_name=self.session_name,
            agent_session=state.spec.resume,
            mode=state.spec.mode,
            model=state.spec.model,
            effort=state.spec.effort,
            provider=settings.supplier,
            busy=settings.busy,
            detail=settings.preferences.get(DETAIL, ""),
            language=settings.language,
            queue=len(state.queue),
            pending=state.unanswered,
            running=self._running(),
            version=self.version,
        )

    def _running(self) -> Running | None:
        turn, presenter = self.actor.state.turn, self.actor.presenter
        if turn is None or presenter is None:
            return None
        return Running(self.now() - presenter.started, presenter.progress.doing, turn.steps)

    def features(self) -> AgentFeatures:
        """What the agent can do."""
        return self.actor.settings.project.agent.features()

    @property
    def workplace(self) -> Folder:
        """The folder of the conversation."""
        return Folder(self.actor.settings, self.actor.state.spec.cwd)

    def agent_commands(self) -> frozenset[str]:
        """The agent's own commands."""
        return self.actor.commands

    def commands(self) -> tuple[CommandSpec, ...]:
        """Everything that can be ordered here."""
        return self.specs

    def stop(self) -> bool:
        """Stop the running turn."""
        running = self.actor.state.turn is not None
        self.actor.tell(Stop(self.person))
        return running

    def submit(self, text: str, busy: Busy | None = None) -> None:
        """Ask the agent."""
        item = Item(
            id=str(uuid.uuid4()),
            inbox=0,
            message=self.message,
            author=self.person,
            text=text,
            at=self.now(),
        )
        self.actor.tell(Told(item, busy or self.actor.settings.busy))

    def decide(self, request: Request, decision: Decision) -> None:
        """Answer a request."""
        self.actor.tell(Decided(request.id, decision, self.person))

    def may_answer(self, request: Request) -> bool:
        """The requester and admins may; what nobody asked for, every member."""
        return may_answer(request, self.person, self.role, self.actor.settings.project)

    def grants(self) -> tuple[Grant, ...]:
        """Standing permissions that are in force."""
        return in_force(self.actor.state.granted, self.now())

    async def grant(self, grant: Grant) -> None:
        """Give a standing permission."""
        await self._granting.give(grant, self.person, self.now())

    async def revoke(self, grant: Grant) -> None:
        """Take a standing permission."""
        await self._granting.take(grant, self.now())

    @property
    def _granting(self) -> Granting:
        return Granting(self.actor, self.known(), self.store)

    async def prefer(self, name: str, value: str | None, *, everywhere: bool = False) -> None:
        """Set or clear a preference."""
        await self._remember(name, value, everywhere=everywhere)
        if name in _ONLY_SHOWN:
            return
        others = self.known() if everywhere else ()
        for actor in dict.fromkeys((self.actor, *others)):
            if actor.settings.project is self.actor.settings.project:
                actor.tell(Respec(_as_set(actor), gently=True))
        await self.actor.caught_up()

    async def _remember(self, name: str, value: str | None, *, everywhere: bool = False) -> None:
        scope: Scope = "project" if everywhere else "conversation"
        key = self.actor.state.key.project if everywhere else self.actor.state.key.text
        own, shared = self.actor.settings.preferences.maps
        preferences = shared if everywhere else own
        if value is None:
            await self.store.commit((PreferenceCleared(scope, key, name),))
            preferences.pop(name, None)
        else:
            change = PreferenceSet(scope, key, name, value, self.person.id, self.now())
            await self.store.commit((change,))
            preferences[name] = value

    def source(self, name: str) -> Source:
        """Where a preference comes from."""
        own, shared = self.actor.settings.preferences.maps
        if name == MODE and self._mode_moved():
            return Source.SESSION
        if name in own:
            return Source.CONVERSATION
        return Source.PROJECT if name in shared else Source.CONFIGURATION

    def _mode_moved(self) -> bool:
        """Whether the agent changed its mode by itself, as after a plan that was approved."""
        return self.actor.state.spec.mode != _as_set(self.actor).mode

    def suppliers(self) -> tuple[Supplier, ...]:
        """The providers of the project."""
        return self.actor.settings.project.suppliers

    def models(self) -> tuple[ModelChoice, ...]:
        """What /model offers."""
        used = self.actor.settings.supplier
        own = next((one.models for one in self.suppliers() if one.name == used), ())
        return own or tuple(ModelChoice(name) for name in self.features().models)

    async def agents(self) -> tuple[AgentFact, ...]:
        """The agents that can work here."""
        own = self.actor.settings.own
        used = self.actor.settings.project.agent_type
        names = await asyncio.to_thread(own.others.installed) if own.others else (own.agent_type,)
        titles = {name: own.with_agent(name).agent.features().display_name for name in names}
        return tuple(AgentFact(name, titles[name], name == used) for name in names)

    async def employ(self, agent: str) -> bool:
        """Give the conversation to another agent."""
        before = self.actor.settings.project.agent.features().display_name
        told = handover(await self.history(EXCHANGES), before)
        await self._remember(HANDED, told or None)
        await self._engage(agent)
        await self._begin(Identity(str(uuid.uuid4())))
        return bool(told)

    async def _engage(self, agent: str) -> None:
        """Another agent from now on; what was set for the one before is a stranger to it."""
        own = self.actor.settings.own
        spec, shared = own.with_agent(agent).spec, self.actor.settings.preferences.maps[1]
        plain = {MODE: spec.mode, MODEL: spec.model, EFFORT: spec.effort, PROVIDER: OWN_ACCOUNT}
        for name, value in plain.items():
            await self._remember(name, value if name in shared else None)
        await self._remember(AGENT, None if agent == own.agent_type else agent)

    def configuration(self) -> str:
        """The configuration of the project."""
        return self.actor.settings.project.configured

    async def sessions(self) -> tuple[SessionFact, ...]:
        """The sessions of the conversation."""
        return await sessions.all_sessions(self.actor, self.store)

    async def listed(self) -> tuple[str, ...]:
        """What the last list showed."""
        return await sessions.listed(self.actor, self.store)

    async def note_listed(self, shown: tuple[str, ...]) -> None:
        """A list was shown."""
        await sessions.note_listed(self.actor, self.store, shown)

    async def used_elsewhere(self, session: SessionFact) -> float | None:
        """Whether another program works on a session."""
        if session.current and self.actor.state.turn is not None:
            return None  # that is us
        return await sessions.used_elsewhere(self.actor, session, self.now())

    async def start_session(self, name: str = "") -> None:
        """Make a new session the one in use."""
        session = str(uuid.uuid4())
        await self._use(Identity(session))
        if name:
            await self.rename(name)

    async def switch(self, session: str) -> None:
        """Make an old session the one in use."""
        row = await self.store.session(session)
        if row is None:
            await self._adopt(session)
            return
        if row.cwd != self.actor.state.spec.cwd:
            # An agent finds a session only in the folder in which it was begun.
            await self._remember(FOLDER, row.cwd)
        if row.agent != self.actor.settings.project.agent_type:
            await self._engage(row.agent)
        await self._use(Identity(row.id, row.agent_session))

    async def _adopt(self, agent_session: str) -> None:
        """Take over a session that was begun in a terminal; the agent must keep it."""
        kept = await sessions.kept_by_agent(self.actor)
        old = next((one for one in kept if one.id == agent_session), None)
        if old is None:
            return
        session, now = str(uuid.uuid4()), self.now()
        await self._use(Identity(session, agent_session))
        bound = Bound(session, agent_session, "resumed", now)
        titled = SessionTouched(session, now, turns=old.turns, title=old.title or None)
        await self.store.commit((bound, titled))
        self.actor.recorder.titled.add(session)
        await self.prepare()

    async def fork(self, name: str = "") -> None:
        """Go on with a copy of the session in use."""
        await self._use(Identity(str(uuid.uuid4()), self.actor.state.spec.resume, fork=True))
        if name:
            await self.rename(name)

    async def delete(self, session: str) -> None:
        """Remove a session for good."""
        library = self.actor.settings.project.agent.library()
        row = await self.store.session(session)
        if row is None and library is not None:
            if not await self.store.bound((session,)):
                await library.delete(session)
            return
        if row is None or row.id == self.actor.state.session:
            return
        library = self.actor.settings.own.with_agent(row.agent).agent.library()
        bindings = await self.store.bindings(row.id)
        await self.store.commit((SessionDeleted(row.id, self.now()),))
        if library is not None:
            ids = {binding.agent_session for binding in bindings}
            # A copy that was not begun yet is made of the transcript of its original.
            for agent_session in ids - {self.actor.state.spec.resume}:
                await library.delete(agent_session)

    # --- folders ------------------------------------------------------------------------------

    async def folders(self) -> tuple[str, ...]:
        """Where the conversation was."""
        kept = await self.store.load("folders", self.actor.state.key.text)
        cwd = self.actor.state.spec.cwd
        return (cwd, *(folder for folder in json.loads(kept or "[]") if folder != cwd))

    async def go(self, folder: str) -> str | Unable:
        """Work in another folder from now on."""
        project, cwd = self.actor.settings.project, self.actor.state.spec.cwd
        wanted = folder or project.spec.cwd
        found = await asyncio.to_thread(reachable, wanted, cwd, project.spec.cwd, project.roots)
        if isinstance(found, Unable) or found == cwd:
            return found
        been = (found, *(other for other in await self.folders() if other != found))
        key = self.actor.state.key.text
        await self.store.save("folders", key, json.dumps(been[:MOST_FOLDERS], ensure_ascii=False))
        await self._remember(FOLDER, found if folder else None)
        await self.start_session()
        return found

    async def _use(self, identity: Identity) -> None:
        if HANDED in self.actor.settings.preferences:
            await self._remember(HANDED, None)
        await self._begin(identity)

    async def _begin(self, identity: Identity) -> None:
        settings = self.actor.settings
        spec = resolve(settings.spec, settings.preferences, identity)
        self.actor.tell(Respec(replace(spec), identity.session))
        await self.actor.caught_up()
        await self.prepare()

    async def rename(self, name: str) -> None:
        """Name the session in use."""
        await self.store.commit((SessionRenamed(self.actor.state.session, name),))
        self.session_name = name

    async def why(self, message: str = "") -> tuple[Passage, ...]:
        """What became of a message."""
        key = self.actor.state.key.text
        lines = await self.store.trace(message or self.replied, key)
        if not (lines or message):
            lines = await self.store.trace("", key)
        return tuple(Passage(line.at, line.step, line.detail) for line in lines)

    async def missed(self) -> tuple[Missed, ...]:
        """Old messages that wait for a word."""
        return await self.held.listed(self.actor)

    async def settle_missed(self, rows: tuple[int, ...], *, run: bool) -> None:
        """Run or skip some of them."""
        await self.held.settle(self.actor, rows, run=run)

    async def history(self, last: int) -> tuple[Said, ...]:
        """The last turns of the session in use."""
        return await sessions.history(self.actor, self.store, last)

    async def search(self, words: str, limit: int) -> tuple[Hit, ...]:
        """The latest turns with all these words."""
        rows = await self.store.find_turns(self.actor.state.key.text, words.split(), limit=limit)
        return tuple(
            Hit(row.session, Said(row.prompt, row.answer or ""), row.started) for row in rows
        )

    async def usage(self) -> Usage | None:
        """What the last turn of the session in use has cost."""
        rows = await self.store.turns(self.actor.state.key.text, limit=LOOKED_BACK)
        mine = (row for row in rows if row.session == self.actor.state.session and row.usage)
        row = next(mine, None)
        return Usage(**json.loads(row.usage)) if row is not None and row.usage else None


def may_answer(request: Request, person: Person, role: Role, project: Project) -> bool:
    """Whether a person is one of those who answer requests in this project.

    What nobody asked for is answered by every member, where the requester might answer.
    """
    who = project.approvers
    if project.roles and project.role_of(person.id)[0] in who:
        return True
    if role >= Role.ADMIN and "admin" in who:
        return True
    if role >= Role.MEMBER and "member" in who:
        return True
    if "requester" not in who:
        return False
    if request.requester is None:
        return role >= Role.MEMBER
    return request.requester.id == person.id


def _as_set(actor: Actor) -> SessionSpec:
    """The spec of the session in use as configuration and preferences want it."""
    settings = actor.settings
    return resolve(settings.spec, settings.preferences, Identity.of(actor.state.spec))
