"""An event loop in which waiting costs nothing: when all tasks wait, the clock leaps ahead.

For programs that live in one process and talk to nobody outside, such as a fake platform and a
test. A timeout of an hour ends at once there if nothing can happen before, and it never ends too
early because the machine is busy: time passes only when there is nothing left to do.

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(main())

Not for code that waits for sockets, processes or threads: their work takes no time on this clock,
so every timeout would be over before they have done it.
"""

import asyncio
import selectors
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

_GRACE = 1.0
"""Real seconds for a thread to finish when no task has a time to wait for."""

_Ready = list[tuple[selectors.SelectorKey, int]]


class Stuck(RuntimeError):
    """Every task waits for something that nothing can bring about any more."""


class _Leaping(selectors.BaseSelector):
    """Answers at once; what the loop wanted to wait is added to `now` instead."""

    def __init__(self) -> None:
        self.now = 0.0
        self._real = selectors.DefaultSelector()

    def register(
        self, fileobj: "FileDescriptorLike", events: int, data: object = None
    ) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(
        self, fileobj: "FileDescriptorLike", events: int, data: object = None
    ) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> _Ready:
        ready = self._real.select(0)
        if ready:
            return ready
        if timeout is None:
            ready = self._real.select(_GRACE)
            if not ready:
                raise Stuck("all tasks wait, and there is nothing left that could wake them")
        elif timeout > 0:
            self.now += timeout
        return ready

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> "Mapping[FileDescriptorLike, selectors.SelectorKey]":
        return self._real.get_map()


class LeapingLoop(asyncio.SelectorEventLoop):
    """The loop; `time()` is the leaping clock, which begins at 0.

    Raises:
        Stuck: From `run`, when nothing can ever happen again.
    """

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Seconds that have passed in this loop."""
        return self._leaping.now
