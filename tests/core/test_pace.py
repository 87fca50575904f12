"""How many messages somebody may send."""

import pytest

from cc_connect.core.pace import Pace


def test_so_many_in_so_many_seconds() -> None:
    pace = Pace(2, 10)
    assert [pace.allow(now) for now in (0, 1, 2, 9.9, 10, 10.5, 11, 11.5)] == [
        True, True, False, False, True, False, True, False,
    ]  # fmt: skip


def test_what_was_refused_does_not_count() -> None:
    pace = Pace(1, 10)
    assert pace.allow(0)
    assert not any(pace.allow(now) for now in range(1, 10))
    assert pace.allow(10)


@pytest.mark.parametrize("pace", [Pace(0, 10), Pace(5, 0), Pace(0, 0)])
def test_zero_means_no_limit(pace: Pace) -> None:
    assert all(pace.allow(0) for _ in range(100))
    assert pace.empty


def test_it_remembers_no_more_than_it_must() -> None:
    pace = Pace(3, 10)
    assert pace.empty
    for now in range(1000):
        pace.allow(now)
    assert len(pace._times) <= 3
    assert not pace.empty
