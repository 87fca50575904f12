"""An immutable sequence that grows at its end in constant time."""

import pytest

from cc_connect.core.trail import Trail, joined


def test_a_longer_trail_has_one_more_item_and_the_shorter_one_stays() -> None:
    short = Trail(("a", "b"))
    long = short.plus("c")
    assert (list(short), list(long)) == (["a", "b"], ["a", "b", "c"])
    assert (len(short), len(long)) == (2, 3)


def test_two_continuations_of_one_trail_do_not_see_each_other() -> None:
    base = Trail(("a",))
    first, second = base.plus("b"), base.plus("c")
    assert (list(base), list(first), list(second)) == (["a"], ["a", "b"], ["a", "c"])
    assert list(first.plus("d")) == ["a", "b", "d"]
    assert list(second.plus("e")) == ["a", "c", "e"]


def test_a_trail_that_is_read_while_it_grows_gives_what_it_had() -> None:
    trail = Trail(("a", "b"))
    reading = iter(trail)
    assert next(reading) == "a"
    trail.plus("c")
    assert list(reading) == ["b"]


def test_trails_are_equal_by_what_they_hold() -> None:
    assert Trail() == Trail()
    assert Trail(("a",)).plus("b") == Trail(("a", "b"))
    assert Trail(("a",)) != Trail(("b",))
    assert Trail(("a",)) != Trail(("a", "b"))
    assert Trail(("a", "b")) != Trail(("a",))
    assert Trail(("a",)) != ("a",)


def test_a_shorter_view_is_equal_although_the_list_behind_it_grew() -> None:
    short = Trail(("a",))
    short.plus("b")
    assert short == Trail(("a",))
    assert hash(short) == hash(Trail(("a",)))


def test_equal_trails_have_equal_hashes() -> None:
    assert hash(Trail(("a",)).plus("b")) == hash(Trail(("a", "b")))


def test_a_trail_shows_what_it_holds() -> None:
    assert repr(Trail(("a",)).plus("b")) == "Trail(('a', 'b'))"


def test_joining_gives_the_text() -> None:
    assert joined(Trail()) == ""
    assert joined(Trail(("so ",)).plus("it ").plus("is")) == "so it is"


@pytest.mark.parametrize("count", [1000, 4000])
def test_growing_shares_one_list_however_long_it_is(count: int) -> None:
    trail: Trail[int] = Trail()
    first = trail.plus(0)
    longest = first
    for number in range(1, count):
        longest = longest.plus(number)
    # Nothing was copied on the way: the first and the last are views of the same list.
    assert longest._items is first._items
    assert list(longest) == list(range(count))


def test_only_a_trail_that_was_overtaken_copies() -> None:
    base = Trail((1,))
    longer = base.plus(2)
    other = base.plus(3)
    assert longer._items is base._items
    assert other._items is not base._items
