"""What systemd is told: ready, reloading, stopping, and that the event loop still turns.

The protocol is a datagram to the socket that `NOTIFY_SOCKET` names (sd_notify(3)); without that
variable nothing is sent.
"""

import asyncio
import socket
import time
from collections.abc import Mapping

READY = "READY=1"
STOPPING = "STOPPING=1"
ALIVE = "WATCHDOG=1"


class Systemd:
    """The service manager of this process, if it has one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._interval = _interval(environ)

    def tell(self, *lines: str) -> None:
        """Send a state; a manager that cannot be reached is no reason to fail."""
        if not self._address:
            return
        # An @ stands for the zero byte of an abstract socket.
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
                link.settimeout(0)
                link.sendto("\n".join(lines).encode(), address)
        except OSError:
            return

    def reloading(self) -> None:
        """The configuration is being read again; `READY` is to follow."""
        microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.tell("RELOADING=1", f"MONOTONIC_USEC={microseconds}")

    async def keep_alive(self) -> None:
        """Tell at intervals that the loop turns; ends by cancellation, or at once if unwanted."""
        while self._address and self._interval:
            self.tell(ALIVE)
            await asyncio.sleep(self._interval)


def _interval(environ: Mapping[str, str]) -> float:
    """Half of the time after which systemd would act; 0 when it does not watch this process."""
    try:
        return int(environ.get("WATCHDOG_USEC", "0")) / 2e6
    except ValueError:
        return 0.0
