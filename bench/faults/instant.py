"""People who answer the instant the reply appears: inside the very call that delivers it."""

import asyncio

from bench.faults.house import House
from bench.faults.table import Outcome


async def instant(turns: int, rooms: int = 10) -> Outcome:
    """Each room answers each answer at once until all turns are done; none may be wedged."""
    left = {f"room{n}": turns // rooms for n in range(rooms)}
    over = asyncio.Event()
    async with House() as house:

        async def heard(room: str, _: str) -> None:
            left[room] -= 1
            if left[room] > 0:
                await house.say(room, text="and then?")
            elif not any(count > 0 for count in left.values()):
                over.set()

        house.rooms.heard = heard
        for room in left:
            await house.say(room, text="begin")
        try:
            async with asyncio.timeout(60 + turns * 0.1):
                await over.wait()
        except TimeoutError:
            pass
        wedged = sum(1 for count in left.values() if count > 0)
        queued = sum(text.startswith("📬") for room in left for text in house.texts(room))
        done = turns - sum(left.values())
    seen = f"{done} turns, {wedged} wedged, {queued} told to wait in a queue"
    return Outcome(f"{turns} answers the instant the reply appears", seen, wedged == 0)
