"""Which run belongs to which turn, and when a turn is over. Pure.

The wire knows no turns. It has *runs*: the agent works, then says `result`. One prompt is one run
as a rule, but

- a prompt given while a run streams (steering) is answered in a run of its own, with a result of
  its own; given while a tool runs, it is taken into the run and has no result;
- a background task that ends makes a run that nobody asked for, perhaps just before ours;
- a prompt that is called back before it began has no run at all.

What can be relied on is that each prompt has a `uuid` and that its life is told by
`command_lifecycle` frames: queued, started, then completed or cancelled (also after an error of the
model). So a turn is a set of prompts, and it is over when all of them are and no run of theirs goes
on. Versions of the agent without these frames (2.1.197) are served by counting results.
"""

from cc_connect.agents.claudecode.failures import closing
from cc_connect.agents.claudecode.schema import Frame, integer, mapping, string
from cc_connect.contract.agent import Outcome, TurnEnded

_BEGINNING = frozenset({"queued", "started"})


class TurnBook:
    """The one submitted turn, if any, and the run that goes on, if any."""

    __slots__ = ("_ended", "_open", "_plain", "_running", "_state", "_texts", "_touched", "turn")

    def __init__(self) -> None:
        self.turn: str | None = None
        self._open: set[str] = set()  # prompts of the turn that are not over
        self._running = False  # the run that goes on is the turn's
        self._touched = False  # the agent has begun with a prompt of the turn
        self._ended: TurnEnded | None = None  # what the last run of the turn came to
        self._texts: list[str] = []  # what its runs said in the end
        self._state = ""  # how the life of its last prompt ended
        self._plain = False  # this agent does not tell the lives of its prompts

    @property
    def current(self) -> str | None:
        """The turn to which what comes in now belongs; None when nobody asked for it."""
        return self.turn if self._running else None

    def submit(self, prompt: str) -> None:
        """A turn begins.

        Raises:
            RuntimeError: Another one is not over.
        """
        if self.turn is not None:
            raise RuntimeError(f"turn {self.turn} is not over")
        self.turn = prompt
        self._open = {prompt}

    def steer(self, prompt: str) -> None:
        """A further prompt joins the turn; without one it becomes a run nobody asked for."""
        if self.turn is not None and not self._plain:
            self._open.add(prompt)

    def began(self, *, tells_lives: bool) -> None:
        """A run begins (`system/init`); `tells_lives` when `command_lifecycle` is spoken."""
        self._plain = not tells_lives
        if self._plain and self.turn is not None:
            self._running = True

    def lived(self, prompt: str, state: str) -> TurnEnded | None:
        """The life of a prompt has got to `state`; returns the end of the turn if that is it."""
        if prompt not in self._open:
            return None
        if state in _BEGINNING:
            if state == "started":
                self._running = self._touched = True
            return None
        self._open.discard(prompt)
        self._state = state
        return self._settle()

    def resulted(self, frame: Frame, *, signed_out: bool, limited: bool) -> TurnEnded | None:
        """A run is over; returns the end of its turn, or of a turn nobody asked for."""
        unasked = self._plain and string(mapping(frame, "origin"), "kind") != ""
        turn = None if unasked else self.current
        ended = closing(frame, turn, signed_out=signed_out, limited=limited)
        if turn is None:
            return ended
        self._running = False
        self._ended = ended
        if ended.text:
            self._texts.append(ended.text)
        if self._plain and not integer(frame, "queued_turn_count"):
            self._open.clear()
        return self._settle()

    def idled(self) -> TurnEnded | None:
        """The agent says it does nothing any more: a turn it has begun with is over."""
        if not self._touched:  # it may speak of what was before the turn
            return None
        self._open.clear()
        self._running = False
        return self._settle()

    def _settle(self) -> TurnEnded | None:
        if self.turn is None or self._open or self._running:
            return None
        last = self._ended or TurnEnded(self.turn, self._guessed())
        text = "\n\n".join(self._texts)
        ended = TurnEnded(self.turn, last.outcome, text, last.failure, last.detail)
        self.turn = self._ended = None
        self._touched = False
        self._state = ""
        self._texts.clear()
        return ended

    def _guessed(self) -> Outcome:
        # Without a result: called back before it began, or its result was too long a line.
        return Outcome.DONE if self._state == "completed" else Outcome.INTERRUPTED
