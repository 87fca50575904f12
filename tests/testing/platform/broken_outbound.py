"""Adapters that break one contract each about what goes out."""

from dataclasses import replace

from cc_connect.contract.content import Buttons, Content, Text
from cc_connect.contract.errors import (
    MessageGone,
)
from cc_connect.contract.platform import (
    Amend,
    Intent,
    Kind,
    Post,
    React,
    Receipt,
    Retract,
    Typing,
)
from cc_connect.testing.platform import FakePlatform
from cc_connect.testing.platform.calls import EVERYONE, Draft


class AmendsOnce(FakePlatform):
    """A message can be found for one amendment only."""

    async def _carry_out(self, intent: Intent) -> str:
        if isinstance(intent, Amend):
            message = self.service.messages.get(intent.message)
            if message and message.versions:
                raise MessageGone("the token of this message was used")
        return await super()._carry_out(intent)


class AmendsByPosting(FakePlatform):
    """An amendment is a new message."""

    async def _carry_out(self, intent: Intent) -> str:
        if isinstance(intent, Amend) and intent.message in self.service.messages:
            draft = Draft(intent.to, intent.content, Kind.NOTICE, "again")
            await self._calls.post(draft)
            return intent.message
        return await super()._carry_out(intent)


class SwallowsLoss(FakePlatform):
    """A message that is gone is amended without a word."""

    async def _do(self, intent: Intent) -> Receipt:
        try:
            return await super()._do(intent)
        except MessageGone:
            return Receipt("gone")


class ForgetsKeys(FakePlatform):
    """Promises to show a post once, and does not hand on its key."""

    def _draft(self, post: Post) -> Draft:
        return replace(super()._draft(post), once=False)


class CutsText(FakePlatform):
    """Leaves room for an ellipsis that nobody asked for."""

    def _draft(self, post: Post) -> Draft:
        limit = self.capabilities(post.to).text_limit
        blocks = tuple(
            Text(block.markdown[: limit - 2]) if isinstance(block, Text) else block
            for block in post.content
        )
        return replace(super()._draft(post), content=blocks)


class TurnsButtons(FakePlatform):
    """Draws the last button first."""

    def _draft(self, post: Post) -> Draft:
        blocks: Content = tuple(
            Buttons(block.items[::-1]) if isinstance(block, Buttons) else block
            for block in post.content
        )
        return replace(super()._draft(post), content=blocks)


class CleansNames(FakePlatform):
    """Takes blanks out of the names of files."""

    async def _carry_out(self, intent: Intent) -> str:
        ident = await super()._carry_out(intent)
        message = self.service.messages.get(ident)
        if isinstance(intent, Post) and message is not None:
            message.files = tuple(
                replace(file, name=file.name.replace(" ", "_")) for file in message.files
            )
        return ident


class PostsBesides(FakePlatform):
    """A reply stands by itself."""

    def _draft(self, post: Post) -> Draft:
        return replace(super()._draft(post), reply_to=None)


class CallsEverybody(FakePlatform):
    """Allows its posts to call whoever stands in their text."""

    def _draft(self, post: Post) -> Draft:
        draft = super()._draft(post)
        return replace(draft, mention=(*draft.mention, EVERYONE))


class TypesMessages(FakePlatform):
    """Shows that it is at it by saying so."""

    async def _carry_out(self, intent: Intent) -> str:
        if isinstance(intent, Typing):
            draft = Draft(intent.to, (Text("…"),), Kind.LIVE, "typing")
            return await self._calls.post(draft)
        return await super()._carry_out(intent)


class LeavesStreams(FakePlatform):
    """The final post stands beside what grew."""

    def _draft(self, post: Post) -> Draft:
        return replace(super()._draft(post), stream=None)


class KeepsMessages(FakePlatform):
    """Takes nothing back."""

    async def _carry_out(self, intent: Intent) -> str:
        return "" if isinstance(intent, Retract) else await super()._carry_out(intent)


class KeepsReactions(FakePlatform):
    """Takes no reaction off."""

    async def _carry_out(self, intent: Intent) -> str:
        off = isinstance(intent, React) and not intent.on
        return "" if off else await super()._carry_out(intent)
