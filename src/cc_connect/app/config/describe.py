"""Every option with its type, default and meaning, as data: for docs/config.md and for messages.

`write_tables` writes the tables of that page anew, between two marks; a test fails when they are
out of date.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path

from cc_connect.app.config import reference
from cc_connect.app.config.kinds import (
    Anything,
    Choice,
    Either,
    Entry,
    Kind,
    Many,
    Map,
    Scalar,
    Table,
    layout,
)
from cc_connect.app.config.models import Config

BEGIN = "<!-- options: begin (written by describe.write_tables) -->"
END = "<!-- options: end -->"


@dataclass(frozen=True, slots=True)
class Option:
    """One key of the configuration.

    Attributes:
        table: The table it stands in, as `[[projects.platforms]]`; empty at the top.
        path: The whole way, as `projects[].platforms[].type`; `<name>` stands for a free key.
        default: As it would be written, or in words; "needed" when there is none.
        owner: The class of the table.
    """

    owner: type
    table: str
    path: str
    key: str
    type: str
    default: str
    doc: str
    built: bool
    secret: bool


@cache
def options() -> tuple[Option, ...]:
    """Every option of `Config`, table by table: the top first, every table after its parent."""
    return tuple(_of_table(Config, "", "", (), many=False))


@cache
def elsewhere() -> Mapping[str, str]:
    """For the name of a key: the table it belongs to, when there is only one such."""
    tables: dict[str, set[str]] = {}
    for option in options():
        tables.setdefault(option.key, set()).add(option.table or "the top of the file")
    known = {key: found.pop() for key, found in tables.items() if len(found) == 1}
    agent = reference.SHARED_AGENT_OPTIONS.union(*reference.AGENT_OPTIONS.values())
    platform = reference.SHARED_PLATFORM_OPTIONS.union(*reference.PLATFORM_OPTIONS.values())
    for key in platform - agent:
        known.setdefault(key, "[projects.platforms.options]")
    for key in agent - platform:
        known.setdefault(key, "[projects.agent.options]")
    return known


def tables() -> str:
    """The option tables of docs/config.md, in Markdown."""
    lines: list[str] = []
    shown: dict[type, str] = {}
    for option in options():
        first = shown.setdefault(option.owner, option.table)
        if f"### {_title(option)}" not in lines:
            lines += ["", f"### {_title(option)}", ""]
            if first == option.table:
                lines += ["| key | type | default | meaning |", "| --- | --- | --- | --- |"]
            else:
                lines.append(f"The same keys as `{first}`.")
        if first == option.table:
            later = "" if option.built else " *Not built yet.*"
            doc = f"{option.doc}{later}".replace("|", "\\|")
            lines.append(f"| `{option.key}` | {option.type} | {option.default} | {doc} |")
    return "\n".join(lines).strip() + "\n"


def _title(option: Option) -> str:
    return f"`{option.table}`" if option.table else "At the top of the file"


def _of_table(
    cls: type, title: str, path: str, above: tuple[type, ...], *, many: bool
) -> Iterator[Option]:
    inner: list[tuple[type, str, str, bool]] = []
    head = f"[[{title}]]" if many else f"[{title}]"
    for entry in layout(cls).entries.values():
        here = f"{path}.{entry.key}" if path else entry.key
        below = f"{title}.{entry.key}" if title else entry.key
        found = _nested(entry.kind, below, here)
        if found is not None and found[0] not in above:
            inner.append(found)
        yield Option(
            cls,
            head if title else "",
            here,
            entry.key,
            _type(entry.kind),
            _default(entry),
            str(entry.meta.get("doc", "")),
            entry.built,
            entry.secret,
        )
    for table, name, way, repeated in inner:
        yield from _of_table(table, name, way, (*above, cls), many=repeated)


def _nested(kind: Kind, title: str, path: str) -> tuple[type, str, str, bool] | None:
    """The table that a kind holds: its class, title, way, and whether it is a list of tables."""
    match kind:
        case Table(cls):
            return cls, title, path, False
        case Many(Table(cls)):
            return cls, title, f"{path}[]", True
        case Map(Table(cls)):
            return cls, f"{title}.<name>", f"{path}.<name>", False
        case Map(Many(Table(cls))):
            return cls, f"{title}.<name>", f"{path}.<name>[]", True
        case _:
            return None


def _type(kind: Kind) -> str:
    match kind:
        case Scalar(cls):
            names = {str: "text", Path: "path", int: "whole number", float: "number"}
            return names.get(cls, "true or false")
        case Choice(words):
            return " or ".join(f'`"{word}"`' for word in words)
        case Many(Table()):
            return "tables"
        case Many(item):
            return f"list of {_type(item)}"
        case Table():
            return "table"
        case Map(item):
            return f"table of {_type(item)}"
        case Either(kinds):
            return " or ".join(_type(one) for one in kinds)
        case Anything():
            return "anything"


def _default(entry: Entry) -> str:
    told = entry.meta.get("default")
    if told is not None:
        return str(told)
    if entry.required:
        return "needed"
    match entry.default:
        case None:
            return "none"
        case bool(flag):
            return "`true`" if flag else "`false`"
        case int() | float():
            return f"`{entry.default:g}`"
        case tuple():
            return "`[]`"
        case str() | Path():
            return f'`"{entry.default}"`'
        case value if is_dataclass(value):
            return "see its keys"
        case _:
            return "`{}`"


def write_tables(page: Path) -> None:
    """Write the tables into docs/config.md, between the two marks."""
    head, rest = page.read_text(encoding="utf-8").split(BEGIN)
    tail = rest.split(END)[1]
    page.write_text(f"{head}{BEGIN}\n\n{tables()}\n{END}{tail}", encoding="utf-8")
