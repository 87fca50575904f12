"""docs/commands.md tells of every command, and nothing else."""

from pathlib import Path

from cc_connect.commands import COMMANDS, UNBUILT
from cc_connect.commands.describe import BEGIN, END, table, write_table

PAGE = (Path(__file__).parents[2] / "docs/commands.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date() -> None:
    section = PAGE.partition(BEGIN)[2].partition(END)[0]
    assert section.strip() == table(), "run describe.write_table(Path('docs/commands.md'))"


def test_the_table_can_be_written_anew(tmp_path: Path) -> None:
    copy = tmp_path / "commands.md"
    head, tail = PAGE.partition(BEGIN)[0], PAGE.partition(END)[2]
    copy.write_text(f"{head}{BEGIN}\nold\n{END}{tail}", encoding="utf-8")
    write_table(copy)
    assert copy.read_text(encoding="utf-8") == PAGE


def test_a_name_means_one_command() -> None:
    names = [name for one in COMMANDS for name in (one.spec.name, *one.spec.aliases)]
    assert len(names) == len(set(names))
    assert not UNBUILT & set(names)
