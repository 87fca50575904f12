"""Signs on people's messages: seen, being worked on, done. Written with the state they tell of.

They go out as rows of the outbox, behind the posts of the same step: after a crash the sign says
what the store says, and no answer waits for one.
"""

import uuid
from collections.abc import Iterator

from cc_connect.contract.agent import Outcome
from cc_connect.contract.platform import React, Support
from cc_connect.core.turn.effects import Begin, Conclude, Effect, Fact, Notice
from cc_connect.core.turn.state import Conversation, Item
from cc_connect.runtime.settings import Settings
from cc_connect.store.changes import PostQueued

SEEN, WORKING, DONE, FAILED, STOPPED = "👀", "⏳", "✅", "❌", "🛑"
ENDS = {Outcome.DONE: DONE, Outcome.FAILED: FAILED, Outcome.INTERRUPTED: STOPPED}


def signs(
    settings: Settings, before: Conversation, effects: tuple[Effect, ...], at: float
) -> Iterator[PostQueued]:
    """What to put on messages, and what to take off; nothing where there are no reactions."""
    if settings.can.reactions is Support.NONE:
        return
    for effect in effects:
        for item, sign, on in _marks(effect, before):
            for part in item.parts:
                if part.message:
                    intent = React(settings.address, part.message, sign, on)
                    yield PostQueued(f"sign:{uuid.uuid4().hex}", intent, at, before.key.text)


def _marks(effect: Effect, before: Conversation) -> Iterator[tuple[Item, str, bool]]:
    match effect:
        case Notice(item=item, fact=Fact.QUEUED | Fact.STEERED):
            yield item, SEEN, True
        case Notice(item=item, fact=Fact.WITHDRAWN):
            yield item, SEEN, False
        case Begin(turn):
            if any(item.id == turn.id for item in before.queue):
                yield turn.item, SEEN, False
            yield turn.item, WORKING, True
        case Conclude(turn=turn, outcome=outcome):
            yield turn.item, WORKING, False
            yield turn.item, ENDS[outcome], True
        case _:
            return
