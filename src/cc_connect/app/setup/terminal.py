"""Questions and answers: a person at a terminal, or lines that come through a pipe."""

import getpass
import sys
from typing import Protocol

import click


class Terminal(Protocol):
    """Where questions go."""

    def tell(self, text: str = "") -> None:
        """Show a line or several."""
        ...

    def ask(self, text: str, default: str = "", *, hidden: bool = False) -> str:
        """Ask for one line. Raises click.Abort when there are no answers any more."""
        ...


class Console:
    """Standard input and output."""

    def tell(self, text: str = "") -> None:
        """Show a line or several."""
        click.echo(text)

    def ask(self, text: str, default: str = "", *, hidden: bool = False) -> str:
        """Ask for one line; what is hidden is not echoed. Enter means the default."""
        prompt = f"{text} [{default}]: " if default else f"{text}: "
        try:
            answer = self._read(prompt, hidden=hidden)
        except (EOFError, KeyboardInterrupt):
            click.echo()
            raise click.Abort from None
        return answer.strip() or default

    def _read(self, prompt: str, *, hidden: bool) -> str:
        if sys.stdin.isatty():
            return getpass.getpass(prompt) if hidden else input(prompt)
        click.echo(prompt, nl=False)
        line = sys.stdin.readline()
        click.echo()  # nobody typed the end of the line
        if not line:
            raise EOFError
        return line
