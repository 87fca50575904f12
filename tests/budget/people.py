"""People who write one after the other, and what that costs in counts."""

import asyncio

from cc_connect.testing.weibo import Shown
from tests.platforms.weibo.rig import PATIENCE, WeiboRig


class People:
    """Everybody may write; each is a conversation of their own."""

    def __init__(self, rig: WeiboRig) -> None:
        self.rig = rig
        self.twin = rig.twin

    async def turn(self, who: str) -> None:
        """Somebody writes; returns when the answer is there and written down as sent."""
        twin = self.twin
        shown = twin.screen(who).messages
        shown.clear()
        twin.frames.clear()

        def answer() -> Shown | None:
            return next((one for one in shown if one.done), None)

        await twin.say("hello", who)
        await twin.pulse.until(answer, PATIENCE)
        async with asyncio.timeout(PATIENCE):
            await self._written_down()

    async def _written_down(self) -> None:
        rig = self.rig
        await rig.runtime.outbox.drain(PATIENCE)
        while await rig.store.open_posts() or await rig.store.running_turns():  # noqa: ASYNC110 - rows tell nobody
            await asyncio.sleep(0.01)
