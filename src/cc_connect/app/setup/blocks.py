"""New parts of a `config.toml`, as text."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

HEAD = """\
# The configuration of cc-connect; docs/config.md tells all options.
# It may hold secrets: keep it to yourself.
"""
Value = str | int | bool
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Account:
    """A platform of a project. `options` as they are to be written, `${NAME}` and all."""

    type: str
    options: Mapping[str, Value] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project that is to be written."""

    name: str
    agent: str
    work_dir: str
    account: Account


def project_block(project: NewProject) -> str:
    """The tables of a project."""
    return "\n".join(
        (
            "[[projects]]",
            f"name = {text(project.name)}",
            "",
            "[projects.agent]",
            f"type = {text(project.agent)}",
            f"options = {{ work_dir = {text(project.work_dir)} }}",
            "",
            account_block(project.account),
        )
    )


def account_block(account: Account) -> str:
    """The tables of a platform; they belong to the project before them."""
    lines = ["[[projects.platforms]]", f"type = {text(account.type)}"]
    if account.options:
        lines += ["", "[projects.platforms.options]"]
        lines += [f"{key(name)} = {written(value)}" for name, value in account.options.items()]
    return "\n".join(lines) + "\n"


def written(value: Value) -> str:
    """A value as TOML has it."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return text(value)
        case _:
            assert_never(value)


def text(value: str) -> str:
    """A text in TOML's quotes. JSON's escapes are TOML's, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """A key, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else text(name)
