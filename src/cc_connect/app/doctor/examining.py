"""Everything together, beside a running program or inside it."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from cc_connect.app import discovery
from cc_connect.app.config.models import Config
from cc_connect.app.doctor import machine
from cc_connect.app.doctor.findings import Finding, packed
from cc_connect.app.doctor.members import Around, asked
from cc_connect.core.texts import Language, spoken


async def examine(
    config: Config, environ: Mapping[str, str], language: Language, *, running: bool
) -> list[Finding]:
    """Look at everything a configuration needs.

    Args:
        config: The one to look at.
        environ: The environment agents are looked for in.
        language: Of the findings.
        running: This is the running program, which holds the port of the page itself.
    """
    data = config.data_dir.expanduser()
    out = discovery.disabled(config.disabled_plugins, environ)
    around = Around(
        discovery.platforms(out), discovery.agents(out), environ, data, language, time.time
    )
    found = await asked(config, around)
    found += await asyncio.to_thread(_machine, config, data, language, running=running)
    return list(dict.fromkeys(found))


def _machine(config: Config, data: Path, language: Language, *, running: bool) -> list[Finding]:
    found = list(machine.data_folder(data, language))
    if not running:
        found += machine.port(config.management, language)
    return found


class Doctor:
    """Examines the running program: for its command in chats, and for the terminal."""

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ

    async def written(self, language: Language) -> str:
        """The findings as a list in Markdown."""
        found = await examine(self._config, self._environ, language, running=True)
        return "\n".join(f"- {one}" for one in found)

    async def call(self, fields: dict[str, str]) -> dict[str, str]:
        """For the local socket; see `LocalApi`."""
        language = spoken(fields.get("language", ""))
        found = await examine(self._config, self._environ, language, running=True)
        return {"findings": packed(found)}
