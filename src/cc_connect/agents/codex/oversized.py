"""What can still be done about a frame that was too long to be taken in. Pure."""

import re

_ID = re.compile(rb'"id"\s*:\s*(\d{1,15}|"[^"\\]{1,200}")')
_METHOD = re.compile(rb'"method"\s*:\s*"')
_BODY = re.compile(rb'"(?:params|result|error)"')
_HEAD = 400  # bytes; Codex writes method and id before the parameters


def request_in(head: bytes) -> int | str | None:
    """Return the id when the dropped frame was a request, which would else wait for ever.

    Args:
        head: The first bytes of the frame.
    """
    start = _BODY.split(head[:_HEAD])[0]
    found = _ID.search(start)
    if not found or not _METHOD.search(start):
        return None
    told = found[1].decode(errors="replace")
    return told.strip('"') if told.startswith('"') else int(told)
