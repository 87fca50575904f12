"""Events as lines of text, for golden files."""

from dataclasses import fields
from itertools import groupby

from cc_connect.contract.agent import AgentEvent, Spoke, Thought


def shown(events: list[AgentEvent]) -> str:
    """One line for each event; pieces of one speech are joined."""

    def kind(event: AgentEvent) -> object:
        speech = isinstance(event, Spoke | Thought)
        return (type(event), event.turn) if speech else id(event)  # type: ignore[union-attr]

    lines = []
    for _, group in groupby(events, kind):
        pieces = list(group)
        if isinstance(pieces[0], Spoke | Thought):
            text = "".join(("|" if one.begins else "") + one.text for one in pieces)  # type: ignore[union-attr]
            lines.append(
                f"{type(pieces[0]).__name__} {pieces[0].turn or '-'} x{len(pieces)} {text!r}"
            )
        else:
            lines.append(plain(pieces[0]))
    return "\n".join(lines) + "\n"


def plain(event: AgentEvent) -> str:
    words = [type(event).__name__]
    for one in fields(event):
        value = getattr(event, one.name)
        if value not in ("", None, (), {}, 0, 0.0, False):
            words.append(f"{one.name}={value!r}")
    return " ".join(words)
