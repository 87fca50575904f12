"""A request as the mock recorded it, and how a conversation is read from it. Pure.

What the real claude puts around a prompt was observed with version 2.1.329: reminders as text
blocks of their own beside the prompt, entries of role `system` in the middle of `messages`, and
user messages glued together when nothing stood between them (see `_said`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cc_connect.testing.model_api.reading import (
    chat_messages,
    gemini_messages,
    is_chat,
    is_gemini,
)
from cc_connect.testing.model_api.script import find_script

Block = dict[str, Any]

_NOISE = re.compile(
    r"<(system-reminder|local-command-(?:caveat|stdout|stderr)|task-notification"
    r"|command-(?:name|message|args))>.*?</\1>",
    re.DOTALL,
)
# Stands in place of a reply without content, which claude leaves out of the conversation.
_EMPTY_REPLY = "[Your previous response had no visible output."
# What the program writes in the name of the user while a turn goes on or after it.
_NOT_THE_PERSON = (
    "[Image: source:",
    "Output token limit hit.",
    "Your response above was stopped by",
    "This session is being continued from a previous conversation",
    _EMPTY_REPLY,
)
_INTERRUPTED = "[Request interrupted by user"
_STEERED = "The user sent a new message while you were working:\n"
_STEERED_END = "\n\nThis is how Claude Code surfaces messages"
_SUMMARY_WANTED = "Your task is to create a detailed summary of the conversation"
_BOOKMARK = re.compile(r"Unfinished after (\d+): (@@ .* @@)")
_TOOL_USE_ID = re.compile(r"toolu_\d+_(\d+)_\d+")
_CWD = re.compile(r"Primary working directory: (.+)")
_PLAN_FILE = re.compile(r"/[^\s\"'`]+/plans/[^\s\"'`]+\.md")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture inside a request: its media type and its bytes, decoded."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back to the model. Parts of `text` are joined with line ends."""

    id: str
    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """The words the model has to answer now.

    `replies` counts the assistant messages after them, `before` those that stand before.
    """

    text: str
    replies: int
    before: int

    @property
    def wants_summary(self) -> bool:
        """Whether this is the order to sum the conversation up (compaction)."""
        return _SUMMARY_WANTED in self.text


