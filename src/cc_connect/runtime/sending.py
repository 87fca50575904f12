"""Something is said in a conversation by a program of this machine, not by its agent's turn."""

import asyncio
import mimetypes
import uuid
from collections.abc import Sequence
from pathlib import Path

from cc_connect.contract.content import Attachment, Block, Text
from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.platform import Kind
from cc_connect.runtime.actor import Actor
from cc_connect.runtime.attachments import Attachments
from cc_connect.runtime.directory import Directory
from cc_connect.runtime.outbox import Outbox
from cc_connect.runtime.posts import Origin, posts
from cc_connect.store.store import Store

LISTED = 200


class Sending:
    """Finds conversations and posts into them."""

    def __init__(
        self, directory: Directory, store: Store, outbox: Outbox, attachments: Attachments
    ) -> None:
        self._directory = directory
        self._store = store
        self._outbox = outbox
        self._attachments = attachments

    async def find(self, wanted: str) -> ConversationKey:
        """The conversation with this key or this title.

        Raises:
            ValueError: There is none, or more than one.
        """
        rows = await self._store.conversations(limit=LISTED)
        found = [row.key for row in rows if wanted in {row.key.text, row.title}]
        if not found:
            raise ValueError(f"there is no conversation {wanted!r}; see: cc-connect sessions")
        if len(found) > 1:
            raise ValueError(f"{len(found)} conversations are called {wanted!r}; name one by key")
        return found[0]

    async def listed(self) -> list[tuple[str, str, float, bool]]:
        """Key, title, time of the last change (Unix seconds) and whether it works; newest first."""
        busy = {actor.state.key for actor in self._directory.known() if actor.busy}
        rows = await self._store.conversations(limit=LISTED)
        return [(row.key.text, row.title or "", row.updated, row.key in busy) for row in rows]

    def of_agent(self, processes: Sequence[int]) -> ConversationKey | None:
        """The conversation whose agent is one of these processes."""
        for actor in self._directory.known():
            if actor.pid in processes:
                return actor.state.key
        return None

    async def send(
        self, key: ConversationKey, text: str, paths: Sequence[str], *, anywhere: bool
    ) -> None:
        """Post a text and files. Unless `anywhere`, files must lie in the folder of the agent.

        Raises:
            ValueError: There is nothing to say, or a file cannot be taken.
        """
        actor = await self._directory.actor(key)
        blocks: list[Block] = [Text(text)] if text.strip() else []
        blocks += [await self._attached(actor, path, anywhere=anywhere) for path in paths]
        if not blocks:
            raise ValueError("there is nothing to send: give a text, --image or --file")
        settings, origin = actor.settings, Origin(key.text)
        rows = posts(
            settings,
            tuple(blocks),
            f"send:{uuid.uuid4().hex}",
            Kind.NOTICE,
            self._outbox.now(),
            origin,
        )
        await self._store.commit(rows)
        self._outbox.wake(settings.address.lane)

    async def _attached(self, actor: Actor, path: str, *, anywhere: bool) -> Attachment:
        cwd = str(Path(path).parent) if anywhere else actor.state.spec.cwd
        try:
            kept = await self._attachments.keep(
                path, cwd, limit=actor.settings.project.attachment_limit
            )
            size = (await asyncio.to_thread(Path(kept).stat)).st_size
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from error
        name = Path(path).name
        return Attachment(kept, name, mimetypes.guess_type(name)[0] or "", size)
