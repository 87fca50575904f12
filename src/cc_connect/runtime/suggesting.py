"""What a person could mean while they type an option of a command."""

import json

from cc_connect.contract.command import Role
from cc_connect.contract.ids import ConversationKey
from cc_connect.runtime.settings import Project
from cc_connect.store.store import Store

MOST = 25


async def suggested(
    store: Store, project: Project, key: ConversationKey, role: Role, wish: tuple[str, str, str]
) -> tuple[str, ...]:
    """Values for a wish (command, option, what was typed of it); folders only for admins."""
    command, option, typed = wish
    features = project.agent.features()
    values: tuple[str, ...] = ()
    match command, option:
        case "mode", "mode":
            values = tuple(mode.name for mode in features.modes)
        case "model", "model":
            values = features.models
        case "switch", "session":
            rows = await store.sessions(key.text)
            values = tuple(row.name or row.title or row.id for row in rows)
        case "dir", "folder" if role >= Role.ADMIN:
            been = json.loads(await store.load("folders", key.text) or "[]")
            values = tuple(dict.fromkeys((*been, project.spec.cwd)))
        case _:
            return ()
    wanted = typed.lower()
    return tuple(value for value in values if wanted in value.lower())[:MOST]
