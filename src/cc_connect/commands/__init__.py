"""What a person can order with `/name`: values in one registry, none of which knows a platform."""

from cc_connect.commands.about import ABOUT
from cc_connect.commands.agents import AGENTS
from cc_connect.commands.answers import ANSWERS
from cc_connect.commands.context import CONTEXT
from cc_connect.commands.doctor import DOCTOR
from cc_connect.commands.folder import FOLDER
from cc_connect.commands.grants import GRANTS
from cc_connect.commands.missed import MISSING
from cc_connect.commands.projects import PROJECTS
from cc_connect.commands.providers import PROVIDERS
from cc_connect.commands.search import FINDING
from cc_connect.commands.sessions import SESSIONS
from cc_connect.commands.settings import SETTINGS
from cc_connect.commands.turns import TURNS
from cc_connect.core.desk import Command

COMMANDS: tuple[Command, ...] = (
    *(
        *TURNS,
        *SESSIONS,
        *FINDING,
        *SETTINGS,
        *AGENTS,
        *PROVIDERS,
        *ANSWERS,
        *MISSING,
        *GRANTS,
        *CONTEXT,
        *FOLDER,
        *PROJECTS,
        *ABOUT,
    ),
)
"""Every command, in the order of /help."""

OF_THE_PROGRAM = (DOCTOR,)
"""Commands that the program makes itself, because they look at all of it."""

UNBUILT = frozenset(
    (
        *("commands", "skills", "alias", "cron", "timer"),
        *("heartbeat", "bind", "workspace", "web", "tts", "upgrade", "restart"),
    )
)
"""Commands of the reference program that are not built yet; they say so."""
