"""`cc-connect doctor`: what keeps it from working, and what to do about it."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import click

from cc_connect.app.cli_setup import config_path
from cc_connect.app.client import NotRunning, call
from cc_connect.app.config import ConfigError, Severity, default_config
from cc_connect.app.config.models import Config
from cc_connect.app.doctor import machine
from cc_connect.app.doctor.examining import examine
from cc_connect.app.doctor.findings import Finding, Grade, failed, unpacked
from cc_connect.app.logs import configure
from cc_connect.app.projects import language_for
from cc_connect.app.reading import read_config
from cc_connect.core.texts import Language, say

PATIENCE = 60.0
"""Seconds a running program may take: it asks platforms and agents."""


@click.command()
@click.option("--fix", is_flag=True, help="Close files and folders that are open to others.")
@click.pass_context
def doctor(ctx: click.Context, *, fix: bool) -> None:
    """Look at the configuration, agents, chats and the machine; fails when one is broken.

    Beside a running cc-connect it is that one which is examined, as it sees itself.
    """
    configure("error")
    environ = os.environ
    language = language_for("", environ)
    path = config_path(ctx)
    found, config = _configuration(path, language, needed=bool(ctx.obj.get("config")))
    if config is not None and ctx.obj.get("data_dir"):
        config = replace(config, data_dir=Path(ctx.obj["data_dir"]))
    if fix:
        config_or_default = config or default_config(Path.cwd())
        found += machine.close(path, config_or_default.data_dir.expanduser(), language)
    found += machine.private(path, language)
    for finding in found:
        click.echo(finding)
    if config is not None:
        more = _examined(config, language)
        for finding in more:
            click.echo(finding)
        found += more
    bad = sum(one.grade is Grade.BAD for one in found)
    click.echo()
    odd = sum(one.grade is Grade.ODD for one in found)
    if bad:
        click.echo(say(language, "doctor_bad", count=bad))
    else:
        click.echo(say(language, "doctor_odd", count=odd) if odd else say(language, "doctor_well"))
    ctx.exit(1 if failed(found) else 0)


def _configuration(
    path: Path, language: Language, *, needed: bool
) -> tuple[list[Finding], Config | None]:
    """What there is to say of the file, and what to examine; None when it cannot be run."""
    if not path.exists() and not needed:
        return [Finding(say(language, "doctor_no_config", path=path))], default_config(Path.cwd())
    try:
        loaded = read_config(path, os.environ)
    except ConfigError as error:
        return [Finding(str(error), Grade.BAD)], None
    found = [
        Finding(str(one), Grade.BAD if one.severity is Severity.ERROR else Grade.ODD)
        for one in loaded.problems
    ]
    if not loaded.errors:
        found.insert(0, Finding(say(language, "doctor_config", path=path)))
    return found, loaded.config


def _examined(config: Config, language: Language) -> list[Finding]:
    data = config.data_dir.expanduser()
    try:
        answer = call(data, "doctor", PATIENCE, language=language.value)
    except NotRunning:
        told = [Finding(say(language, "doctor_not_running"))]
        return told + asyncio.run(examine(config, os.environ, language, running=False))
    except ValueError as error:
        return [Finding(str(error), Grade.BAD)]
    return [Finding(say(language, "doctor_running")), *unpacked(answer["findings"])]
