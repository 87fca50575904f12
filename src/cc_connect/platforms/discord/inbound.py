"""From Discord's events to `Inbound`: pure, one event at a time.

Docs: Message > Message Object, Interactions > Interaction Object, Gateway Events.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import (
    Body,
    Edited,
    Inbound,
    Media,
    Person,
    Pressed,
    Quoted,
    Recalled,
    Said,
    Submitted,
)
from cc_connect.platforms.discord.custom_ids import action_of
from cc_connect.platforms.discord.wire import Json, made_at, number, part, parts, text, texts

DEFAULT, REPLY = 0, 19
"""Message types that are somebody's words. Docs: Message > Message Types."""
FORWARD = 1
"""Docs: Message > Message Reference Types."""
HAS_THREAD = 1 << 5
VOICE_MESSAGE = 1 << 13
"""Docs: Message > Message Flags."""
ROW, LABEL = 1, 18
"""Docs: Component Reference."""


@dataclass(frozen=True, slots=True)
class Account:
    """The bot, as it is signed in.

    Attributes:
        user: Id of its user.
        name: With the discriminator, for the log.
        application: Id of its application.
        owners: Ids of the people Discord names as owners of the application.
        peers: Ids of other bots that are listened to.
    """

    user: str
    name: str = ""
    application: str = ""
    owners: frozenset[str] = frozenset()
    peers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hearing:
    """When a message in a channel is meant for the bot.

    Attributes:
        reply_all: Ids of the servers in which every message is; `*` for all servers.
        everyone: `@everyone` and `@here` call the bot too.
    """

    reply_all: frozenset[str] = frozenset()
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened.

    Attributes:
        address: The place in the program's terms.
        guild: Id of the server; "" for a direct conversation.
        own: A thread that the bot opened, or was called into.
        roles: Ids of the roles that stand for the bot itself in this server.
        project: The project that is worked on there; "" for the first.
    """

    address: Address
    guild: str = ""
    own: bool = False
    roles: frozenset[str] = frozenset()
    project: str = ""

    @property
    def private(self) -> bool:
        """Only one person and the bot read here."""
        return not self.guild


def is_prose(data: Json, account: Account) -> bool:
    """Whether a message is somebody's own words: no system message, no bot that is not listed."""
    author = part(data, "author")
    if not text(author, "id") or text(author, "id") == account.user:
        return False
    if (author.get("bot") or data.get("webhook_id")) and not is_peer(data, account):
        return False
    return number(data, "type") in {DEFAULT, REPLY}


def is_peer(data: Json, account: Account) -> bool:
    """Whether a message is of another bot that is listened to."""
    return text(part(data, "author"), "id") in account.peers


def said(data: Json, place: Place, account: Account, hearing: Hearing) -> Inbound:
    """A message of a person (see `is_prose`)."""
    reference = part(data, "message_reference")
    answers = number(data, "type") == REPLY
    return Inbound(
        id=text(data, "id"),
        address=place.address,
        sender=_author(data, account),
        body=Said(
            _joined(words(text(data, "content"), place, account, hearing, data), *_named(data)),
            tuple(_media(data)),
            _quoted(data),
        ),
        addressed=is_addressed(data, place, account, hearing),
        private=place.private,
        project=place.project or None,
        sent_at=made_at(text(data, "id")),
        reply_to=text(reference, "message_id") or None if answers else None,
    )


def edited(data: Json, place: Place, account: Account, hearing: Hearing) -> Inbound:
    """A new text of an earlier message."""
    message = text(data, "id")
    body = Edited(message, words(text(data, "content"), place, account, hearing, data))
    return Inbound(
        id=f"{message}:edited:{text(data, 'edited_timestamp')}",
        address=place.address,
        sender=_author(data, account),
        body=body,
        addressed=is_addressed(data, place, account, hearing),
        private=place.private,
        project=place.project or None,
    )


def recalled(message: str, place: Address, sender: Person, *, private: bool) -> Inbound:
    """An earlier message is gone. Discord does not say who removed it."""
    return Inbound(f"{message}:deleted", place, sender, Recalled(message), private=private)


def is_addressed(data: Json, place: Place, account: Account, hearing: Hearing) -> bool:
    """Whether a message is meant for the bot.

    It is in direct messages and in the bot's own threads; elsewhere it must call the bot, by name,
    by its role, by answering it with a ping, or by @everyone where that is wanted.
    """
    talked_to = not is_peer(data, account)  # two bots must not answer each other for ever
    if talked_to and (place.private or place.own):
        return True
    if talked_to and hearing.reply_all & {"*", place.guild}:
        return True
    if any(text(each, "id") == account.user for each in parts(data, "mentions")):
        return True
    if place.roles & set(texts(data, "mention_roles")):
        return True
    if hearing.everyone and data.get("mention_everyone"):
        return True
    return bool(_calls(place, account).search(text(data, "content")))


def words(content: str, place: Place, account: Account, hearing: Hearing, data: Json) -> str:
    """What was said, without the tokens that only call the bot."""
    spoken = _calls(place, account).sub(" ", content)
    if hearing.everyone and data.get("mention_everyone"):
        spoken = re.sub(r"[ \t]*@(?:everyone|here)\b[ \t]*", " ", spoken)
    return spoken.strip()


def _calls(place: Place, account: Account) -> re.Pattern[str]:
    tokens = [f"<@!?{re.escape(account.user)}>"]
    tokens += [f"<@&{re.escape(role)}>" for role in sorted(place.roles)]
    return re.compile(rf"[ \t]*(?:{'|'.join(tokens)})[ \t]*")


