"""Content as a platform can draw it: what it cannot draw becomes something it can.

The only place that knows how one kind of block stands in for another. After `degrade` an adapter
meets only blocks that its capabilities allow.
"""

from collections.abc import Iterator

from cc_connect.contract.content import (
    Attachment,
    Block,
    Button,
    Buttons,
    Content,
    Diff,
    Footer,
    Form,
    Menu,
    Steps,
    StepState,
    Table,
    Text,
    Todos,
    TodoState,
)
from cc_connect.contract.platform import Capabilities, Markup, Support, TextUnit
from cc_connect.core.actions import AnswerRequest, RunCommand, decode, encode
from cc_connect.core.markdown import (
    Measure,
    code_block,
    code_points,
    inline_code,
    split,
    to_plain,
    to_plain_in_order,
    utf8_bytes,
    utf16_units,
    verbatim,
)
from cc_connect.core.texts import Language, say

STEP_SIGNS = {StepState.RUNNING: "⏳", StepState.DONE: "✓", StepState.FAILED: "✗"}
TODO_SIGNS = {TodoState.OPEN: "☐", TodoState.ACTIVE: "▶", TodoState.DONE: "☑"}
MEASURES: dict[TextUnit, Measure] = {
    TextUnit.CODE_POINTS: code_points,
    TextUnit.UTF16: utf16_units,
    TextUnit.BYTES: utf8_bytes,
}
KIBI = 1024
MOST_DIFF = 3000
"""Characters of a diff that is written as text."""


def degrade(content: Content, can: Capabilities, language: Language) -> Content:
    """The content as a platform with these capabilities can draw it."""
    blocks = [drawn for block in content for drawn in _drawable(block, can, language)]
    if can.markup is Markup.PLAIN:
        blocks = [_plain(block, can) for block in blocks]
    return tuple(_merged(blocks))


def pieces(content: Content, can: Capabilities) -> tuple[Content, ...]:
    """The content as messages, each within the platform's limit of text.

    Long prose is split, and parts of it with nothing to see are left out; everything else goes
    with the last piece, where the buttons belong: that is the piece that is amended later.
    """
    measure = MEASURES[can.text_unit]
    done: list[Content] = []
    current: list[Block] = []
    used = 0
    for block in content:
        if not isinstance(block, Text):
            current.append(block)
            continue
        size = measure(block.markdown)
        if used + size <= can.text_limit:
            current.append(block)
            used += size
            continue
        cuts = split(block.markdown, can.text_limit, measure)
        # In plain text the marks that go on over a cut would be seen as they are.
        plain = can.markup is Markup.PLAIN
        parts = [one.text if plain else one.rendered for one in cuts if not one.blank]
        if not parts:
            continue
        prose = tuple(earlier for earlier in current if isinstance(earlier, Text))
        if prose:
            done.append(prose)
        done += [(Text(part),) for part in parts[:-1]]
        others = [earlier for earlier in current if not isinstance(earlier, Text)]
        current, used = [*others, Text(parts[-1])], measure(parts[-1])
    if current:
        done.append(tuple(current))
    return tuple(done)


def _drawable(block: Block, can: Capabilities, language: Language) -> Iterator[Block]:
    match block:
        case Steps() | Todos() | Diff() | Table() if can.cards < Support.FULL:
            yield Text(as_markdown(block, language))
        case Buttons() if can.buttons is Support.NONE:
            yield from _written(block, language)
        case Menu() if can.menus is Support.NONE:
            yield from _menu(block, can)
        case Form() if can.forms is Support.NONE:
            yield from _form(block, language)
        case Attachment() if can.files is Support.NONE:
            size = f"{max(1, block.size // KIBI)} kB"
            line = say(language, "file_here", name=block.name, size=size, path=block.path)
            yield Text(line)
        case Attachment() if block.size > can.file_limit:
            limit = f"{can.file_limit // KIBI // KIBI} MB"
            line = say(language, "file_not_sent", name=block.name, limit=limit, path=block.path)
            yield Text(line)
        case _:
            yield block


