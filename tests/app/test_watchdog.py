import asyncio
import io
import time

import structlog

from cc_connect.app import logs
from cc_connect.app.watchdog import Watchdog


def block_the_loop() -> None:
    time.sleep(0.8)  # what must never happen


async def test_it_says_what_the_loop_stands_in() -> None:
    told = io.StringIO()
    logs.configure("info", told)
    watchdog = Watchdog(patience=0.1)
    watchdog.start()
    try:
        await asyncio.sleep(0.3)
        block_the_loop()
        await asyncio.sleep(0.3)
    finally:
        watchdog.stop()
        structlog.reset_defaults()
    assert "the event loop is blocked" in told.getvalue()
    assert "block_the_loop" in told.getvalue()
    assert watchdog.longest > 0.4
