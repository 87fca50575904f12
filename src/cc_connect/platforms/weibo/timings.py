"""How long things take. Tests are impatient."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds.

    Attributes:
        ping: Between two pings to the server.
        pong: Without a pong for so long the connection counts as dead.
        first: The first pause before connecting again; each further one is twice as long.
        longest: No pause is longer.
        healthy: A connection that lived so long begins with the first pause again.
        retry: The first pause before a token is asked for again.
        longest_retry: No such pause is longer.
        early: A token is renewed so long before it expires.
        request: A call of a token may take so long.
        upload: A call with a file may take so long.
        acknowledge: The server has so long to acknowledge a message before we go on without.
    """

    ping: float = 30.0
    pong: float = 40.0
    first: float = 1.0
    longest: float = 60.0
    healthy: float = 60.0
    retry: float = 1.0
    longest_retry: float = 8.0
    early: float = 60.0
    request: float = 15.0
    upload: float = 280.0
    acknowledge: float = 1.0
