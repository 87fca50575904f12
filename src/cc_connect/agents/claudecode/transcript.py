"""Reading a transcript: the JSON lines Claude Code keeps of a session. Blocking, tolerant.

Seen with 2.1.329: a prompt is a `user` entry whose `uuid` is the one it was sent with; one that was
taken into a running turn is an `attachment` of type `queued_command` with that uuid as
`source_uuid`. An answer is a chain of `assistant` entries of which the last has the `stop_reason`
`end_turn`. It is written with a delay of up to half a second, so what happened just before a crash
may be missing. Dozens of other kinds of entries stand between them and are passed over, and so is
any line that cannot be read: the file may be growing, or be cut off by a crash.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from cc_connect.agents.claudecode.schema import Frame, mapping, objects, string
from cc_connect.contract.agent import Exchange, Fate, Trace

_FINAL = frozenset({"end_turn", "stop_sequence", "max_tokens", "refusal"})
_OWN_WORDS = ("<local-command-", "<bash-", "[Request interrupted", "<task-notification")
_RELEVANT = (b'"user"', b'"assistant"', b'"queued_command"', b'title"')


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt of a person; `id` is the uuid it was sent with."""

    id: str
    text: str
    at: float | None
    cwd: str


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of the answer; `final` when the agent has nothing more to say."""

    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class Titled:
    """The session was given a title, by a person (`custom`) or by the agent."""

    text: str
    custom: bool


@dataclass(frozen=True, slots=True)
class Worked:
    """The agent worked on something: there is a trace of it, but no word for people."""


Entry = Asked | Said | Titled | Worked


def entries(path: Path) -> Iterator[Entry]:
    """Give what is told in a transcript, in order. Raises OSError when it cannot be read."""
    with path.open("rb") as lines:
        for line in lines:
            # Most of a transcript is of no use here, and decoding it is what takes the time.
            if not any(mark in line for mark in _RELEVANT):
                continue
            try:
                entry = msgspec.json.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            if isinstance(entry, dict) and (read := _read(entry)) is not None:
                yield read


def first_cwd(path: Path) -> str:
    """Return the folder a session began in, as its entries say; "" when none does."""
    with path.open("rb") as lines:
        for line in lines:
            if b'"cwd"' not in line:
                continue
            try:
                entry = msgspec.json.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            if isinstance(entry, dict) and (cwd := string(entry, "cwd")):
                return cwd
    return ""


def history(path: Path, last: int) -> tuple[Exchange, ...]:
    """Return the last exchanges, oldest first. Raises OSError."""
    found: list[Exchange] = []
    asked: Asked | None = None
    answer: list[str] = []
    for entry in entries(path):
        match entry:
            case Asked():
                if asked:
                    found.append(Exchange(asked.text, "\n\n".join(answer), asked.at))
                asked, answer = entry, []
            case Said(text) if text:
                answer.append(text)
            case _:
                pass
    if asked:
        found.append(Exchange(asked.text, "\n\n".join(answer), asked.at))
    return tuple(found[-last:]) if last > 0 else ()


def trace(path: Path, prompt: str) -> Trace:
    """Return what became of the prompt with this uuid. Raises OSError."""
    found = False
    for entry in entries(path):
        match entry:
            case Asked(id=name) if name == prompt:
                found = True
            case Asked() if found:
                break  # the next prompt, and the one before was left without an answer
            case Said(text, final=True) if found:
                return Trace(Fate.ANSWERED, text)
            case _:
                pass
    return Trace(Fate.PARTIAL if found else Fate.ABSENT)


def _read(entry: Frame) -> Entry | None:
    if entry.get("isSidechain"):
        return None
    match entry.get("type"):
        case "user":
            return _user(entry)
        case "assistant":
            return _assistant(entry)
        case "attachment":
            return _attachment(entry)
        case "custom-title":
            return Titled(string(entry, "customTitle"), custom=True)
        case "ai-title":
            return Titled(string(entry, "aiTitle"), custom=False)
        case _:
            return None


def _user(entry: Frame) -> Entry | None:
    if entry.get("isMeta") or entry.get("isCompactSummary"):
        return None
    text = _prompt_text(mapping(entry, "message"), "content")
    if text is None:
        return Worked()
    if text.startswith("<local-command-stdout>"):
        return Said(_inside(text, "local-command-stdout"), final=True)
    if text.startswith(_OWN_WORDS):
        return Worked()
    if text.startswith("<command-name>"):
        words = (_inside(text, "command-name"), _inside(text, "command-args"))
        text = " ".join(filter(None, words))
    return Asked(string(entry, "uuid"), text, _at(entry), string(entry, "cwd"))


def _prompt_text(message: Frame, key: str) -> str | None:
    """The words of a prompt; None for a tool's result, which is a `user` entry too."""
    if isinstance(message.get(key), str):
        return string(message, key)
    parts = objects(message, key)
    if any(string(part, "type") == "tool_result" for part in parts):
        return None
    return "\n".join(string(part, "text") for part in parts if string(part, "type") == "text")


def _assistant(entry: Frame) -> Entry:
    message = mapping(entry, "message")
    texts = [string(b, "text") for b in objects(message, "content") if b.get("type") == "text"]
    # "<synthetic>" is the agent itself: an error of the service, or a filler that it puts after an
    # interrupted answer when it resumes ("No response requested.").
    if entry.get("isApiErrorMessage") or string(message, "model") == "<synthetic>":
        return Worked()
    return Said("\n\n".join(texts), string(message, "stop_reason") in _FINAL)


def _attachment(entry: Frame) -> Entry | None:
    attached = mapping(entry, "attachment")
    if attached.get("type") != "queued_command" or not string(attached, "source_uuid"):
        return None
    text = _prompt_text(attached, "prompt") or ""
    return Asked(string(attached, "source_uuid"), text, _at(entry), string(entry, "cwd"))


def _inside(text: str, tag: str) -> str:
    return text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0].strip()


def _at(entry: Frame) -> float | None:
    try:
        return datetime.fromisoformat(string(entry, "timestamp")).timestamp()
    except ValueError:
        return None
