"""What of a turn is shown: one policy, decided in one place."""

from dataclasses import dataclass
from enum import StrEnum


class Detail(StrEnum):
    """`display.mode` of the configuration."""

    FULL = "full"
    COMPACT = "compact"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Display:
    """The policy of one conversation.

    Attributes:
        thinking: Show what the agent thinks.
        tools: Show which tools it runs.
        text: Show its answer while it grows.
        thinking_max: Most characters of a thought; 0 for no cut.
        tool_max: Most characters of a tool's input or output; 0 for no cut.
        changes: Tell which files a turn changed.
        footer: Put small print under answers.
        footer_folder: The small print names the folder.
        footer_context: The small print tells how full the context is.
    """

    thinking: bool = True
    tools: bool = True
    text: bool = True
    thinking_max: int = 300
    tool_max: int = 500
    changes: bool = True
    footer: bool = True
    footer_folder: bool = True
    footer_context: bool = True


def display_for(detail: Detail) -> Display:
    """The policy that a detail level means: all, steps without thoughts and output, or nothing."""
    match detail:
        case Detail.FULL:
            return Display()
        case Detail.COMPACT:
            return Display(thinking=False, tool_max=80)
        case Detail.QUIET:
            return Display(thinking=False, tools=False, text=False, changes=False)


def cut(text: str, most: int) -> str:
    """`text`, or its first `most` characters and an ellipsis; 0 means no cut."""
    return text if not most or len(text) <= most else text[: most - 1].rstrip() + "…"


def one_line(text: str, most: int) -> str:
    """The text on one line, cut."""
    return cut(" ".join(text[: most * 4].split()), most)
