import asyncio

import pytest

from cc_connect.testing.leaping import LeapingLoop, Stuck
from cc_connect.testing.pulse import Pulse


def leap(main: object) -> None:
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(main)  # type: ignore[arg-type] # a coroutine


def test_waiting_costs_nothing_and_time_passes_all_the_same() -> None:
    order: list[tuple[str, float]] = []

    async def note(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append((name, round(asyncio.get_running_loop().time(), 6)))

    async def main() -> None:
        await asyncio.gather(note("late", 86_400), note("early", 1), note("now", 0))

    leap(main())
    assert order == [("now", 0), ("early", 1), ("late", 86_400)]


def test_a_timeout_is_over_only_when_nothing_else_can_happen() -> None:
    async def main() -> None:
        pulse, steps = Pulse(), 0

        async def work() -> None:
            nonlocal steps
            for _ in range(10_000):
                await asyncio.sleep(0)
                steps += 1
            pulse.beat()

        working = asyncio.create_task(work())
        await pulse.until(lambda: steps == 10_000 or None, 0.001)
        await working
        with pytest.raises(TimeoutError):
            await pulse.until(lambda: None, 3600)

    leap(main())


def test_what_can_never_end_says_so() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck):
        leap(main())


def test_threads_are_heard() -> None:
    async def main() -> None:
        assert await asyncio.to_thread(lambda: 7) == 7

    leap(main())
