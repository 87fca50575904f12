"""Saying a thing once."""


class Once:
    """Remembers what was said, for as long as the program runs: over logins, too."""

    def __init__(self) -> None:
        self._said: set[tuple[str, ...]] = set()

    def __call__(self, *what: str) -> bool:
        """Whether this is the first time; it counts as said from now on."""
        if what in self._said:
            return False
        self._said.add(what)
        return True
