"""Which idle agents are closed."""

import pytest

from cc_connect.core.crowding import Lodger, Machine, surplus

PLENTY = Machine(1000, 900)


def lodgers(*memory: int, busy: str = "") -> list[Lodger]:
    """Agents a, b, c... the later the more recently used."""
    names = "abcdef"
    return [Lodger(names[n], n, size, names[n] in busy) for n, size in enumerate(memory)]


@pytest.mark.parametrize(
    ("there", "machine", "most", "closed"),
    [
        (lodgers(), PLENTY, 1, ""),
        (lodgers(10, 10, 10), PLENTY, 0, ""),
        (lodgers(10, 10, 10), PLENTY, 3, ""),
        (lodgers(10, 10, 10), PLENTY, 1, "ab"),
        (lodgers(10, 10, 10, busy="a"), PLENTY, 1, "bc"),
        (lodgers(300, 200), PLENTY, 0, ""),
        (lodgers(300, 201), PLENTY, 0, "a"),
        (lodgers(300, 201, busy="ab"), PLENTY, 0, ""),
        (lodgers(10, 10, 300), Machine(1000, 100), 0, ""),
        (lodgers(10, 10, 300), Machine(1000, 85), 0, "ab"),
        (lodgers(10, 20, 30), Machine(1000, 0), 0, "abc"),
    ],
)
def test_the_least_recently_used_go_until_there_is_room(
    there: list[Lodger], machine: Machine, most: int, closed: str
) -> None:
    assert "".join(surplus(there, machine, most)) == closed
    assert "".join(surplus(there[::-1], machine, most)) == closed
