"""What the host may ask of a platform with given capabilities: the strict side of the contract."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from cc_connect.contract.content import (
    Attachment,
    Block,
    Buttons,
    Content,
    Diff,
    Footer,
    Form,
    Menu,
    Steps,
    Table,
    Text,
    Todos,
)
from cc_connect.contract.platform import (
    Amend,
    Capabilities,
    Extend,
    Intent,
    Post,
    React,
    Retract,
    Support,
    TextUnit,
    Typing,
)

LONGEST_ACTION = 90
"""Characters of `Button.action`, as its docstring promises to adapters."""


class Rule(StrEnum):
    """What the fake watches over; each can be forgiven by name."""

    PLACE = "place"  # the address is one of this platform, with a thread only where there are any
    STATE = "state"  # nothing is asked after `run` was cancelled
    KEY = "key"  # every post has a key; the same key means the same post
    TEXT = "text"  # no more text in a message than the limit
    EMPTY = "empty"  # a post shows something
    BLOCKS = "blocks"  # only blocks that the capabilities allow
    BUTTONS = "buttons"  # as many as fit, with labels and actions of the promised length
    MENUS = "menus"  # options within the limit, with values of their own
    FILES = "files"  # files that are there, of the size that is said, within the limit
    SUPPORT = "support"  # no edit, deletion, typing, reaction or stream where there is none
    PACE = "pace"  # live edits and stream pieces not faster than the intervals
    MENTION = "mention"  # only people who are there are called


Breach = tuple[Rule, str]
"""A rule that was broken, and how."""

_MEASURES: dict[TextUnit, Callable[[str], int]] = {
    TextUnit.CODE_POINTS: len,
    TextUnit.UTF16: lambda text: len(text.encode("utf-16-le")) // 2,
    TextUnit.BYTES: lambda text: len(text.encode()),
}


def measure(text: str, unit: TextUnit) -> int:
    """How long a text is in the unit of a platform."""
    return _MEASURES[unit](text)


def of_intent(intent: Intent, can: Capabilities) -> Iterator[Breach]:
    """What an intent asks that the capabilities do not allow."""
    if intent.to.thread is not None and can.threads is Support.NONE:
        yield Rule.PLACE, f"a thread was addressed ({intent.to.lane}), but there are none"
    match intent:
        case Post(content=content, key=key):
            if not key:
                yield Rule.KEY, "a post has no key"
            yield from of_content(content, can)
        case Amend(content=content):
            if can.edit is Support.NONE:
                yield Rule.SUPPORT, "an edit was asked for, but messages cannot be edited"
            yield from of_content(content, can)
        case Retract() if can.delete is Support.NONE:
            yield Rule.SUPPORT, "a message was to be taken back, but that cannot be done"
        case Typing() if can.typing is Support.NONE:
            yield Rule.SUPPORT, "a typing sign was asked for, but there is none"
        case React() if can.reactions is Support.NONE:
            yield Rule.SUPPORT, "a reaction was asked for, but there are none"
        case Extend() if can.stream is Support.NONE:
            yield Rule.SUPPORT, "a text was to grow, but there are no streams"
        case _:
            pass


def of_content(content: Content, can: Capabilities) -> Iterator[Breach]:
    """What one message shows that the capabilities do not allow.

    The text of a message is its `Text` blocks together; small print and what is drawn as a card is
    not counted, as the adapter decides what becomes of it.
    """
    if not content:
        yield Rule.EMPTY, "a message shows nothing"
    prose = "".join(block.markdown for block in content if isinstance(block, Text))
    size = measure(prose, can.text_unit)
    if size > can.text_limit:
        yield Rule.TEXT, f"{size} {can.text_unit.value} of text, {can.text_limit} are allowed"
    for block in content:
        yield from _of_block(block, can)
    yield from _of_room(content, can)


def _of_block(block: Block, can: Capabilities) -> Iterator[Breach]:
    match block:
        case Text(markdown):
            if not markdown.strip():
                yield Rule.EMPTY, "a text without a word"
        case Steps() | Todos() | Diff() | Table():
            if can.cards < Support.FULL:
                yield Rule.BLOCKS, f"a {type(block).__name__}, but there are no cards"
        case Buttons():
            yield from _of_buttons(block, can)
        case Menu():
            yield from _of_menu(block, can)
        case Form():
            if can.forms is Support.NONE:
                yield Rule.BLOCKS, "a form, but there are none"
            yield from _of_action(block.action)
            if len({one.id for one in block.fields}) != len(block.fields) or not block.fields:
                yield Rule.BLOCKS, f"the form {block.action} has no fields, or two with one id"
        case Attachment():
            yield from _of_file(block, can)
        case Footer():
            return


def _of_buttons(block: Buttons, can: Capabilities) -> Iterator[Breach]:
    if can.buttons is Support.NONE:
        yield Rule.BLOCKS, "buttons, but there are none"
    if not block.items:
        yield Rule.BUTTONS, "a group without a button"
    for button in block.items:
        if not button.label.strip():
            yield Rule.BUTTONS, f"the button {button.action} has no label"
        yield from _of_action(button.action)


def _of_action(action: str) -> Iterator[Breach]:
    if not 0 < len(action) <= LONGEST_ACTION:
        yield Rule.BUTTONS, f"an action of {len(action)} characters: {action[:40]!r}"


def _of_menu(menu: Menu, can: Capabilities) -> Iterator[Breach]:
    if can.menus is Support.NONE:
        yield Rule.BLOCKS, "a menu, but there are none"
    yield from _of_action(menu.action)
    if not 0 < len(menu.options) <= can.menu_options:
        yield Rule.MENUS, f"{len(menu.options)} options, {can.menu_options} are allowed"
    if len({option.value for option in menu.options}) != len(menu.options):
        yield Rule.MENUS, f"two options of {menu.action} have one value"


def _of_file(file: Attachment, can: Capabilities) -> Iterator[Breach]:
    if can.files is Support.NONE:
        yield Rule.BLOCKS, "a file, but none can be sent"
    path = Path(file.path)
    if not path.is_absolute() or not path.is_file():
        yield Rule.FILES, f"the file {file.path} is not there"
        return
    size = path.stat().st_size
    if size != file.size:
        yield Rule.FILES, f"{file.name} is said to have {file.size} bytes, but has {size}"
    if size > can.file_limit:
        yield Rule.FILES, f"{file.name} has {size} bytes, {can.file_limit} are allowed"


def _of_room(content: Content, can: Capabilities) -> Iterator[Breach]:
    """Whether the buttons of a message fit; a form is opened by one."""
    count = sum(len(block.items) for block in content if isinstance(block, Buttons))
    count += sum(isinstance(block, Form) for block in content)
    room = can.button_rows * can.row_buttons
    if count > room:
        yield Rule.BUTTONS, f"{count} buttons in one message, {room} fit"
