"""Random walks: whatever happens in whatever order, the promises of a conversation hold."""

import random
from collections import Counter

import pytest

from cc_connect.core.turn.mail import (
    Decided,
    Edited,
    FromAgent,
    Hastened,
    Overdue,
    Respec,
    Restarted,
    Stop,
    Told,
    Withdrawn,
)
from tests.core.turn.walk import World, random_mail, restarted

WALKS = 300
MAILS = 200
KINDS = (
    Told, Edited, Withdrawn, Hastened, Decided, FromAgent, Stop, Respec, Overdue, Restarted,
)  # fmt: skip


def walk(seed: int) -> World:
    world = World(random.Random(seed))
    for _ in range(MAILS):
        if world.rng.random() < 0.035:
            world.crash()
            world.send(restarted(world.rng))
        else:
            world.send(random_mail(world))
    return world


def test_every_promise_holds_on_random_walks() -> None:
    seen: Counter[str] = Counter()
    concluded = 0
    kinds: Counter[str] = Counter()
    for seed in range(WALKS):
        world = walk(seed)
        seen += world.mails
        kinds += world.kinds
        concluded += sum(world.concluded.values())
    total = sum(seen.values())
    assert total == WALKS * MAILS
    shares = {kind.__name__: seen[kind.__name__] / total for kind in KINDS}
    assert min(shares.values()) >= 0.02, shares
    assert min(kinds["Ask again"], kinds["Keep"]) > 10, kinds
    assert concluded > WALKS * 5, "the walks hardly ran a turn"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_walk_is_the_same_every_time(seed: int) -> None:
    first, second = walk(seed), walk(seed)
    assert first.state == second.state
    assert first.mails == second.mails