def _written(buttons: Buttons, language: Language) -> Iterator[Block]:
    """Buttons as words: answers by number, with how to give them; commands as they are typed."""
    actions = [decode(button.action) for button in buttons.items]
    answers = [
        button.label
        for button, action in zip(buttons.items, actions, strict=True)
        if not isinstance(action, RunCommand)
    ]
    if answers:
        yield Text(_numbered(answers))
    for button, action in zip(buttons.items, actions, strict=True):
        if isinstance(action, RunCommand):
            yield Text(f"`{action.line}` {button.label}")
    choices = {action.choice for action in actions if isinstance(action, AnswerRequest)}
    if "allow" in choices:
        yield Text(say(language, "words_permission"))
    elif "go" in choices:
        yield Text(say(language, "words_plan"))


def _menu(menu: Menu, can: Capabilities) -> Iterator[Block]:
    if can.buttons is Support.NONE:
        lines = [
            f"{option.label}: {option.description}" if option.description else option.label
            for option in menu.options
        ]
        yield Text(_numbered(lines))
        return
    yield Buttons(
        tuple(Button(option.label, _chosen(menu, option.value)) for option in menu.options)
    )


def _chosen(menu: Menu, value: str) -> str:
    """The action of a button that stands in for an option of a menu."""
    action = decode(menu.action)
    match action:
        case AnswerRequest():
            return encode(AnswerRequest(action.request, f"o{value}", action.part))
        case RunCommand(line):
            return encode(RunCommand(f"{line} {value}"))
        case _:
            return menu.action


def _form(form: Form, language: Language) -> Iterator[Block]:
    action = decode(form.action)
    if isinstance(action, AnswerRequest) and action.choice == "text":
        yield Text(say(language, "words_question"))


def _numbered(labels: list[str]) -> str:
    return "\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))


def as_markdown(block: Steps | Todos | Diff | Table, language: Language) -> str:
    """A drawn block as Markdown prose."""
    match block:
        case Steps(items, hidden):
            lines = [say(language, "earlier_steps", count=hidden)] if hidden else []
            for step in items:
                indent = "  " * step.depth
                title = step.title or step.detail
                lines.append(f"{indent}{STEP_SIGNS[step.state]} {verbatim(title)}")
            return "\n".join(lines)
        case Todos(items):
            return "\n".join(f"{TODO_SIGNS[todo.state]} {verbatim(todo.text)}" for todo in items)
        case Diff(path, unified, added, removed):
            return f"{inline_code(path)} +{added} -{removed}\n" + code_block(
                _beginning(unified), "diff"
            )
        case Table(header, rows):
            lines = [_row(header), " | ".join("---" for _ in header), *map(_row, rows)]
            return "\n".join(f"| {line} |" for line in lines)


def _row(cells: tuple[str, ...]) -> str:
    return " | ".join(r"\|".join(map(verbatim, cell.split("|"))) for cell in cells)


def _beginning(unified: str) -> str:
    """As much of a diff as a chat can bear; the agent's folder has the rest."""
    lines = unified[:MOST_DIFF].splitlines()
    left = unified.count("\n") + 1 - len(lines)
    if len(unified) <= MOST_DIFF:
        return unified
    return "\n".join((*lines, f"… +{left}"))


def _plain(block: Block, can: Capabilities) -> Block:
    match block:
        case Text(markdown) if can.stream is Support.FULL:
            return Text(to_plain_in_order(markdown))  # what was streamed is its beginning
        case Text(markdown):
            return Text(to_plain(markdown))
        case Footer(text):
            return Text(text)
        case _:
            return block


def _merged(blocks: list[Block]) -> Iterator[Block]:
    """Neighbouring prose as one block, so that it is split and drawn as one."""
    prose: list[str] = []
    for block in blocks:
        if isinstance(block, Text):
            if block.markdown:
                prose.append(block.markdown)
            continue
        if prose:
            yield Text("\n\n".join(prose))
            prose = []
        yield block
    if prose:
        yield Text("\n\n".join(prose))
