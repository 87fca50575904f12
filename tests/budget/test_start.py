"""What a start imports: counts, as seconds depend on the machine."""

import subprocess
import sys

import pytest

from cc_connect.app.cli import ELSEWHERE, main

MODULES = 640
HEAVY = {"discord", "jinja2", "rich", "pygments", "markdown_it", "playwright"}
SERVE = """
from cc_connect.app.lean import lean_imports
with lean_imports():
    import cc_connect.app.serve
"""
HELP = "from cc_connect.app.cli import main\nmain(['--help'], standalone_mode=False)"


def imported(code: str) -> set[str]:
    """The modules that are there when this was run by a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('\\n', *sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_a_start_imports_what_it_needs() -> None:
    found = imported(SERVE)
    assert len(found) <= MODULES, len(found)
    assert not found & HEAVY


@pytest.mark.parametrize("absent", ["asyncio", "aiohttp", "structlog", "msgspec", "sqlite3"])
def test_help_is_quick(absent: str) -> None:
    assert absent not in imported(HELP)


@pytest.mark.parametrize("absent", ["asyncio", "aiohttp", "structlog", "msgspec", "discord"])
def test_send_is_quick(absent: str) -> None:
    """It is what agents run, and there is no program to send to here."""
    send = HELP.replace("'--help'", "'--data-dir', '/nowhere', 'send', '--to', 'x', 'y'")
    assert absent not in imported(f"try:\n    exec({send!r})\nexcept BaseException: pass")


def test_help_says_of_commands_elsewhere_what_they_say_themselves() -> None:
    for name, (_, summary) in ELSEWHERE.items():
        command = main.get_command(
            main.make_context("cc-connect", [], resilient_parsing=True), name
        )
        assert command is not None
        assert command.get_short_help_str(200) == summary
