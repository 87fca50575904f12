"""What a person sees in a chat of the fake service."""

from dataclasses import dataclass, field

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
    Table,
    Text,
    Todos,
)
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Person
from cc_connect.contract.platform import Kind


@dataclass(frozen=True, slots=True)
class File:
    """A file as it lies on the service: the bytes are those of the moment it was sent."""

    name: str
    data: bytes
    mime: str = ""


@dataclass(slots=True, eq=False)
class Message:
    """A message in a chat. It is the thing itself, not a picture: it shows later changes too.

    Attributes:
        id: The service's id; what `Receipt.message` and `Inbound.id` say.
        place: Where it stands.
        at: When it was made, by the clock of the event loop.
        author: Who said it; None is the adapter's own bot.
        content: What it shows now. A person's words are one `Text`.
        kind: Why the bot posted it.
        key: The key of the post; "" for what people say.
        files: Its files, with their bytes.
        reply_to: The message it answers.
        called: Ids of the people who were called by it.
        signs: The reactions on it.
        versions: What it showed before, oldest first.
        growing: It is a stream that no post has settled yet; `key` is the stream's name.
        gone: It was taken back or removed.
    """

    id: str
    place: Address
    at: float
    author: Person | None
    content: Content
    kind: Kind | None = None
    key: str = ""
    files: tuple[File, ...] = ()
    reply_to: str | None = None
    called: tuple[str, ...] = ()
    signs: list[str] = field(default_factory=list)
    versions: list[Content] = field(default_factory=list)
    growing: bool = False
    gone: bool = False

    @property
    def text(self) -> str:
        """Everything that can be read in it, block by block; prose as it was given."""
        return "\n\n".join(words for block in self.content if (words := _words(block)))

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Its buttons, in order."""
        groups = (block.items for block in self.content if isinstance(block, Buttons))
        return tuple(button for group in groups for button in group)

    @property
    def menus(self) -> tuple[Menu, ...]:
        """Its menus, in order."""
        return tuple(block for block in self.content if isinstance(block, Menu))

    @property
    def forms(self) -> tuple[Form, ...]:
        """Its forms, in order."""
        return tuple(block for block in self.content if isinstance(block, Form))

    def change(self, content: Content, files: tuple[File, ...]) -> None:
        """Show something else from now on."""
        self.versions.append(self.content)
        self.content, self.files = content, files

    def __repr__(self) -> str:
        return f"<Message {self.id} {self.text[:60]!r}>"


def _words(block: Block) -> str:
    match block:
        case Text(markdown):
            return markdown
        case Footer(text):
            return text
        case Steps(items):
            return "\n".join(f"{step.state.value}: {step.title or step.detail}" for step in items)
        case Todos(items):
            return "\n".join(f"{todo.state.value}: {todo.text}" for todo in items)
        case Diff(path, unified):
            return f"{path}\n{unified}"
        case Table(header, rows):
            return "\n".join(" | ".join(row) for row in (header, *rows))
        case Buttons() | Menu() | Form() | Attachment():
            return ""


def write(messages: list[Message]) -> str:
    """A chat as lines of text, for people who look at a test that failed."""
    return "\n".join(line for message in messages for line in _lines(message)) or "(nothing)"


def _lines(message: Message) -> list[str]:
    who = "bot" if message.author is None else message.author.name
    marks = [message.kind.value] if message.kind else []
    marks += ["growing"] if message.growing else []
    marks += ["edited"] if message.versions else []
    marks += [f"answers {message.reply_to}"] if message.reply_to else []
    head = f"{message.id} {who}" + (f" ({', '.join(marks)})" if marks else "")
    lines = [f"{head}: {message.text}".rstrip().replace("\n", "\n    ")]
    if message.buttons:
        lines.append("    " + " ".join(f"[{button.label}]" for button in message.buttons))
    lines += [
        f"    {menu.placeholder}: " + " / ".join(option.label for option in menu.options)
        for menu in message.menus
    ]
    lines += [
        f"    [{form.label}] asks for {', '.join(one.label for one in form.fields)}"
        for form in message.forms
    ]
    lines += [f"    file: {file.name}, {len(file.data)} bytes" for file in message.files]
    lines += [f"    signs: {' '.join(message.signs)}"] if message.signs else []
    return lines
