"""Which turn of Codex is which turn of ours. Pure.

A prompt becomes a turn by the answer to `turn/start`, which names Codex's id; `turn/started`
follows, and only then can it be interrupted or steered. A compaction is a turn too, but the answer
to `thread/compact/start` names none: the next turn that begins is it. A turn nobody here asked for
is one whose id no answer has named.
"""


class TurnBook:
    """The one submitted turn, if any, and Codex's ids."""

    __slots__ = ("_begun", "_owners", "native", "turn", "unnamed")

    def __init__(self) -> None:
        self.turn: str | None = None
        """The submitted turn."""
        self.native = ""
        """Codex's id of the turn that goes on, whoever asked for it."""
        self.unnamed = False
        """The submitted turn is asked for and has no id yet."""
        self._owners: dict[str, str | None] = {}
        self._begun: set[str] = set()

    @property
    def begun(self) -> bool:
        """Whether the submitted turn has begun, so that it can be interrupted."""
        return self.turn is not None and self.native in self._begun and not self.unnamed

    def submit(self, prompt: str) -> None:
        """A turn is asked for.

        Raises:
            RuntimeError: Another one is not over.
        """
        if self.turn is not None:
            raise RuntimeError(f"turn {self.turn} is not over")
        self.turn = prompt
        self.unnamed = True

    def named(self, native: str) -> None:
        """The answer has come: the submitted turn has this id."""
        if self.turn is not None and native:
            self._owners = {
                known: owner for known, owner in self._owners.items() if owner != self.turn
            }
            self._owners[native] = self.turn
            self.native = native
            self.unnamed = False

    def began(self, native: str) -> None:
        """A turn has begun."""
        if native not in self._owners:
            if self.unnamed:
                self.named(native)
            else:
                self._owners[native] = None
        self._begun.add(native)
        self.native = native

    def owner(self, native: str) -> str | None:
        """Return the turn of ours that this turn of Codex is, or None."""
        return self._owners.get(native)

    def over(self, native: str) -> str | None:
        """A turn of Codex is over; returns the turn of ours that ends with it, or None."""
        owner = self._owners.pop(native, None)
        self._begun.discard(native)
        if self.native == native:
            self.native = ""
        if owner is not None:
            self.turn = None
        return owner

    def refused(self) -> str | None:
        """The submitted turn is not taken; returns it."""
        refused, self.turn, self.unnamed = self.turn, None, False
        return refused
