"""A prompt as the agent takes it: words, pictures, and the names of files."""

import base64
from pathlib import Path
from typing import Any

from cc_connect.contract.agent import Prompt, PromptFile

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Kinds of pictures that the model can look at."""

LARGEST_PICTURE = 3_750_000
"""Bytes: in base64 this stays under the 5 MB that the model's service takes."""


def user_frame(prompt: Prompt) -> dict[str, Any]:
    """Return the frame for a prompt; reads the pictures, so it blocks.

    A picture is sent along and named, so that the agent can also do something with the file. Other
    files, and pictures too large or gone, are only named. The `uuid` is what the transcript on disk
    carries, and what `command_lifecycle` frames name.
    """
    text = _worded(prompt)
    pictures = [block for file in prompt.files if (block := _picture(file))]
    content: Any = [*pictures, {"type": "text", "text": text}] if pictures else text
    return {
        "type": "user",
        "message": {"role": "user", "content": content},
        "parent_tool_use_id": None,
        "uuid": prompt.id,
    }


def _worded(prompt: Prompt) -> str:
    if not prompt.files:
        return prompt.text
    named = "\n".join(f"- {_named(file)}" for file in prompt.files)
    return f"{prompt.text}\n\nFiles from the user:\n{named}".strip()


def _named(file: PromptFile) -> str:
    own_name = Path(file.path).name
    return file.path if file.name in ("", own_name) else f"{file.path} ({file.name})"


def _picture(file: PromptFile) -> dict[str, Any] | None:
    if file.mime not in PICTURES:
        return None
    try:
        with Path(file.path).open("rb") as opened:
            data = opened.read(LARGEST_PICTURE + 1)
    except OSError:
        return None
    if not data or len(data) > LARGEST_PICTURE:
        return None
    source = {"type": "base64", "media_type": file.mime, "data": base64.b64encode(data).decode()}
    return {"type": "image", "source": source}
