"""How long things may take; tests are less patient than Discord is."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, unless said otherwise.

    Attributes:
        hello: The gateway must take the bot in within so long.
        silence: A connection on which nothing came for so long is given up.
        identify: Pause before a second login on the same client; Discord allows one in 5 s.
        first_retry: Pause before the second attempt to connect again; it doubles from there.
        longest_retry: The longest such pause.
        attempts: Attempts in a row that may fail before the client is built anew.
        steady: A connection that held for so long was a good one.
        guilds: How long the servers of the bot may take to be told after the login.
        hiccup: A break shorter than this is not told.
        thread: Opening a thread may take so long; after that the channel is used.
        save: Cursors are written so long after they moved.
        again: Pauses before something is tried again: to store what came in, to read what was
            missed. What comes after it in the same channel waits.
        promise: A command that has no answer after so long is acknowledged, the answer to come.
            Discord waits 3 seconds.
        token: The answer to a command can be put in its place for so long; then it goes to the
            channel. Discord allows 15 minutes.
        suggest: Suggestions that take longer are left out.
        now: Unix seconds.
    """

    hello: float = 30.0
    silence: float = 60.0
    identify: float = 5.0
    first_retry: float = 1.0
    longest_retry: float = 60.0
    attempts: int = 6
    steady: float = 30.0
    guilds: float = 2.0
    hiccup: float = 8.0
    thread: float = 10.0
    save: float = 1.0
    again: tuple[float, ...] = (0.5, 2.0, 8.0, 30.0)
    promise: float = 0.8
    token: float = 14.5 * 60
    suggest: float = 2.0
    now: Callable[[], float] = time.time
