"""What a person sees: messages that grow by deltas, and files."""

from dataclasses import dataclass, field
from typing import Any

STREAM_LIMIT = 4000
"""Most characters of one frame (`textChunkLimit` of the vendor's client)."""


class Protocol(Exception):
    """A frame that no client of the vendor would send."""


@dataclass(slots=True)
class Shown:
    """A message on the screen.

    Attributes:
        id: The bot's `messageId`, or the server's for a file.
        text: All deltas so far.
        done: Nothing more will come.
        chunks: The deltas as they came.
        name: Of a file; "" for a message.
        data: Of a file.
    """

    id: str
    text: str = ""
    done: bool = False
    chunks: list[str] = field(default_factory=list)
    name: str = ""
    data: bytes = b""


class Screen:
    """The chat of one person with the bot."""

    def __init__(self) -> None:
        self.messages: list[Shown] = []

    def take(self, payload: dict[str, Any]) -> Shown:
        """Put a `send_message` on the screen.

        Raises:
            Protocol: It has a wrong form, skips a chunk, goes on after its end, or is too long.
        """
        match payload:
            case {
                "messageId": str(message),
                "text": str(text),
                "chunkId": int(chunk),
                "done": bool(done),
            } if message:
                pass
            case _:
                raise Protocol(f"not a message: {sorted(payload)}")
        if len(text) > STREAM_LIMIT:
            raise Protocol(f"{len(text)} characters in one frame")
        shown = next((one for one in self.messages if one.id == message), None)
        if shown is None:
            shown = Shown(message)
        if shown.done:
            raise Protocol(f"{message} was done already")
        if chunk != len(shown.chunks):
            raise Protocol(f"chunk {chunk} of {message}, not {len(shown.chunks)}")
        if not shown.chunks:
            self.messages.append(shown)
        shown.chunks.append(text)
        shown.text += text
        shown.done = done
        return shown
