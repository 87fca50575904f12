"""Standing permissions: of a project in rows of the store, of a session in its own state."""

from collections.abc import Iterable

from cc_connect.contract.inbound import Person
from cc_connect.core.turn.mail import Granted
from cc_connect.core.turn.state import Grant, Reach
from cc_connect.runtime.actor import Actor
from cc_connect.store.changes import Granted as GrantStored
from cc_connect.store.changes import GrantRevoked
from cc_connect.store.store import Store


async def project_grants(store: Store, project: str, now: float) -> tuple[Grant, ...]:
    """The standing permissions of a project that are in force."""
    rows = await store.grants("project", project, now=now)
    return tuple(Grant(row.tool, row.rule, Reach.PROJECT, row.expires) for row in rows)


def in_force(grants: Iterable[Grant], now: float) -> tuple[Grant, ...]:
    """Those whose time is not over."""
    return tuple(grant for grant in grants if grant.until is None or grant.until > now)


def same(one: Grant, other: Grant) -> bool:
    """Whether two are about the same thing; they may end at different times."""
    return (one.tool, one.rule, one.reach) == (other.tool, other.rule, other.reach)


class Granting:
    """Gives and takes standing permissions for the conversation of `actor`.

    `known` are the conversations at hand: those of the same project hear of what is the project's.
    """

    def __init__(self, actor: Actor, known: tuple[Actor, ...], store: Store) -> None:
        self._actor = actor
        self._known = known
        self._store = store

    async def give(self, grant: Grant, by: Person, now: float) -> None:
        """Give one; it takes the place of one about the same thing."""
        if grant.reach is Reach.PROJECT:
            row = GrantStored(
                "project", self._project, grant.tool, grant.rule, by.id, now, grant.until
            )
            await self._store.commit((row,))
        for actor in self._concerned(grant):
            old = tuple(one for one in actor.state.granted if same(one, grant) and one != grant)
            actor.tell(Granted(given=(grant,), taken=old))
        await self._actor.caught_up()

    async def take(self, grant: Grant, now: float) -> None:
        """Take one; a running turn may still use it."""
        if grant.reach is Reach.PROJECT:
            rows = await self._store.grants("project", self._project, now=now)
            gone = [row.id for row in rows if (row.tool, row.rule) == (grant.tool, grant.rule)]
            await self._store.commit([GrantRevoked(row) for row in gone])
        for actor in self._concerned(grant):
            old = tuple(one for one in actor.state.granted if same(one, grant))
            actor.tell(Granted(taken=old))
        await self._actor.caught_up()

    @property
    def _project(self) -> str:
        return self._actor.state.key.project

    def _concerned(self, grant: Grant) -> tuple[Actor, ...]:
        if grant.reach is Reach.SESSION:
            return (self._actor,)
        others = (one for one in self._known if one.state.key.project == self._project)
        return tuple(dict.fromkeys((self._actor, *others)))
