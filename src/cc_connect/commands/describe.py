"""Every command with what it does, as a table: for docs/commands.md.

`write_table` writes the table of that page anew, between two marks; a test fails when it is out of
date.
"""

from pathlib import Path

from cc_connect.commands import COMMANDS, OF_THE_PROGRAM
from cc_connect.contract.command import Role
from cc_connect.core.command_line import usage
from cc_connect.core.texts import Language, described

BEGIN = "<!-- commands: begin (written by describe.write_table) -->"
END = "<!-- commands: end -->"


def table() -> str:
    """One line for each command, in the order of /help."""
    lines = ["| command | also | for | what it does |", "| --- | --- | --- | --- |"]
    for spec in (*(command.spec for command in COMMANDS), *OF_THE_PROGRAM):
        also = ", ".join(f"`/{alias}`" for alias in spec.aliases)
        people = "admins" if spec.role >= Role.ADMIN else "members"
        written = usage(spec).replace("|", "\\|")
        lines.append(
            f"| `{written}` | {also} | {people} | {described(Language.ENGLISH, spec.summary)} |"
        )
    return "\n".join(lines)


def write_table(page: Path) -> None:
    """Write the table into docs/commands.md, between the two marks."""
    head, rest = page.read_text(encoding="utf-8").split(BEGIN)
    tail = rest.split(END)[1]
    page.write_text(f"{head}{BEGIN}\n\n{table()}\n\n{END}{tail}", encoding="utf-8")
