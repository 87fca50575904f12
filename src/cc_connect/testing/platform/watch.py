"""What the host asks in the course of time: pace, keys and people, which no single intent shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cc_connect.contract.platform import Amend, Capabilities, Extend, Intent, Kind, Post
from cc_connect.testing.platform.rules import Breach, Rule

EARLY = 0.02
"""Seconds that a timer may be early without anybody being to blame."""


@dataclass(slots=True)
class Watch:
    """Remembers what was asked before."""

    _edited: dict[str, float] = field(default_factory=dict)
    _extended: dict[str, float] = field(default_factory=dict)
    _posts: dict[str, Post] = field(default_factory=dict)
    _received: set[str] = field(default_factory=set)

    def asked(
        self, intent: Intent, can: Capabilities, people: frozenset[str], now: float
    ) -> Iterator[Breach]:
        """What is wrong about asking this now, after all that was asked before."""
        match intent:
            case Post():
                yield from self._posted(intent, can, people)
            case Amend(message=message, kind=Kind.LIVE):
                yield from _paced(self._edited, message, can.edit_interval, now, "edits")
            case Extend(stream=stream):
                yield from _paced(self._extended, stream, can.stream_interval, now, "pieces")
            case _:
                pass

    def receipted(self, key: str) -> None:
        """The host was told that the post with this key is there."""
        self._received.add(key)

    def _posted(self, post: Post, can: Capabilities, people: frozenset[str]) -> Iterator[Breach]:
        before = self._posts.setdefault(post.key, post)
        # A live message that was never shown is tried again with what it would show by now.
        settled = post.kind is not Kind.LIVE or post.key in self._received
        # A possible repeat may say so behind what it says.
        said = post.content[: len(before.content)] if post.repeat else post.content
        if settled and (before.to, before.content) != (post.to, said):
            yield Rule.KEY, f"the key {post.key} was used for another post before"
        if post.key in self._received and not post.repeat and not can.idempotent_post:
            yield Rule.KEY, f"the post {post.key} was shown already, and is shown twice now"
        for person in post.mention:
            if person not in people:
                yield Rule.MENTION, f"{person!r} is to be called, but is not there"


def _paced(
    times: dict[str, float], name: str, interval: float, now: float, things: str
) -> Iterator[Breach]:
    """Live edits of one message, pieces of one stream; stored amendments are as few as presses."""
    before = times.get(name)
    times[name] = now
    if before is not None and now - before < interval - EARLY:
        yield Rule.PACE, f"two {things} of {name} within {now - before:.3f} s, not {interval} s"
