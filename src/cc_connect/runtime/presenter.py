"""The live side of a turn: typing, one message that shows the latest state, a growing answer.

Nothing here is stored. The picture is folded from every event, but drawn at most once per interval
of the platform, and only the latest drawing is ever sent. What must not be lost goes by the outbox.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from cc_connect.contract.agent import AgentEvent, ToolStarted
from cc_connect.contract.content import Content, Text
from cc_connect.contract.errors import MessageGone
from cc_connect.contract.platform import (
    Amend,
    Extend,
    Intent,
    Kind,
    Post,
    ProgressStyle,
    Receipt,
    Retract,
    Support,
    Typing,
)
from cc_connect.core.compose.turn import SILENCE, elapsed, finished, legacy_lines, live
from cc_connect.core.degrade import degrade
from cc_connect.core.markdown import tail
from cc_connect.core.progress import Progress
from cc_connect.core.turn.effects import Conclude
from cc_connect.core.turn.state import Turn
from cc_connect.runtime.outbox import Outbox
from cc_connect.runtime.settings import Settings

FIRST_SIGN = 0.8
"""Seconds before text alone opens a live message: a quick answer needs none."""
FIRST_LINE = 15.0
BETWEEN_LINES = 30.0
"""Seconds before the first line of progress, and between two, where nothing can be edited."""
SLACK = 0.005
"""Seconds that a timer may fire early."""
ROOM = 200
"""Characters of a live message kept free for what is not text."""


class LiveMessage:
    """One message that is edited in place. `take` is called by the lane when it is free."""

    def __init__(self, key: str, settings: Settings) -> None:
        self._key = key
        self._settings = settings
        self._content: Content | None = None
        self._sent: Content | None = None
        self._message: str | None = None
        self._posting = False
        self._posts = 0
        self._concluded = False
        self._retract = False
        self._dead = False
        self.taken_at = 0.0

    @property
    def message(self) -> str | None:
        """The platform's id of it, once it is there."""
        return self._message

    @property
    def started(self) -> bool:
        """Something was handed over to be shown."""
        return self._content is not None

    @property
    def opening(self) -> bool:
        """It waits to be shown for the first time; so it belongs above what is posted later."""
        return self.started and not (self._concluded or self._dead or self._message)

    def draw(self, content: Content) -> None:
        """Show this from now on."""
        self._content = content

    def conclude(self, content: Content | None) -> None:
        """Bring it into its last form, or take it away; what was never shown never will be."""
        self._concluded = True
        if self._message is None and not self._posting:
            self._dead = True
        if content is None:
            self._retract = True
        else:
            self._content = content

    def take(self) -> Intent | None:
        """The intent that brings the platform up to date."""
        to = self._settings.address
        if self._dead or self._content is None:
            return None
        if self._retract:
            return self._removal()
        self.taken_at = asyncio.get_running_loop().time()
        if self._message is None:
            self._posting = True
            # A key stands for one message: where that one is gone, another needs its own.
            key = f"{self._key}:{self._posts}" if self._posts else self._key
            return Post(to, self._content, key, Kind.LIVE)
        if self._content == self._sent:
            return None
        return Amend(to, self._message, self._content, Kind.LIVE)

    def _removal(self) -> Intent | None:
        self._dead = True
        if self._message is None:
            return None
        if self._settings.can.delete is Support.NONE:
            return Amend(self._settings.address, self._message, (Text("✓"),), Kind.LIVE)
        return Retract(self._settings.address, self._message)

    def sent(self, intent: Intent, receipt: Receipt) -> None:
        """The platform has it."""
        match intent:
            case Post(content=content):
                self._posting = False
                self._message = receipt.message
                self._sent = content
            case Amend(content=content):
                self._sent = content
            case _:
                pass

    def failed(self, intent: Intent, error: Exception) -> None:
        """Not shown; the next drawing tries again, unless the message is gone."""
        self._posting = False
        if isinstance(error, MessageGone) and isinstance(intent, Amend):
            self._posts += 1
            self._message = None
            self._sent = None


