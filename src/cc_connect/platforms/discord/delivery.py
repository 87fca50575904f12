"""Intents become requests."""

import asyncio
import io
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, closing, suppress
from functools import partial

import discord

from cc_connect.contract.content import Attachment
from cc_connect.contract.errors import DeliveryRejected, PlatformError
from cc_connect.contract.ids import Address
from cc_connect.contract.platform import (
    Amend,
    Extend,
    Intent,
    Kind,
    Post,
    ProgressStyle,
    React,
    Receipt,
    Retract,
    Support,
    Typing,
)
from cc_connect.platforms.discord.crowd import Crowd, Signs
from cc_connect.platforms.discord.errors import (
    INVALID_FORM,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NO_HISTORY_TO_REPLY,
    SERVER_ERROR,
    THREAD_ARCHIVED,
    UNKNOWN_MESSAGE,
    WIRE_ERRORS,
    translated,
)
from cc_connect.platforms.discord.forms import Forms
from cc_connect.platforms.discord.inbound import Account
from cc_connect.platforms.discord.invocations import Invocations
from cc_connect.platforms.discord.pacer import Urgency, urgency
from cc_connect.platforms.discord.places import Places
from cc_connect.platforms.discord.render import Drawing, Written, draw, nonce_of
from cc_connect.platforms.discord.rest import Rest
from cc_connect.platforms.discord.rights import NAMES, Right, capabilities
from cc_connect.platforms.discord.wire import Draft, Json, part, parts, text

MOST_FILES = 10
MOST_GONE = 100
SUPPRESS_EMBEDS = 1 << 2
"""Docs: Message > Message Flags."""
SEARCHED = 50
"""Messages looked through for a post that may have been shown before."""
TELLING = 200
"""A text so long is not said twice by chance."""
URGENCIES = {
    Kind.FINAL: Urgency.FINAL,
    Kind.PROMPT: Urgency.PROMPT,
    Kind.NOTICE: Urgency.NOTICE,
    Kind.LIVE: Urgency.LIVE,
}


class Delivery:
    """Does what intents say."""

    def __init__(
        self,
        rest: Rest,
        places: Places,
        forms: Forms,
        calls: Invocations,
        account: Account,
        style: ProgressStyle,
        *,
        previews: bool = True,
    ) -> None:
        self._previews = previews
        self._calls = calls
        self._rest = rest
        self._places = places
        self._forms = forms
        self._account = account
        self._style = style
        self.crowd = Crowd()
        self._signs = Signs(rest)
        self._gone: deque[str] = deque(maxlen=MOST_GONE)

    async def stop(self) -> None:
        """Drop what waits by itself."""
        await self._signs.stop()

    async def deliver(self, intent: Intent) -> Receipt:
        """Make the requests of an intent. Raises PlatformError."""
        was = urgency.set(_urgency(intent))
        try:
            return await self._done(intent)
        except discord.Forbidden as error:
            raise self._refused(error, intent) from error
        except WIRE_ERRORS as error:
            raise translated(error) from error
        finally:
            urgency.reset(was)

    async def _done(self, intent: Intent) -> Receipt:
        target = _target(intent.to)
        if isinstance(intent, Post | Amend) and intent.kind is Kind.LIVE:
            self.crowd.show(target)
        match intent:
            case Post():
                return await self._post(target, intent)
            case Amend(message=message):
                await self._awake(target, partial(self._amend, target, intent))
                return Receipt(message)
            case Retract(message=message):
                await self._retract(target, message)
                return Receipt(message)
            case Typing():
                if not self._rest.crowded:
                    await self._rest.type_in(target)
                return Receipt()
            case React(message=message, sign=sign, on=on):
                # The message a thread began with stands in the channel; they share their id.
                channel = intent.to.chat if message == intent.to.thread else target
                signed = await self._calls.anchor(message, channel)
                if signed is None:  # a command whose answer stands elsewhere
                    return Receipt(message)
                if self._signs.put(channel, signed, sign, on=on):
                    return Receipt(message)
                act = partial(self._rest.react, channel, signed, sign, on=on)
                with suppress(discord.NotFound):  # the message went, or the sign is off already
                    await self._awake(channel, act)
                return Receipt(message)
            case Extend():
                raise DeliveryRejected("Discord has no growing messages")

    def _draw(self, intent: Post | Amend) -> Drawing:
        mention = intent.mention if isinstance(intent, Post) else ()
        standing = self._places.standing(_target(intent.to))
        cards = capabilities(standing, self._style).cards is Support.FULL
        return draw(intent.content, intent.kind, mention=mention, cards=cards)

    # --- posts --------------------------------------------------------------------------------

    async def _post(self, target: str, post: Post) -> Receipt:
        drawing = self._draw(post)
        for form in drawing.forms:
            await self._forms.keep(form)
        nonce = nonce_of(post.key)
        if post.repeat:
            shown = await self._shown(target, post, drawing, nonce)
            if shown:
                return Receipt(shown)
        *more, last = _portions(drawing.files)
        for number, files in enumerate(more):
            extra: Draft = {"allowed_mentions": {"parse": []}}
            await self._send(target, extra, files, nonce_of(f"{post.key}:files:{number}"))
        body = drawing.body
        call = self._calls.of(post.reply_to, target)
        if call is not None:
            with ExitStack() as opened:
                uploads = await _uploads(opened, last, drawing)
                answer = await self._calls.answer(call, body, uploads)
            if answer:
                return Receipt(answer)
        if post.only_for and not last:
            whispered = await self._calls.whisper_about(post.reply_to, body)
            if whispered:
                return Receipt(whispered)
        if not (self._previews or drawing.embeds):
            body["flags"] = SUPPRESS_EMBEDS
        reply_to = await self._calls.anchor(post.reply_to, target)
        if reply_to and reply_to != post.to.thread:
            body["message_reference"] = {
                "message_id": reply_to,
                "channel_id": target,
                "fail_if_not_exists": False,
            }
        message = text(await self._send(target, body, last, nonce, drawing), "id")
        if message in self._gone:  # Discord remembers the nonce of a message somebody deleted
            nonce = nonce_of(f"{post.key}:after:{message}")
            message = text(await self._send(target, body, last, nonce, drawing), "id")
        return Receipt(message)

    async def _send(
        self,
        target: str,
        body: Draft,
        files: Sequence[Attachment],
        nonce: str,
        drawing: Drawing | None = None,
    ) -> Json:
        """Send; once more without the reference where that is what is refused."""
        once = {**body, "nonce": nonce, "enforce_nonce": True}
        try:
            return await self._send_whole(target, once, files, drawing)
        except discord.HTTPException as error:
            if "message_reference" not in once or not _of_reference(error):
                raise
        del once["message_reference"]
        return await self._send_whole(target, once, files, drawing)

    async def _send_whole(
        self, target: str, body: Draft, files: Sequence[Attachment], drawing: Drawing | None
    ) -> Json:
        with ExitStack() as opened:
            uploads = await _uploads(opened, files, drawing)
            return await self._rest.post(target, body, uploads)

    async def _shown(self, target: str, post: Post, drawing: Drawing, nonce: str) -> str:
        """The message this post already became, if a look into the history finds one."""
        try:
            messages = await self._rest.history(target, limit=SEARCHED)
        except discord.HTTPException as error:
            if error.status >= SERVER_ERROR:
                raise
            return ""  # not allowed to look: a repeat is better than a loss
        for data in messages:
            if text(part(data, "author"), "id") != self._account.user:
                continue
            if text(data, "nonce") == nonce or _alike(data, post, drawing):
                return text(data, "id")
        return ""

    # --- changes ------------------------------------------------------------------------------

    async def _amend(self, target: str, amend: Amend) -> None:
        drawing = self._draw(amend)
        for form in drawing.forms:
            await self._forms.keep(form)
        try:
            await self._rest.amend(target, amend.message, drawing.body)
        except discord.NotFound:
            self._gone.append(amend.message)
            raise

    async def _retract(self, target: str, message: str) -> None:
        try:
            await self._rest.remove(target, message)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise

    async def _awake(self, thread: str, act: Callable[[], Awaitable[None]]) -> None:
        """Do something to a message; a thread that has gone to the archive is woken for it."""
        try:
            await act()
        except discord.HTTPException as error:
            if error.code != THREAD_ARCHIVED:
                raise
            await self._rest.wake_thread(thread)
            await act()

    def _refused(self, error: discord.Forbidden, intent: Intent) -> PlatformError:
        """A refusal that names the right that is missing."""
        plain = translated(error)
        if error.code not in {MISSING_ACCESS, MISSING_PERMISSIONS}:
            return plain
        channel = _target(intent.to)
        standing = self._places.standing(channel)
        missing = standing.lacking()
        if isinstance(intent, React) and not standing.has(Right.ADD_REACTIONS):
            missing = (*missing, NAMES[Right.ADD_REACTIONS])
        what = f"it lacks {', '.join(missing)}" if missing else "perhaps it was removed from there"
        return DeliveryRejected(f"the bot may not do that in {self._places.name(channel)}: {what}")


