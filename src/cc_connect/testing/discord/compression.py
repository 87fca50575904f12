"""Transport compression of the gateway. Docs: Gateway > Transport Compression."""

import importlib
import zlib
from collections.abc import Callable
from typing import Any

Squeeze = Callable[[str], bytes]
"""Turns one frame into the bytes of one message; keeps the common context of a connection."""


def compressor(kind: str | None) -> Squeeze | None:
    """The compression that a client asked for in the URL; None when it asked for none.

    Raises ValueError for an unknown kind, and for zstd without a library for it.
    """
    match kind:
        case None:
            return None
        case "zlib-stream":
            return _zlib()
        case "zstd-stream":
            return _zstd()
        case _:
            raise ValueError(f"unknown compression {kind!r}")


def _zlib() -> Squeeze:
    stream = zlib.compressobj()

    def squeeze(text: str) -> bytes:
        return stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)

    return squeeze


def _zstd() -> Squeeze:
    """One frame for the whole connection, flushed after each message. Python 3.14 brings zstd."""
    for name, opened in (("compression.zstd", _standard_zstd), ("zstandard", _other_zstd)):
        try:
            library = importlib.import_module(name)
        except ImportError:
            continue
        return opened(library)
    raise ValueError("no zstd library is installed")


def _standard_zstd(library: Any) -> Squeeze:  # noqa: ANN401 - a module of a newer Python
    stream = library.ZstdCompressor()

    def squeeze(text: str) -> bytes:
        packed: bytes = stream.compress(text.encode(), mode=stream.FLUSH_BLOCK)
        return packed

    return squeeze


def _other_zstd(library: Any) -> Squeeze:  # noqa: ANN401 - a library that need not be there
    stream = library.ZstdCompressor().compressobj()

    def squeeze(text: str) -> bytes:
        packed: bytes = stream.compress(text.encode())
        rest: bytes = stream.flush(library.COMPRESSOBJ_FLUSH_BLOCK)
        return packed + rest

    return squeeze