class Stream:
    """An answer that grows on a platform that can append; pieces wait while the lane is busy."""

    opening = False

    def __init__(self, name: str, settings: Settings) -> None:
        self._name = name
        self._settings = settings
        self._pieces: list[str] = []
        self._at = 0
        self._restart = False
        self._remarks: deque[Extend] = deque()

    def add(self, text: str) -> None:
        """More text at the end."""
        self._pieces.append(text)

    def close(self) -> None:
        """The final post brings the whole text: nothing is shown after it."""
        self._remarks.clear()
        self._pieces.clear()
        self._restart = False

    def restart(self) -> None:
        """What was shown so far was a remark: begin with nothing."""
        if self._at or self._pieces:
            if self._pieces and self._settings.can.delete is Support.NONE:
                # What was shown stays there: it must not end in the middle of a word.
                self._remarks.append(self._piece())
            self._pieces.clear()
            self._at = 0
            self._restart = True

    def take(self) -> Intent | None:
        """All pieces that wait, as one; the rest of a remark first."""
        if self._remarks:
            return self._remarks.popleft()
        if not self._pieces and not self._restart:
            return None
        return self._piece()

    def _piece(self) -> Extend:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._restart = False
        extend = Extend(self._settings.address, self._name, text, self._at)
        self._at += len(text)
        return extend

    def sent(self, intent: Intent, receipt: Receipt) -> None:
        """Nothing to remember: the place was counted when it was taken."""

    def failed(self, intent: Intent, error: Exception) -> None:
        """A piece is lost; the final post brings the whole text."""


class Lines:
    """Steps as messages of their own (`legacy`); those that wait for the lane share one."""

    opening = False

    def __init__(self, key: str, settings: Settings) -> None:
        self._key = key
        self._settings = settings
        self._waiting: list[str] = []
        self._posts = 0

    def add(self, line: str) -> None:
        """One more line to post."""
        self._waiting.append(line)

    def take(self) -> Intent | None:
        """A message with all lines that wait, within the limit of the platform."""
        if not self._waiting:
            return None
        lines, self._waiting = self._waiting, []
        self._posts += 1
        text = tail("\n".join(lines), self._settings.can.text_limit)
        return Post(self._settings.address, (Text(text),), f"{self._key}:{self._posts}", Kind.LIVE)

    def sent(self, intent: Intent, receipt: Receipt) -> None:
        """Nothing to remember."""

    def failed(self, intent: Intent, error: Exception) -> None:
        """The lines are lost; the answer is not."""


class _Sign:
    """A typing sign."""

    opening = False

    def __init__(self, settings: Settings) -> None:
        self._intent: Intent | None = Typing(settings.address)

    def take(self) -> Intent | None:
        intent, self._intent = self._intent, None
        return intent

    def sent(self, intent: Intent, receipt: Receipt) -> None:
        pass

    def failed(self, intent: Intent, error: Exception) -> None:
        pass


