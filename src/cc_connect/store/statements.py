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
_NAME_OR_TEXT = re.compile(rf"{_TEXT_OR_NOTE.pattern}|{_NAME.pattern}")
_MIGRATION = re.compile(r"^(\d{4})_\w+\.sql$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement.

    Attributes:
        sql: The statement, with `:names`.
        names: The parameters it wants.
        one: It must touch one row.
        numbered: The same statement with the places of the names (`?1`) in their stead, which
            SQLite takes with a tuple: half the cost of names.
    """

    sql: str
    names: tuple[str, ...]
    one: bool = False
    numbered: str = ""


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
            Statement(sql, names_in(sql), head[2] is not None, numbered(sql))
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


def numbered(sql: str) -> str:
    """The statement with `?1` for the first of `names_in`, and so on, and without notes."""
    place = {name: number for number, name in enumerate(names_in(sql), 1)}

    def put(found: re.Match[str]) -> str:
        if found[1]:
            return f"?{place[found[1]]}"
        return "" if found[0].startswith("--") else found[0]

    return _NAME_OR_TEXT.sub(put, sql)


def _split(block: str) -> list[str]:
    found = []
    rest = ""
    for part in block.split(";"):
        rest += part + ";"
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return [sql for sql in found if _TEXT_OR_NOTE.sub("", sql).strip(" \n;")]
