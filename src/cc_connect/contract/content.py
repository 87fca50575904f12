"""What goes out: semantic blocks that each adapter draws in its own way.

A block says what a thing *is* (steps, a diff, buttons), never how it looks. What a platform cannot
draw is turned into something it can by `core.degrade`, so an adapter only ever sees blocks that its
capabilities allow.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown prose (CommonMark with tables)."""

    markdown: str


class StepState(StrEnum):
    """How a step of the agent's work stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class StepKind(StrEnum):
    """What a step of the agent's work was."""

    THOUGHT = "thought"
    TOOL = "tool"
    SAID = "said"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the agent did on its way: a thought, a tool run, a remark.

    Attributes:
        kind: What it was.
        title: One line, already cut to a sensible length.
        detail: More text (input or output), Markdown-free; may be empty.
        state: How it stands.
        depth: 0 for the agent itself, 1 for its sub-agents.
    """

    kind: StepKind
    title: str
    detail: str = ""
    state: StepState = StepState.DONE
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Steps:
    """The latest steps of a turn; `hidden` says how many earlier ones are left out."""

    items: tuple[Step, ...]
    hidden: int = 0


class TodoState(StrEnum):
    """How an entry of the agent's to-do list stands."""

    OPEN = "open"
    ACTIVE = "active"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Todo:
    """An entry of the agent's to-do list."""

    text: str
    state: TodoState = TodoState.OPEN


@dataclass(frozen=True, slots=True)
class Todos:
    """The agent's to-do list."""

    items: tuple[Todo, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """A change to a file in unified form (the `@@` hunks, without the two file lines)."""

    path: str
    unified: str
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; cells are plain text."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Style(StrEnum):
    """What pressing a button means to the person."""

    PLAIN = "plain"
    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `action` comes back in `Pressed`, word for word, at most 90 characters."""

    label: str
    action: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons in one group."""

    items: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a menu; `value` comes back in `Pressed.values`."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A choice among options; several at once when `multiple`."""

    action: str
    placeholder: str
    options: tuple[Option, ...]
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form."""

    id: str
    label: str
    multiline: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """Fields to fill in behind a button with `label`; comes back as `Submitted`."""

    action: str
    label: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on this machine to send.

    Attributes:
        path: Absolute path of a stored copy that nobody changes.
        name: What to call it in the chat.
        mime: Its type, or "" when unknown.
        size: Bytes.
    """

    path: str
    name: str
    mime: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Footer:
    """Small print under an answer: model, tokens, cost, folder."""

    text: str


Block = Text | Steps | Todos | Diff | Table | Buttons | Menu | Form | Attachment | Footer
Content = tuple[Block, ...]
