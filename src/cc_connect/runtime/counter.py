"""What handlers of incoming things share: saying something, and closing a row of the inbox."""

import uuid
from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass, replace

from cc_connect.contract.content import Content, Text
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound
from cc_connect.contract.platform import Amend, Capabilities, Kind, Platform
from cc_connect.core.degrade import degrade, pieces
from cc_connect.core.desk import Command
from cc_connect.core.texts import described
from cc_connect.runtime.actor import Actor
from cc_connect.runtime.attachments import Attachments
from cc_connect.runtime.desk import ConversationDesk
from cc_connect.runtime.missed import Held
from cc_connect.runtime.outbox import KEY, Outbox
from cc_connect.runtime.posts import Origin, posts
from cc_connect.runtime.routes import Routes
from cc_connect.runtime.settings import Project, Settings
from cc_connect.runtime.visit import Visit
from cc_connect.store.changes import InboxMoved, PostQueued
from cc_connect.store.store import Store


@dataclass(frozen=True, slots=True)
class Counter:
    """The tools of the handlers; holds no state of its own."""

    store: Store
    outbox: Outbox
    attachments: Attachments
    capabilities: Callable[[Address], Capabilities]
    commands: tuple[Command, ...]
    unbuilt: frozenset[str]
    version: str
    known: Callable[[], tuple[Actor, ...]]
    held: Held
    routes: Routes

    def now(self) -> float:
        """Unix seconds."""
        return self.outbox.now()

    def platform(self, instance: str) -> Platform | None:
        """The platform instance of that name."""
        return self.outbox.platform(instance)

    def settings_for(self, project: Project, address: Address) -> Settings:
        """Settings for a place where there is no conversation yet."""
        return Settings(project, address, self.capabilities, ChainMap())

    async def done(self, visit: Visit, text: str = "", *, private: bool = False) -> None:
        """The thing is handled; say something about it, if there is something to say."""
        await self.answer(visit, (Text(text),) if text else (), private=private)

    async def answer(self, visit: Visit, content: Content, *, private: bool = False) -> None:
        """The thing is handled, and this is what it gives to read; `private`: only who did it."""
        settings = visit.actor.settings
        moved = InboxMoved(visit.row, "done", conversation=visit.actor.state.key.text)
        if not content:
            await self.store.commit((moved,))
            return
        whose = visit.inbound.sender.id if private else ""
        reply_to = self._reply_to(visit.inbound)
        origin = Origin(visit.actor.state.key.text, None, reply_to, only_for=whose)
        rows = posts(settings, content, f"answer:{visit.row}", Kind.NOTICE, self.now(), origin)
        await self.store.commit((moved, *rows))
        self.outbox.wake(settings.address.lane)

    async def tell(self, settings: Settings, key: str, text: str, inbound: Inbound) -> None:
        """Say something where there is no conversation."""
        origin = Origin(reply_to=self._reply_to(inbound))
        rows = posts(settings, (Text(text),), key, Kind.NOTICE, self.now(), origin)
        await self.store.commit(rows)
        self.outbox.wake(settings.address.lane)

    async def redraw(self, actor: Actor, key: str, content: Content) -> None:
        """Change a post that was made under `key`."""
        settings = actor.settings
        last = pieces(degrade(content, settings.can, settings.language), settings.can)[-1]
        amend = Amend(settings.address, f"{KEY}{key}", last, Kind.PROMPT)
        row = PostQueued(f"redraw:{uuid.uuid4().hex}", amend, self.now(), actor.state.key.text)
        await self.store.commit((row,))
        self.outbox.wake(settings.address.lane)

    async def desk(self, visit: Visit) -> ConversationDesk:
        """The desk of the person in this conversation."""
        language = visit.language
        specs = tuple(
            replace(command.spec, summary=described(language, command.spec.summary))
            for command in self.commands
        )
        desk = ConversationDesk(
            visit.actor,
            visit.inbound.sender,
            visit.role,
            self.store,
            self.now,
            specs,
            self.version,
            self.known,
            self.held,
            replied=visit.inbound.reply_to or "",
            message=visit.inbound.id,
            routes=self.routes if visit.inbound.private and not visit.inbound.project else None,
        )
        return await desk.prepare()

    @staticmethod
    def _reply_to(inbound: Inbound) -> str | None:
        return inbound.id