@dataclass(frozen=True)
class ModelRequest:
    """One HTTP request that reached the mock.

    Header names are in lower case; `body` is empty for a request without a JSON object. Headers
    hold the key the client sent, so they are left out of `repr`.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)

    @property
    def is_message(self) -> bool:
        """Whether it asks the model for a reply."""
        asked = self.path == "/v1/messages" or is_chat(self.path) or is_gemini(self.path)
        return self.method == "POST" and asked

    @property
    def streaming(self) -> bool:
        """Whether the reply is wanted as a stream of events."""
        return self.body.get("stream") is True or ":stream" in self.path

    @property
    def model(self) -> str:
        """The model asked for."""
        named = self.path.rpartition("/")[2].partition(":")[0] if is_gemini(self.path) else ""
        return named or str(self.body.get("model", ""))

    @property
    def key(self) -> str:
        """The API key or OAuth token; empty when there is none."""
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        named = (self.headers.get(name, "") for name in ("x-api-key", "x-goog-api-key"))
        return next(filter(None, named), bearer)

    @property
    def session(self) -> str:
        """The session id of the claude that asks; empty for another client."""
        return self.headers.get("x-claude-code-session-id", "")

    @property
    def subagent(self) -> str:
        """The id of the subagent that asks; empty for the main agent."""
        return self.headers.get("x-claude-code-agent-id", "")

    @cached_property
    def prompt(self) -> Prompt:
        """The prompt to answer. Raises ScriptError when a script in it cannot be read."""
        return read_prompt(self.messages)

    @property
    def messages(self) -> list[Block]:
        """The conversation, in the form of the Messages API whoever asks."""
        if is_chat(self.path):
            return chat_messages(self.body)
        if is_gemini(self.path):
            return gemini_messages(self.body)
        found = self.body.get("messages")
        return [entry for entry in found if isinstance(entry, dict)] if found else []

    @property
    def system(self) -> str:
        """The system prompt, its blocks joined with line ends."""
        return _joined(self.body.get("system"))

    @property
    def tools(self) -> tuple[str, ...]:
        """Names of the tools offered to the model."""
        return tuple(tool.get("name", "") for tool in self.body.get("tools", ()))

    def blocks(self, kind: str, role: str = "user") -> tuple[Block, ...]:
        """All content blocks of one type that one side sent, oldest first."""
        return tuple(
            block
            for entry in self.messages
            if entry.get("role") == role
            for block in content_blocks(entry)
            if block.get("type") == kind
        )

    @property
    def images(self) -> tuple[Image, ...]:
        """Pictures in user messages (not those in results of tools), oldest first."""
        sources = [block["source"] for block in self.blocks("image")]
        return tuple(
            Image(source["media_type"], base64.b64decode(source["data"]))
            for source in sources
            if source.get("type") == "base64"
        )

    @property
    def tool_results(self) -> tuple[ToolResult, ...]:
        """All results of tools in the conversation, oldest first."""
        return tuple(
            ToolResult(block["tool_use_id"], _joined(block.get("content")), _failed(block))
            for block in self.blocks("tool_result")
        )

    @property
    def places(self) -> dict[str, str]:
        """Paths the prompts of claude name: CWD, and PLAN_FILE in plan mode."""
        said = [self.system, *(block.get("text", "") for block in self._all_blocks())]
        text = "\n".join(said)
        found = {"CWD": _CWD.findall(text), "PLAN_FILE": _PLAN_FILE.findall(text)}
        return {name: paths[-1] for name, paths in found.items() if paths}

    def _all_blocks(self) -> Iterator[Block]:
        for entry in self.messages:
            if entry.get("role") != "assistant":
                yield from content_blocks(entry)


def content_blocks(entry: Block) -> list[Block]:
    """Return the content of a message as blocks, however it was written."""
    content = entry.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in content or () if isinstance(block, dict)]


def read_prompt(messages: Sequence[Block]) -> Prompt:
    """Find the prompt to answer: the last words of the person, else an empty prompt.

    Words sent while a tool ran count only when they hold a script: the model goes on with what
    it was doing. Raises ScriptError when a script in them cannot be read.
    """
    replies = 0
    for place in range(len(messages) - 1, -1, -1):
        entry = messages[place]
        text = ""
        match entry.get("role"):
            case "assistant":
                replies += not (place and messages[place - 1].get("role") == "assistant")
            case "user":
                text = _said(entry)
                replies += _empty_replies(entry)
                if not text and (kept := _BOOKMARK.search(_joined(entry.get("content")))):
                    done = _replies_by_id(messages[place:])
                    return Prompt(kept[2], max(done, int(kept[1])), before=0)
            case "system":
                text = _steered(entry)
            case _:
                pass
        if text:
            before = sum(earlier.get("role") == "assistant" for earlier in messages[:place])
            return Prompt(text, replies, before)
    return Prompt("", replies, 0)


def _empty_replies(entry: Block) -> int:
    texts = [block.get("text", "") for block in content_blocks(entry)]
    return sum(text.startswith(_EMPTY_REPLY) for text in texts)


def bookmark(replies: int, steps: str) -> str:
    """Return a line that carries an unfinished script through a compaction.

    `steps` is the script; `replies` says how many of its replies were given.
    """
    return f"Unfinished after {replies}: {steps}"


def tool_use_id(number: int, replies: int, index: int) -> str:
    """Return an id that tells which reply to its prompt it belongs to.

    After a compaction the assistant messages cannot be counted: some were kept, some not.
    """
    return f"toolu_{number:015d}_{replies:03d}_{index:02d}"


def _replies_by_id(messages: Sequence[Block]) -> int:
    blocks = [block for entry in messages for block in content_blocks(entry)]
    ids = [_TOOL_USE_ID.fullmatch(str(block.get("id"))) for block in blocks]
    return max((int(found[1]) + 1 for found in ids if found), default=0)


def _said(entry: Block) -> str:
    """Return what the person said last in a user message; empty when it is all from claude.

    A prompt that got no reply (API error, interruption) stands in the same message as the next
    one. The seam is a mark of the interruption, a block of claude's own, or a line end that
    claude put after the earlier prompt.
    """
    latest: list[str] = []
    for block in reversed(content_blocks(entry)):
        if block.get("type") != "text":
            continue
        text = _NOISE.sub("", block["text"])
        foreign = not text.strip() or text.startswith(_NOT_THE_PERSON)
        seam = foreign or text.endswith("\n")
        if text.startswith(_INTERRUPTED) or (latest and seam):
            break
        if not foreign:
            latest.insert(0, text)
    return "\n".join(latest).strip()


def _steered(entry: Block) -> str:
    text = _joined(entry.get("content"))
    if not text.startswith(_STEERED):
        return ""
    words = text.removeprefix(_STEERED).split(_STEERED_END)[0]
    return words if find_script(words) else ""


def _joined(content: Any) -> str:  # noqa: ANN401 - a string, a list of blocks, or nothing
    blocks = content_blocks({"content": content})
    return "\n".join(block.get("text", "") for block in blocks if block.get("type") == "text")


def _failed(block: Block) -> bool:
    return block.get("is_error") is True
