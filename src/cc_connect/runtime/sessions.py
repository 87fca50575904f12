"""The sessions of a conversation: those of the store, and those that people began in a terminal."""

import json
from collections.abc import Sequence

import structlog

from cc_connect.contract.agent import OldSession
from cc_connect.core.desk import Said, SessionFact
from cc_connect.runtime.actor import Actor
from cc_connect.store.rows import SessionRow
from cc_connect.store.store import Store

RECENT = 900.0
"""Seconds for which a change of a session by somebody else is worth a warning."""
OWN = 30.0
"""Seconds after our last turn in which an agent may still write something of it."""
LOOKED_THROUGH = 500
"""Latest turns of a conversation among which those of a session are looked for."""
LISTED = "listed"

log = structlog.get_logger(__name__)


async def all_sessions(actor: Actor, store: Store) -> tuple[SessionFact, ...]:
    """The sessions of a conversation and those of a terminal in the same folder, newest first."""
    rows = await store.sessions(actor.state.key.text)
    current = actor.state.session
    facts = [_fact(row, current=row.id == current) for row in rows]
    if actor.settings.project.terminal_sessions:
        old = await kept_by_agent(actor)
        ours = await store.bound(tuple(one.id for one in old))
        facts += [_old_fact(one) for one in old if one.id not in ours]
    return tuple(sorted(facts, key=lambda fact: fact.last_used, reverse=True))


async def kept_by_agent(actor: Actor) -> Sequence[OldSession]:
    """What the agent keeps of the folder in use; nothing when that cannot be read."""
    library = actor.settings.project.agent.library()
    if library is None:
        return ()
    try:
        return await library.list(actor.state.spec.cwd)
    except Exception:
        log.exception("the sessions of the agent could not be listed")
        return ()


def _fact(row: SessionRow, *, current: bool) -> SessionFact:
    name = row.name or row.title or ""
    return SessionFact(
        row.id, name, row.turns, row.last_used, current, agent_session=row.agent_session
    )


def _old_fact(old: OldSession) -> SessionFact:
    return SessionFact(
        old.id,
        old.title,
        old.turns,
        old.updated,
        current=False,
        terminal=True,
        agent_session=old.id,
    )


async def listed(actor: Actor, store: Store) -> tuple[str, ...]:
    """The ids that the last list showed, in its order."""
    kept = await store.load(LISTED, actor.state.key.text)
    return tuple(json.loads(kept)) if kept else ()


async def note_listed(actor: Actor, store: Store, ids: Sequence[str]) -> None:
    """Remember what a list showed, so that its numbers keep meaning that."""
    await store.save(LISTED, actor.state.key.text, json.dumps(list(ids)))


async def history(actor: Actor, store: Store, last: int) -> tuple[Said, ...]:
    """The last turns of the session in use; of one from a terminal, what the agent kept of it."""
    state = actor.state
    rows = await store.turns(state.key.text, limit=LOOKED_THROUGH)
    mine = [row for row in rows if row.session == state.session][:last]
    said = tuple(Said(row.prompt, row.answer or "") for row in reversed(mine))
    library = actor.settings.project.agent.library()
    if len(said) >= last or library is None or state.spec.resume is None:
        return said
    if not await began_in_a_terminal(actor, store):
        return said
    earlier = await library.history(state.spec.resume, last)
    return tuple(Said(one.prompt, one.answer) for one in earlier) or said


async def began_in_a_terminal(actor: Actor, store: Store) -> bool:
    """Whether the session in use was not begun by us."""
    bindings = await store.bindings(actor.state.session)
    return bool(bindings) and bindings[0].kind == "resumed"


async def used_elsewhere(actor: Actor, session: SessionFact, now: float) -> float | None:
    """How long ago somebody else worked on a session; None when nobody did of late."""
    old = {one.id: one for one in await kept_by_agent(actor)}.get(session.agent_session or "")
    if old is None or not 0 <= now - old.updated < RECENT:
        return None
    ours = 0.0 if session.terminal else max(session.last_used, actor.closed_at) + OWN
    return now - old.updated if old.updated > ours else None


async def current_used_elsewhere(actor: Actor, store: Store, now: float) -> float | None:
    """The same for the session in use, which is being opened `now`."""
    row = await store.session(actor.state.session)
    if row is None:
        return None
    return await used_elsewhere(actor, _fact(row, current=True), now)
