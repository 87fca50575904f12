"""The SQL of the store: read once from the `.sql` files, named, with the names it wants.

In the files `--! Name` begins a block and `--! Name one` adds a condition; see `sql/changes.sql`.
"""

import re
import sqlite3
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_HEAD = re.compile(r"^--! (\w+)( one)?$", re.MULTILINE)
_NAME = re.compile(r"(?<!:):([a-z_]\w*)")
_TEXT_OR_NOTE = re.compile(r"'[^']*'|--[^\n]*")
_MIGRATION = re.compile(r"^(\d{4})_\w+\.sql$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement; `names` are the parameters it wants, `one` that it must touch one row."""

    sql: str
    names: tuple[str, ...]
    one: bool = False


@dataclass(frozen=True, slots=True)
class Migration:
    """The script that takes the schema from `version` - 1 to `version`."""

    version: int
    script: str


@cache
def statements(file: str) -> dict[str, tuple[Statement, ...]]:
    """The blocks of one file, by name."""
    text = (files("cc_connect.store") / "sql" / file).read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {
        head[1]: tuple(
            Statement(sql, names_in(sql), one=head[2] is not None)
            for sql in _split(text[head.end() : end])
        )
        for head, end in zip(heads, ends, strict=True)
    }


@cache
def migrations() -> tuple[Migration, ...]:
    """All migrations, oldest first, without a gap."""
    found = [
        Migration(int(match[1]), entry.read_text(encoding="utf-8"))
        for entry in (files("cc_connect.store") / "sql").iterdir()
        if (match := _MIGRATION.match(entry.name))
    ]
    return tuple(sorted(found, key=lambda migration: migration.version))


def names_in(sql: str) -> tuple[str, ...]:
    """The `:names` a statement mentions, each once, in order."""
    return tuple(dict.fromkeys(_NAME.findall(_TEXT_OR_NOTE.sub("", sql))))


def _split(block: str) -> list[str]:
    found = []
    rest = ""
    for part in block.split(";"):
        rest += part + ";"
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return [sql for sql in found if _TEXT_OR_NOTE.sub("", sql).strip(" \n;")]
