"""From `[[commands]]` of the configuration to commands."""

from pathlib import Path

import structlog

from cc_connect.app.config.models import Config
from cc_connect.commands import COMMANDS, OF_THE_PROGRAM
from cc_connect.commands.custom import prompting, running
from cc_connect.core.desk import Command
from cc_connect.core.display import one_line

SUMMARY = 80

log = structlog.get_logger(__name__)


def own_commands(config: Config) -> tuple[Command, ...]:
    """`[[commands]]` that have a name of their own and one that can be typed."""
    specs = (*(one.spec for one in COMMANDS), *OF_THE_PROGRAM)
    taken = {name for spec in specs for name in (spec.name, *spec.aliases)}
    made: list[Command] = []
    for one in config.commands:
        name = one.name.strip().lstrip("/").lower()
        if not name or name in taken or "/" in name or len(name.split()) > 1:
            log.warning("a command is left out: its name is taken, or none", command=one.name)
            continue
        taken.add(name)
        summary = one_line(one.description or one.prompt or one.exec, SUMMARY)
        if one.exec:
            folder = str(Path(one.work_dir).expanduser()) if one.work_dir else ""
            made.append(running(name, summary, one.exec, folder))
        else:
            made.append(prompting(name, summary, one.prompt))
    return tuple(made)
