"""Lines: a chat over plain TCP, for this machine only. A line in is a message, so is a line out.

Try it with `nc 127.0.0.1 7000`.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from cc_connect.contract.content import Text
from cc_connect.contract.errors import DeliveryRejected, PlatformUnavailable
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Media, Person, Said
from cc_connect.contract.platform import (
    Capabilities,
    Intent,
    Markup,
    PlatformHost,
    Post,
    Receipt,
)
from cc_connect.contract.plugin import PlatformContext, PlatformPlugin

# Everything that is not said here is NONE: nothing else will ever be asked of `deliver`.
CAN = Capabilities(text_limit=2000, markup=Markup.PLAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesOptions:
    """What can stand under `[projects.platforms.options]`."""

    port: int = field(default=7000, metadata={"doc": "Port to listen on.", "min": 1, "max": 65535})
    allow_from: tuple[str, ...] = field(
        default=(), metadata={"doc": "Who may use it; there is only `local`.", "csv": True}
    )


class Lines:
    """Implements `Platform`: one bot, one chat, and one person, who is called `local`."""

    def __init__(self, context: PlatformContext) -> None:
        self._port: int = context.options.port
        self._place = Address(context.instance, "desk")
        self._writers: set[asyncio.StreamWriter] = set()
        self._host: PlatformHost | None = None

    def capabilities(self, to: Address) -> Capabilities:
        """See `Platform.capabilities`."""
        del to  # the same everywhere
        return CAN

    async def run(self, host: PlatformHost) -> None:
        """See `Platform.run`."""
        self._host = host
        try:
            server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        except OSError as error:
            raise PlatformUnavailable(f"port {self._port}: {error.strerror}") from error
        try:
            host.connected()
            await asyncio.get_running_loop().create_future()  # until cancelled
        finally:
            server.close()
            for writer in self._writers:
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            async for line in reader:
                if self._host is not None:
                    # A service that repeats what was not acknowledged has ids of its own, and the
                    # acknowledgement would follow here: `receive` returns when it is stored.
                    await self._host.receive(self._inbound(line.decode(errors="replace").strip()))
        finally:
            self._writers.discard(writer)
            writer.close()

    def _inbound(self, text: str) -> Inbound:
        return Inbound(
            id=str(uuid.uuid4()),
            address=self._place,
            sender=Person("local", name="Local"),
            body=Said(text),
            private=True,
        )

    async def deliver(self, intent: Intent) -> Receipt:
        """See `Platform.deliver`."""
        if not isinstance(intent, Post):
            raise DeliveryRejected(f"this chat has no {type(intent).__name__}")
        if not self._writers:
            raise PlatformUnavailable("nobody is connected")  # it is tried again later
        texts = [block.markdown for block in intent.content if isinstance(block, Text)]
        for writer in self._writers:
            writer.write("\n".join(texts).encode() + b"\n")
            await writer.drain()
        return Receipt(intent.key)

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """See `Platform.fetch`; nobody can send a file here."""
        raise DeliveryRejected(f"{media.name}: this chat has no files")


plugin = PlatformPlugin(name="lines", options=LinesOptions, build=Lines)