class Presenter:
    """Shows one turn while it runs. Made at its beginning, ended by `conclude`."""

    def __init__(
        self, turn: Turn, settings: Settings, outbox: Outbox, now: Callable[[], float]
    ) -> None:
        self.progress = Progress(settings.display, settings.language)
        self.started = now()
        self._turn = turn
        self._settings = settings
        self._outbox = outbox
        self._now = now
        self._loop = asyncio.get_running_loop()
        can = settings.can
        self._streams = can.stream is Support.FULL and settings.display.text
        self._message = LiveMessage(f"{turn.id}:live", settings)
        self._stream = Stream(turn.id, settings)
        self._lines = Lines(f"{turn.id}:lines", settings)
        self._shown = 0
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._last = 0.0
        self._next_line = self._loop.time() + FIRST_LINE
        self._line = ""
        self._over = False
        self._type()

    # --- typing -------------------------------------------------------------------------------

    def _type(self) -> None:
        can = self._settings.can
        if self._over or can.typing is Support.NONE:
            return
        self._outbox.show(self._settings.address, _Sign(self._settings))
        self._timers["typing"] = self._loop.call_later(can.typing_lasts, self._type)

    def rest(self) -> None:
        """The agent waits for a person: no typing and no progress until the next event."""
        for name in ("typing", "line"):
            timer = self._timers.pop(name, None)
            if timer is not None:
                timer.cancel()

    # --- progress -----------------------------------------------------------------------------

    def show(self, event: AgentEvent) -> None:
        """Take in one event; draw soon."""
        if "typing" not in self._timers:
            self._type()
        if isinstance(event, ToolStarted) and event.parent is None:
            self._stream.restart()
            if self._streams and self._settings.can.delete is Support.NONE:
                self._outbox.show(self._settings.address, self._stream)
        added = self.progress.take(event)
        if added and self._streams:
            self._stream.add(added)
        if added and self._perhaps_silence():
            return
        if added and self._streams:
            self._later("stream", self._settings.can.stream_interval, self._flow)
        elif not added:
            self._later("draw", self._wait(), self._draw)
        elif self._settings.display.text and self._style is not ProgressStyle.LEGACY:
            self._later("draw", max(self._wait(), self._first_sign()), self._draw)

    def _perhaps_silence(self) -> bool:
        """The answer so far may become the mark of silence, so none of it is shown yet."""
        if self.progress.text_size > len(SILENCE):
            return False
        return SILENCE.startswith(self.progress.tail().strip().upper())

    @property
    def _style(self) -> ProgressStyle:
        return self._settings.style

    def _wait(self) -> float:
        """Seconds until the next drawing may be sent.

        What counts is when the last one left: a lane that was busy sends later than it was drawn.
        """
        last = max(self._last, self._message.taken_at)
        return max(0.0, last + self._settings.can.edit_interval - self._loop.time())

    def _first_sign(self) -> float:
        return 0.0 if self._message.started else FIRST_SIGN

    def _later(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        if name not in self._timers and not self._over:
            self._timers[name] = self._loop.call_later(seconds, act)

    def _flow(self) -> None:
        self._timers.pop("stream", None)
        self._outbox.show(self._settings.address, self._stream)

    def _draw(self) -> None:
        self._timers.pop("draw", None)
        if self._wait() > SLACK:
            self._later("draw", self._wait(), self._draw)
            return
        self._last = self._loop.time()
        if self._streams and not self._perhaps_silence():
            self._outbox.show(self._settings.address, self._stream)
        if self._style is ProgressStyle.LEGACY or self._settings.can.edit is Support.NONE:
            self._draw_lines()
            return
        if not self._visible():
            return
        content = live(
            self.progress,
            self._settings.language,
            self._now() - self.started,
            streams=self._streams,
            turn=self._turn.id,
        )
        self._message.draw(self._fitting(content))
        self._outbox.show(self._settings.address, self._message)

    def _visible(self) -> bool:
        progress = self.progress
        text = self._settings.display.text and not self._streams and progress.text_size
        text = text and not self._perhaps_silence()
        return bool(text or progress.todos or progress.steps())

    def _fitting(self, content: Content) -> Content:
        """The content as the platform draws it, its prose cut to the end of what fits."""
        can = self._settings.can
        drawn = degrade(content, can, self._settings.language)
        room = can.text_limit - ROOM
        return tuple(
            Text(tail(block.markdown, room)) if isinstance(block, Text) else block
            for block in drawn
        )

    def _draw_lines(self) -> None:
        if self._settings.can.edit is Support.NONE and self._style is not ProgressStyle.LEGACY:
            self._draw_line()
            return
        new = self.progress.total - self._shown
        if new <= 0 or not self._settings.display.tools:
            return
        self._shown = self.progress.total
        steps = tuple(self.progress.steps())[-new:]
        self._lines.add(legacy_lines(steps, self._settings.language))
        self._outbox.show(self._settings.address, self._lines)

    def _draw_line(self) -> None:
        """Now and then a line on what is being done, where every line is a message that stays."""
        self._timers.pop("line", None)
        wait = self._next_line - self._loop.time()
        if wait > 0:
            self._later("line", wait, self._draw_line)
            return
        doing = self.progress.doing
        if not doing or doing == self._line or not self._settings.display.tools:
            return
        self._line = doing
        self._next_line = self._loop.time() + BETWEEN_LINES
        self._lines.add(f"⏳ {doing} · {elapsed(self._now() - self.started)}")
        self._outbox.show(self._settings.address, self._lines)

    # --- the end ------------------------------------------------------------------------------

    def conclude(self, effect: Conclude, *, answered: bool) -> None:
        """Bring the live message into its last form. `answered`: a final post follows."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._style is ProgressStyle.LEGACY:
            self._draw_lines()
        self._over = True
        if answered:
            self._stream.close()
        elif self._streams:
            self._stream.restart()
            self._outbox.show(self._settings.address, self._stream)
        self._message.conclude(self._last_form(effect))
        # The last drawing keeps the platform's interval too; the answer does not wait for it.
        self._loop.call_later(self._wait(), self._show_last)

    def _last_form(self, effect: Conclude) -> Content | None:
        if self._settings.keeps_steps or self._settings.can.edit is Support.NONE:
            return None  # the final post has the steps, or nothing was shown
        last = self.work(effect)
        return self._fitting(last) if last and self._style is not ProgressStyle.LEGACY else None

    def work(self, effect: Conclude) -> Content:
        """What was done in the turn, in its last form; empty when there is nothing to show."""
        if not self._settings.display.tools:
            return ()
        seconds = self._now() - self.started
        return finished(self.progress, effect, self._settings.language, seconds) or ()

    def _show_last(self) -> None:
        self._outbox.show(self._settings.address, self._message)
