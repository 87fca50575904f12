from pathlib import Path

from cc_connect.app.crashes import note_end, note_start, pause
from cc_connect.store.store import Store


def test_a_few_starts_are_no_crash_loop() -> None:
    assert pause([0, 10, 20, 30], 30) == 0
    assert pause([0, 100, 200, 300, 400], 400) == 0


def test_five_starts_in_a_minute_wait_until_the_minute_is_over() -> None:
    assert pause([0, 10, 20, 30, 40], 40) == 20
    assert pause([0, 1, 2, 3, 4], 4) == 56


def test_a_clock_that_was_set_back_does_not_stop_the_program() -> None:
    assert pause([1000, 1001, 1002, 1003, 5], 5) == 0


async def test_a_proper_end_forgives(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    for _ in range(4):
        assert await note_start(store, lambda: 100.0) == 0
    assert await note_start(store, lambda: 100.0) == 60
    await note_end(store)
    assert await note_start(store, lambda: 100.0) == 0
    await store.save("house", "starts", "{")
    assert await note_start(store, lambda: 100.0) == 0
    await store.close()
