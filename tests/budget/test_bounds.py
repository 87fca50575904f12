"""Caches are bounded by what they hold, and statements are the same however they are written."""

import re

from cc_connect.platforms.weibo.streaming import Memory, Message, Sending
from cc_connect.store.statements import names_in, statements

LARGE = 100_000
MOST = 3_000_000


def test_what_weibo_remembers_is_bounded_in_characters() -> None:
    memory = Memory()
    for number in range(200):
        sending = memory.keep(f"k{number}", Sending(Message("ann")))
        sending.message.written.append("x" * LARGE)
        sending.message.size += LARGE
        assert sum(one.message.size for one in memory.values()) <= MOST
    assert "k199" in memory


def test_short_posts_are_bounded_in_number() -> None:
    memory = Memory()
    for number in range(1000):
        memory.keep(f"k{number}", Sending(Message("ann")))
    assert len(memory) <= 100


def test_every_statement_has_its_names_by_number() -> None:
    for file in ("changes.sql", "reads.sql"):
        for blocks in statements(file).values():
            for statement in blocks:
                assert statement.names == names_in(statement.sql)
                found = {int(number) for number in re.findall(r"\?(\d+)", statement.numbered)}
                assert found == set(range(1, len(statement.names) + 1))
                assert not names_in(statement.numbered)
