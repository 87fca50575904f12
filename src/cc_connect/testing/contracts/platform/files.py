"""Contracts about files, both ways."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from cc_connect.contract.content import Attachment, Text
from cc_connect.contract.errors import DeliveryRejected
from cc_connect.contract.inbound import Media, Said
from cc_connect.testing.contracts.platform.bench import Bench
from cc_connect.testing.contracts.platform.contract import contract
from cc_connect.testing.contracts.platform.harness import Act, SeenFile

SIZE = 300_001
"""More than one chunk of anything, and no round figure."""


def some_bytes(size: int = SIZE) -> bytes:
    """Bytes that repeat nowhere near, the same every time."""
    block = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(256))
    return (block * (size // len(block) + 1))[:size]


@contract(support=("files",))
async def p15_a_file_arrives_byte_for_byte(bench: Bench) -> None:
    """An `Attachment` MUST arrive with its name and every byte, together with its text."""
    data = some_bytes(min(SIZE, bench.can.file_limit))
    name = "the report (1).bin"
    with tempfile.TemporaryDirectory() as folder:
        file = _stored(Path(folder), name, data)
        async with bench.running():
            word = bench.word("here it is")
            await bench.deliver(bench.post(Text(word), file))
            seen = await bench.all_seen()
    files = [one for message in seen for one in message.files]
    bench.must(any(word in message.text for message in seen), "the text is missing")
    bench.must(len(files) == 1, f"one file was posted, {len(files)} are there")
    _same(bench, files[0], name, data)


def _stored(folder: Path, name: str, data: bytes) -> Attachment:
    path = folder / "stored"
    path.write_bytes(data)
    return Attachment(str(path), name, "application/octet-stream", len(data))


def _same(bench: Bench, file: SeenFile, name: str, data: bytes) -> None:
    bench.must(file.name == name, f"{name!r} arrived as {file.name!r}")
    whole = len(file.data) == len(data)
    bench.must(whole, f"{len(data)} bytes were posted, {len(file.data)} arrived")
    bench.must(file.data == data, "the bytes are not those that were posted")


@contract(Act.SEND_FILES)
async def p16_a_file_can_be_fetched(bench: Bench) -> None:
    """`fetch` MUST give every byte of a file that was sent; its `Media` names it as sent."""
    data = some_bytes()
    async with bench.running() as platform:
        text = bench.word("look")
        await bench.harness.say(bench.place, text, files={"notes.bin": data})
        heard = await bench.hears_text(text)
        media = heard.body.media if isinstance(heard.body, Said) else ()
        bench.must(len(media) == 1, f"one file was sent, {len(media)} came in")
        bench.must(media[0].name == "notes.bin", f"it came in as {media[0].name!r}")
        size = media[0].size
        bench.must(size in {None, len(data)}, f"{len(data)} bytes are said to be {size}")
        chunks = await bench.soon(_fetched(platform.fetch(media[0])), "fetch() does not end")
        bench.must(chunks == data, f"of {len(data)} bytes {len(chunks)} were fetched, or others")


async def _fetched(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


@contract(Act.SEND_FILES)
async def p17_a_file_that_is_gone_is_told(bench: Bench) -> None:
    """`fetch` of a file that is not there MUST raise DeliveryRejected, not give nothing."""
    async with bench.running() as platform:
        gone = Media("00000000000000000000000000000000", "gone.txt")
        await bench.refuses(
            _fetched(platform.fetch(gone)), DeliveryRejected, "fetch of an unknown file"
        )