def _author(data: Json, account: Account) -> Person:
    return person(part(data, "author"), part(data, "member"), account)


def person(user: Json, member: Json, account: Account) -> Person:
    """A user, with what a server knows of them."""
    name = text(member, "nick") or text(user, "global_name") or text(user, "username")
    user_id = text(user, "id")
    return Person(user_id, name, texts(member, "roles"), owner=user_id in account.owners)


# --- files and quotes -------------------------------------------------------------------------


def _media(data: Json) -> Iterator[Media]:
    """Files of what is answered or forwarded first, then the message's own."""
    answered = part(data, "referenced_message")
    if answered:
        yield from _files(answered, text(answered, "channel_id") or text(data, "channel_id"))
    for snapshot in _snapshots(data):
        yield from _files(snapshot, text(data, "channel_id"), message=text(data, "id"))
    yield from _files(data, text(data, "channel_id"))


def _files(data: Json, channel: str, *, message: str = "") -> Iterator[Media]:
    voice = bool(number(data, "flags") & VOICE_MESSAGE)
    for each in parts(data, "attachments"):
        handle = (channel, message or text(data, "id"), text(each, "id"), text(each, "url"))
        size = each.get("size")
        yield Media(
            id=" ".join(handle),
            name=text(each, "filename") or "file",
            mime=text(each, "content_type").partition(";")[0].strip(),
            size=size if isinstance(size, int) else None,
            voice=voice,
        )


@dataclass(frozen=True, slots=True)
class Handle:
    """What `Media.id` says: where the file hangs, and a link that is good for about a day.

    Docs: Reference > Signed Attachment CDN URLs.
    """

    channel: str
    message: str
    attachment: str
    url: str

    @classmethod
    def parse(cls, written: str) -> "Handle":
        """Read the id of a file.

        Raises:
            ValueError: It is none of ours.
        """
        channel, message, attachment, url = written.split(" ", 3)
        return cls(channel, message, attachment, url)


def link_of(data: Json, attachment: str) -> str:
    """The present link of an attachment of a message; "" when it is not there (any more)."""
    for holder in (data, *_snapshots(data)):
        for each in parts(holder, "attachments"):
            if text(each, "id") == attachment:
                return text(each, "url")
    return ""


def _snapshots(data: Json) -> tuple[Json, ...]:
    """Docs: Message > Message Snapshot Object: what a forwarded message said."""
    return tuple(part(each, "message") for each in parts(data, "message_snapshots"))


def _quoted(data: Json) -> Quoted | None:
    answered = part(data, "referenced_message")
    if answered:
        author = part(answered, "author")
        name = text(author, "global_name") or text(author, "username") or "?"
        spoken = _legible(answered)
        return Quoted(name, spoken) if spoken else None
    for snapshot in _snapshots(data):
        spoken = _legible(snapshot)
        if spoken:
            return Quoted("somebody (forwarded)", spoken)
    return None


def _named(data: Json) -> Iterator[str]:
    """What a person sees of a message beside words and files.

    Docs: Sticker > Sticker Item Object, Poll > Poll Object.
    """
    for sticker in parts(data, "sticker_items"):
        yield f"[sticker: {text(sticker, 'name') or '?'}]"
    poll = part(data, "poll")
    if poll:
        answers = (text(part(one, "poll_media"), "text") for one in parts(poll, "answers"))
        yield f"[poll: {text(part(poll, 'question'), 'text')} {' / '.join(answers)}]"


def _joined(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _legible(data: Json) -> str:
    """The words of a message; those of its embeds when there are no others (a card, say)."""
    spoken = _joined(text(data, "content").strip(), *_named(data))
    if spoken:
        return spoken
    shown = (
        "\n".join(line for line in (text(each, "title"), text(each, "description")) if line)
        for each in parts(data, "embeds")
    )
    return "\n".join(each for each in shown if each).strip()


# --- presses ----------------------------------------------------------------------------------


def acting_person(data: Json, account: Account) -> Person:
    """Who pressed: in a server the user stands inside the member."""
    member = part(data, "member")
    return person(part(member, "user") or part(data, "user"), member, account)


def pressed(data: Json, place: Place, account: Account) -> Inbound:
    """A button, or a choice in a menu."""
    inner = part(data, "data")
    action = action_of(text(inner, "custom_id"))
    body = Pressed(action, text(part(data, "message"), "id"), texts(inner, "values"))
    return act(data, place, account, body)


def submitted(data: Json, place: Place, account: Account) -> Inbound:
    """A form that was filled in."""
    inner = part(data, "data")
    values = dict(_filled(inner))
    return act(data, place, account, Submitted(action_of(text(inner, "custom_id")), values))


def act(data: Json, place: Place, account: Account, body: Body) -> Inbound:
    """Something done by an interaction; that is always meant for the bot."""
    return Inbound(
        id=text(data, "id"),
        address=place.address,
        sender=acting_person(data, account),
        body=body,
        addressed=True,
        private=place.private,
        project=place.project or None,
        sent_at=made_at(text(data, "id")),
    )


def _filled(inner: Json) -> Iterator[tuple[str, str]]:
    """Docs: Interactions > Modal Submit Data Structure: fields stand in rows or under labels."""
    for top in parts(inner, "components"):
        fields = parts(top, "components") if number(top, "type") == ROW else ()
        if number(top, "type") == LABEL:
            fields = (part(top, "component"),)
        for each in fields:
            name = text(each, "custom_id")
            if name:
                yield name, text(each, "value") or ", ".join(texts(each, "values"))
