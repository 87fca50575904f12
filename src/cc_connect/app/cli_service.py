"""`cc-connect service`: let the system start cc-connect and keep it running."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from cc_connect.app.cli_setup import config_path
from cc_connect.app.service.launchd_agent import LaunchdAgent
from cc_connect.app.service.systemd_unit import SystemdUnit
from cc_connect.app.service.wanted import ServiceFailed, Wanted

_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
_COUNT = click.IntRange(1)


@click.group()
def service() -> None:
    """Let the system start cc-connect at login and keep it running."""


@service.command()
@click.pass_context
def install(ctx: click.Context) -> None:
    """Install it for the configuration that is found now (or named by --config), and start it."""
    config = config_path(ctx)
    if not config.exists():
        _fail(ctx, f"there is no {config} yet; run `cc-connect init` first")
    wanted, manager = _wanted(ctx, config.absolute()), _manager()
    _do(ctx, lambda: manager.install(wanted))
    click.echo(f"installed: {manager.file}")
    names = sorted(set(_VARIABLE.findall(config.read_text(errors="replace"))))
    if names:
        click.echo(f"The configuration needs {', '.join(names)}. A service does not get them from")
        click.echo(f"your shell: write NAME=value lines into {wanted.secrets} (chmod 600), then")
        click.echo("cc-connect service stop; cc-connect service start")
    if isinstance(manager, SystemdUnit):
        click.echo("To keep it running while you are not logged in: loginctl enable-linger")


@service.command()
@click.pass_context
def uninstall(ctx: click.Context) -> None:
    """Stop it and remove it. Configuration and data stay."""
    manager = _manager()
    _do(ctx, manager.uninstall)
    click.echo(f"removed: {manager.file}")


@service.command()
@click.pass_context
def start(ctx: click.Context) -> None:
    """Start it."""
    _do(ctx, _manager().start)


@service.command()
@click.pass_context
def stop(ctx: click.Context) -> None:
    """Stop it, until the next login."""
    _do(ctx, _manager().stop)


@service.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show how it stands; the exit code is 0 when it runs."""
    _do(ctx, _manager().status)


@service.command()
@click.option("--count", "-n", default=50, type=_COUNT, show_default=True)
@click.option("--follow", "-f", is_flag=True, help="Go on until Ctrl+C.")
@click.pass_context
def logs(ctx: click.Context, count: int, *, follow: bool) -> None:
    """Show its log, that of earlier runs too."""
    _do(ctx, lambda: _manager().logs(count, follow=follow))


def _wanted(ctx: click.Context, config: Path) -> Wanted:
    command = [sys.executable, "-m", "cc_connect", "--config", str(config)]
    named = ctx.obj.get("data_dir") or os.environ.get("CC_DATA_DIR")
    data = Path(named or "~/.cc-connect").expanduser().absolute()
    if named:
        command += ["--data-dir", str(data)]
    path = os.environ.get("PATH", os.defpath)
    return Wanted(tuple(command), path, data / "service.env", data / "service.log")


def _manager() -> SystemdUnit | LaunchdAgent:
    home = Path(os.environ.get("HOME") or "~").expanduser()
    if sys.platform == "darwin":
        return LaunchdAgent(home)
    return SystemdUnit(Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config"))


def _do(ctx: click.Context, act: Callable[[], int | None]) -> None:
    sys.stdout.flush()
    try:
        code = act()
    except (ServiceFailed, OSError) as error:
        _fail(ctx, str(error))
    else:
        if code:
            ctx.exit(code)


def _fail(ctx: click.Context, text: str) -> None:
    click.echo(f"cc-connect: {text}", err=True)
    ctx.exit(1)
