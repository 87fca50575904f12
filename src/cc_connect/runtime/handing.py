"""What an agent is told that takes over a conversation from another one. Pure."""

from collections.abc import Sequence

from cc_connect.core.desk import Said
from cc_connect.core.display import cut

EXCHANGES = 20
"""So many of the last exchanges are handed over."""
_EACH = 1500  # characters of a prompt or an answer
_ALL = 16_000  # characters

_HEAD = (
    "You take over this conversation from another agent, {agent}. What the person could see of it "
    "so far follows, the latest last. It is for your information: do nothing about it unless asked."
)


def handover(said: Sequence[Said], agent: str) -> str:
    """The visible history as text for the next agent; "" when there is none.

    Args:
        said: The last exchanges, oldest first.
        agent: Who worked on it until now.
    """
    parts: list[str] = []
    left = _ALL
    for one in reversed(said):
        part = f"Person: {cut(one.prompt, _EACH)}\n\nAgent: {cut(one.answer, _EACH)}"
        left -= len(part)
        if left < 0:
            break
        parts.append(part)
    if not parts:
        return ""
    return "\n\n".join((_HEAD.format(agent=agent), *reversed(parts)))
