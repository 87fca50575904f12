"""What can still be done about a frame that was too long to be taken in. Pure."""

import re
from typing import Any

_REQUEST = re.compile(rb'"type"\s*:\s*"control_request"')
_ID = re.compile(rb'"request_id"\s*:\s*"([^"\\]{1,200})"')


def refusal(head: bytes) -> dict[str, Any] | None:
    """Return a refusal when the dropped frame was a request, which would else wait for ever.

    Args:
        head: The first bytes of the frame. The agent writes type and id before all else.
    """
    found = _ID.search(head)
    if not found or not _REQUEST.search(head):
        return None
    error = "The request is too long to be shown to anybody. Do it in smaller steps."
    inner = {"subtype": "error", "request_id": found[1].decode(errors="replace"), "error": error}
    return {"type": "control_response", "response": inner}
