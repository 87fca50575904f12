"""What keeps a start quick and the program small; see docs/performance.md."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_DRAWN_BY = "rich"


@contextmanager
def lean_imports() -> Iterator[None]:
    """Import inside of this what the program consists of; `settled` must follow.

    No garbage is collected, as modules are none: that is a sixth of the time they take. And
    structlog does not find rich, with which it could draw tracebacks: where that is installed it
    would cost 40 ms and 5 MB, for lines that this program writes by itself.
    """
    gc.disable()
    hidden = _DRAWN_BY not in sys.modules
    if hidden:
        sys.modules[_DRAWN_BY] = None  # type: ignore[assignment] # how an import is made to fail
    try:
        yield
    finally:
        if hidden:
            del sys.modules[_DRAWN_BY]


def settled() -> None:
    """The program is up: what there is now stays, and is not looked at by any collection again."""
    gc.collect()
    gc.freeze()
    gc.enable()