def _target(to: Address) -> str:
    return to.thread or to.chat


def _urgency(intent: Intent) -> Urgency:
    match intent:
        case Post(kind=kind) | Amend(kind=kind):
            return URGENCIES[kind]
        case Typing():
            return Urgency.TYPING
        case _:
            return Urgency.LIVE


def _portions(files: tuple[Attachment, ...]) -> list[tuple[Attachment, ...]]:
    """Files by messages; the last portion goes with the text."""
    starts = range(0, max(len(files), 1), MOST_FILES)
    return [files[start : start + MOST_FILES] for start in starts]


async def _uploads(
    opened: ExitStack, files: Sequence[Attachment], drawing: Drawing | None
) -> list[discord.File]:
    texts = drawing.texts if drawing else ()
    uploads = [opened.enter_context(closing(await _opened(file))) for file in files]
    return uploads + [opened.enter_context(closing(_as_file(written))) for written in texts]


async def _opened(file: Attachment) -> discord.File:
    try:
        return await asyncio.to_thread(discord.File, file.path, file.name)
    except OSError as error:
        raise DeliveryRejected(f"the file {file.name} cannot be read: {error}") from error


def _as_file(written: Written) -> discord.File:
    return discord.File(io.BytesIO(written.text.encode()), written.name)


def _of_reference(error: discord.HTTPException) -> bool:
    """Whether it is the reply that is refused, not the message."""
    if error.code == NO_HISTORY_TO_REPLY:
        return True
    return error.code == INVALID_FORM and "message_reference" in error.text


def _alike(data: Json, post: Post, drawing: Drawing) -> bool:
    """Whether a message is this post: the same buttons, or the same words in the same answer.

    Discord does not always tell the nonce of an older message. Short words alone prove nothing:
    two turns may both end in "Done.".
    """
    if text(data, "content").strip() != drawing.content.strip():
        return False
    ids = _ids(drawing.components)
    if ids:
        return ids == _ids(parts(data, "components"))
    answered = text(part(data, "message_reference"), "message_id")
    if post.reply_to and answered:
        return answered == post.reply_to
    return len(drawing.content) >= TELLING


def _ids(rows: Sequence[Json]) -> list[str]:
    return [text(each, "custom_id") for row in rows for each in parts(row, "components")]
