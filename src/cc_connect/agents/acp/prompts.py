"""A prompt as content blocks: words, pictures, and links to files."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cc_connect.contract.agent import Prompt, PromptFile

LARGEST_PICTURE = 3_750_000
"""Bytes: in base64 this stays under the 5 MB that the services of models take."""

_REMARKED = "(The user's words about what was refused before: {words})"
_INSTRUCTED = "<instructions>\n{words}\n</instructions>"


def blocks(
    prompt: Prompt, *, pictures: bool, remarks: Sequence[str] = (), instructions: str = ""
) -> list[dict[str, Any]]:
    """Return the content of `session/prompt`; reads the pictures, so it blocks.

    Every agent takes words and links (the protocol demands it). A picture is sent along where the
    agent says that it can see (`pictures`), and is linked too, so that it can also work with the
    file.

    Args:
        prompt: What the person said.
        pictures: Whether the agent takes pictures.
        remarks: What the person said when refusing something in the turn before.
        instructions: What goes before the first words of a session.
    """
    before = [_INSTRUCTED.format(words=instructions)] if instructions else []
    before += [_REMARKED.format(words=words) for words in remarks]
    text = "\n\n".join([*before, prompt.text])
    made: list[dict[str, Any]] = [{"type": "text", "text": text}]
    for file in prompt.files:
        if pictures and (picture := _picture(file)):
            made.append(picture)
        made.append(_link(file))
    return made


def _picture(file: PromptFile) -> dict[str, Any] | None:
    if not file.mime.startswith("image/"):
        return None
    try:
        with Path(file.path).open("rb") as opened:
            data = opened.read(LARGEST_PICTURE + 1)
    except OSError:
        return None
    if not data or len(data) > LARGEST_PICTURE:
        return None
    return {"type": "image", "mimeType": file.mime, "data": base64.b64encode(data).decode()}


def _link(file: PromptFile) -> dict[str, Any]:
    link: dict[str, Any] = {
        "type": "resource_link",
        "uri": Path(file.path).as_uri(),
        "name": file.name or Path(file.path).name,
    }
    if file.mime:
        link["mimeType"] = file.mime
    if file.size:
        link["size"] = file.size
    return link
