"""`[[commands]]` become commands, unless their name cannot be theirs."""

from pathlib import Path

from cc_connect.app.config import Problems, Source, load_text
from cc_connect.app.own_commands import own_commands
from cc_connect.contract.command import Role

TEXT = """
[[commands]]
name = "/Review"
prompt = "Review {{1}}"

[[commands]]
name = "log"
description = "the last commits"
exec = "git log"

[[commands]]
name = "help"
prompt = "taken"

[[commands]]
name = "cd"
prompt = "taken too"

[[commands]]
name = "two words"
prompt = "cannot be typed"

[[commands]]
name = "LOG"
prompt = "a second one"

[[projects]]
name = "a"
[projects.agent]
type = "claudecode"
[[projects.platforms]]
type = "web"
"""


def test_names_that_are_free_become_commands() -> None:
    loaded = load_text(TEXT, Source(home=Path("/home/ann")), {}, Problems())
    assert loaded.config is not None
    assert not loaded.problems
    review, log = (one.spec for one in own_commands(loaded.config))
    assert (review.name, review.summary, review.role) == ("review", "Review {{1}}", Role.MEMBER)
    assert (log.name, log.summary, log.role) == ("log", "the last commits", Role.ADMIN)
