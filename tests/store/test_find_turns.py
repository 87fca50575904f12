"""Words are found in what was said, whatever they are made of."""

import pytest

from cc_connect.contract.agent import Outcome
from cc_connect.contract.ids import ConversationKey
from cc_connect.store.changes import TurnClosed, TurnOpened
from cc_connect.store.store import Store

SAID = [
    ("t1", "Mend the door", "It is mended"),
    ("t2", "猫在哪里", "在门后面"),
    ("t3", "how much is 50% of it", "one_half"),
    ("t4", r"a C:\path", ""),
    ("t5", "the DOOR again", "again"),
]


@pytest.fixture
async def talk(ground: Store, key: ConversationKey) -> Store:
    for at, (name, prompt, answer) in enumerate(SAID):
        opened = TurnOpened(name, key.text, "s1", float(at), "p1", prompt)
        closed = TurnClosed(name, Outcome.DONE, float(at), answer=answer or None)
        await ground.commit((opened, closed))
    return ground


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("door", ["t5", "t1"]),
        ("door mended", ["t1"]),
        ("猫", ["t2"]),
        ("门后", ["t2"]),
        ("%", ["t3"]),
        ("5_%", []),
        ("one_half", ["t3"]),
        ("e_half", ["t3"]),
        ("onexhalf", []),
        ("C:\\", ["t4"]),
        ("nowhere", []),
    ],
)
async def test_words_are_found(
    talk: Store, key: ConversationKey, words: str, found: list[str]
) -> None:
    rows = await talk.find_turns(key.text, words.split())
    assert [row.id for row in rows] == found


async def test_only_so_many_and_only_of_this_conversation(
    talk: Store, key: ConversationKey
) -> None:
    assert [row.id for row in await talk.find_turns(key.text, ["o"], limit=1)] == ["t5"]
    assert await talk.find_turns("another", ["door"]) == []
