"""Guilds and channels as people handle them: the part of the twin that tests talk to."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cc_connect.testing.discord import announce, posting, reacting, threads
from cc_connect.testing.discord.body import Draft, Upload
from cc_connect.testing.discord.model import (
    Application,
    Channel,
    ChannelKind,
    Guild,
    JsonObject,
    Member,
    Message,
    Overwrite,
    Role,
    User,
)
from cc_connect.testing.discord.permissions import BOT, PEOPLE
from cc_connect.testing.discord.rules import check_sending, require_active
from cc_connect.testing.discord.transcript import write_transcript
from cc_connect.testing.discord.typing_marks import is_typing, start_typing
from cc_connect.testing.discord.wire import role_json
from cc_connect.testing.discord.world import World


@dataclass(frozen=True, slots=True)
class File:
    """A file that a person sends. Without a content type the name decides it."""

    filename: str
    data: bytes
    content_type: str = ""
    description: str | None = None
    width: int | None = None
    height: int | None = None


class ChannelHandle:
    """One channel, thread or direct conversation. Two handles of one channel are equal.

    People need the rights for what they do: without them its methods raise `ApiError`, like the
    endpoint that their client would call.
    """

    def __init__(self, world: World, state: Channel) -> None:
        self._world = world
        self.state = state

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChannelHandle) and other.state is self.state

    def __hash__(self) -> int:
        return hash(self.state.id)

    @property
    def id(self) -> int:
        """Its snowflake."""
        return self.state.id

    @property
    def name(self) -> str:
        """Its name without the `#`."""
        return self.state.name

    @property
    def messages(self) -> list[Message]:
        """Everything a person reads here, oldest first; also what only one person sees."""
        return sorted(self.state.messages.values(), key=lambda message: message.id)

    @property
    def last(self) -> Message:
        """The newest message. Raises IndexError in an empty channel."""
        return self.messages[-1]

    @property
    def threads(self) -> list["ChannelHandle"]:
        """The threads of this channel, oldest first."""
        guild = self.state.guild
        found = [] if guild is None else [t for t in guild.threads if t.parent is self.state]
        return [ChannelHandle(self._world, thread) for thread in sorted(found, key=lambda t: t.id)]

    async def say(
        self,
        user: User,
        text: str = "",
        *,
        mention: User | Application | None = None,
        attachments: Sequence[File] = (),
        reply_to: Message | None = None,
        ping: bool = True,
    ) -> Message:
        """Write a message. `@name` of a member becomes a mention, as in a person's client.

        `mention` puts one in front. A reply pings the author of what it answers unless `ping` is
        off.
        """
        called = mention.user if isinstance(mention, Application) else mention
        words = self._with_mentions(text)
        if called is not None:
            words = f"{called.mention} {words}".strip()
        uploads = tuple(_upload(index, file) for index, file in enumerate(attachments))
        draft = Draft(content=words.strip(), uploads=uploads)
        draft.attachments = [_described(index, file) for index, file in enumerate(attachments)]
        check_sending(self._world, self.state, user, draft)
        message = posting.compose(self._world, self.state, user, draft, reply_to)
        if reply_to is not None and not ping and reply_to.author in message.mentions:
            message.mentions.remove(reply_to.author)
        posting.publish(self._world, message)
        await asyncio.sleep(0)
        return message

    async def edit(self, user: User, message: Message, text: str) -> None:
        """Change what one wrote."""
        if message.author is not user:
            raise ValueError("people edit only their own messages")
        require_active(self.state)
        posting.amend(self._world, message, Draft(content=self._with_mentions(text).strip()))
        await asyncio.sleep(0)

    async def delete(self, message: Message) -> None:
        """Delete a message."""
        posting.remove(self._world, message)
        await asyncio.sleep(0)

    async def react(self, user: User, message: Message, emoji: str) -> None:
        """Put an emoji under a message."""
        reacting.react(self._world, message, user, emoji)
        await asyncio.sleep(0)

    async def take_back(self, user: User, message: Message, emoji: str) -> None:
        """Remove one's own emoji."""
        reacting.take_back(self._world, message, user, emoji)
        await asyncio.sleep(0)

    async def type(self, user: User) -> None:
        """Begin to type."""
        start_typing(self._world, self.state, user)
        await asyncio.sleep(0)

    async def start_thread(
        self,
        user: User,
        name: str,
        *,
        message: Message | None = None,
        private: bool = False,
        minutes: int = 1440,
    ) -> "ChannelHandle":
        """Start a thread from a message, or on its own."""
        if message is not None:
            thread = threads.start_from(self._world, message, user, name, minutes)
        else:
            kind = ChannelKind.PRIVATE_THREAD if private else ChannelKind.PUBLIC_THREAD
            thread = threads.start_bare(self._world, self.state, user, name, kind, minutes)
        await asyncio.sleep(0)
        return ChannelHandle(self._world, thread)

    async def start_post(self, user: User, title: str, text: str) -> "ChannelHandle":
        """Start a post of a forum: a thread whose first message has its id."""
        thread = threads.start_in_forum(self._world, self.state, user, title)
        draft = Draft(content=self._with_mentions(text).strip())
        message = posting.compose(self._world, thread, user, draft)
        message.id = thread.id
        posting.publish(self._world, message)
        await asyncio.sleep(0)
        return ChannelHandle(self._world, thread)

    async def change_thread(self, user: User, **changes: object) -> None:
        """Rename (`name`), archive (`archived`) or lock (`locked`) this thread."""
        threads.change(self._world, self.state, user, dict(changes))
        await asyncio.sleep(0)

    async def join(self, user: User) -> None:
        """Become a member of this thread."""
        threads.join(self._world, self.state, user)
        await asyncio.sleep(0)

    def allow(self, target: Role | User | Application, permission: int) -> None:
        """Give rights in this channel to a role or a member, against what roles say elsewhere."""
        self._overwrite(target, allow=int(permission), deny=0)

    def deny(self, target: Role | User | Application, permission: int) -> None:
        """Take rights in this channel from a role or a member."""
        self._overwrite(target, allow=0, deny=int(permission))

    def is_typing(self, user: User | Application) -> bool:
        """Whether people see that somebody types here."""
        who = user.user if isinstance(user, Application) else user
        return is_typing(self._world, self.state, who)

    async def wait_for(
        self,
        predicate: Callable[[Message], bool],
        timeout: float = 5.0,  # noqa: ASYNC109 - reads like asyncio's own, and tells what it saw
        *,
        after: Message | None = None,
    ) -> Message:
        """Return the first message for which the predicate holds, now or after some change.

        Looks at messages as they stand, edits applied, oldest first; `after` skips those up to a
        message. Raises TimeoutError with the transcript after `timeout` seconds of real time.
        """

        def look() -> Message | None:
            seen = [m for m in self.messages if after is None or m.id > after.id]
            return next((message for message in seen if predicate(message)), None)

        try:
            return await self._world.pulse.until(look, timeout)
        except TimeoutError:
            raise TimeoutError(f"no such message came:\n{self.transcript()}") from None

    async def wait_for_thread(
        self,
        timeout: float = 5.0,  # noqa: ASYNC109 - like wait_for
    ) -> "ChannelHandle":
        """Return the first thread of this channel, waiting for it. Raises TimeoutError."""
        return await self._world.pulse.until(lambda: next(iter(self.threads), None), timeout)

    def transcript(self) -> str:
        """The channel as people read it, one message after the other."""
        return write_transcript(self._world, self.state)

    def _with_mentions(self, text: str) -> str:
        users = self.state.recipients
        if self.state.guild is not None:
            users = tuple(member.user for member in self.state.guild.members.values())
        for user in sorted(users, key=lambda each: -len(each.name)):
            pattern = rf"(?<![\w<])@{re.escape(user.name)}(?![\w-])"
            text = re.sub(pattern, user.mention, text)
        return text

    def _overwrite(self, target: Role | User | Application, *, allow: int, deny: int) -> None:
        who = target.user if isinstance(target, Application) else target
        known = self.state.overwrites.setdefault(
            who.id, Overwrite(who.id, is_role=isinstance(who, Role))
        )
        known.allow = known.allow & ~deny | allow
        known.deny = known.deny & ~allow | deny
        announce.channel_updated(self._world, self.state)


class GuildHandle:
    """One guild. Its @everyone role may nothing; members get the rights of the role "people".

    So a bot has exactly the rights it was invited with, and no more.
    """

    def __init__(self, world: World, state: Guild, people: Role) -> None:
        self._world = world
        self.state = state
        self.people = people

    @property
    def id(self) -> int:
        """Its snowflake."""
        return self.state.id

    @property
    def everyone(self) -> Role:
        """The role that every member has."""
        return self.state.everyone

    @property
    def channels(self) -> list[ChannelHandle]:
        """The channels, without threads."""
        found = [each for each in self.state.channels.values() if each.thread is None]
        return [ChannelHandle(self._world, channel) for channel in found]

    def add_channel(
        self,
        name: str,
        kind: ChannelKind = ChannelKind.TEXT,
        *,
        topic: str | None = None,
        parent: ChannelHandle | None = None,
    ) -> ChannelHandle:
        """Make a channel; `parent` is its category."""
        category = parent.state if parent is not None else None
        channel = Channel(self._world.ids.take(), kind, name, self.state, category, topic)
        channel.position = len(self.state.channels)
        self.state.channels[channel.id] = channel
        self._world.channels[channel.id] = channel
        announce.channel_created(self._world, channel)
        return ChannelHandle(self._world, channel)

    def remove_channel(self, channel: ChannelHandle) -> None:
        """Delete a channel with everything in it."""
        del self.state.channels[channel.id]
        del self._world.channels[channel.id]
        announce.channel_deleted(self._world, channel.state)

    def add_member(self, user: User, *roles: Role, nick: str | None = None) -> Member:
        """Let a person join, as one of the people and with more roles where given."""
        role_ids = [self.people.id, *(role.id for role in roles)]
        member = Member(user, self._world.clock(), role_ids, nick)
        self.state.members[user.id] = member
        announce.member_added(self._world, self.state, member)
        return member

    def remove_member(self, user: User) -> None:
        """Let a person leave."""
        del self.state.members[user.id]
        announce.member_removed(self._world, self.state, user)

    def add_role(self, name: str, permissions: int = 0, *, mentionable: bool = False) -> Role:
        """Make a role."""
        position = len(self.state.roles)
        role = Role(self._world.ids.take(), name, int(permissions), position, mentionable)
        self.state.roles[role.id] = role
        self._tell_role("GUILD_ROLE_CREATE", {"role": role_json(role)})
        return role

    def give_role(self, user: User, role: Role) -> None:
        """Give a member one more role."""
        member = self.state.members[user.id]
        member.roles.append(role.id)
        announce.member_updated(self._world, self.state, member)

    def invite(self, bot: Application, permissions: int = BOT, *, commands: bool = True) -> Role:
        """Let a bot in with exactly these rights; `commands` is the scope for slash commands.

        Returns the role that Discord makes for it. Docs: OAuth2 > Bot Authorization Flow.
        """
        role = Role(self._world.ids.take(), bot.name, int(permissions), len(self.state.roles))
        role.bot = bot
        self.state.roles[role.id] = role
        member = Member(bot.user, self._world.clock(), [role.id])
        self.state.members[bot.user.id] = member
        self._tell_role("GUILD_ROLE_CREATE", {"role": role_json(role)})
        announce.member_added(self._world, self.state, member)
        self.state.bots[bot.id] = bot
        if commands:
            self.state.command_scope.add(bot.id)
        announce.guild_joined(self._world, self.state, bot)
        return role

    def set_permissions(self, role: Role, permissions: int) -> None:
        """Change the rights of a role."""
        role.permissions = int(permissions)
        self._tell_role("GUILD_ROLE_UPDATE", {"role": role_json(role)})

    def _tell_role(self, name: str, data: JsonObject) -> None:
        announce.role_changed(self._world, self.state, name, data)


def found_guild(world: World, name: str, owner: User) -> GuildHandle:
    """Make a guild with its owner in it."""
    guild_id = world.ids.take()
    everyone = Role(guild_id, "@everyone", 0)
    guild = Guild(guild_id, name, owner, everyone, {guild_id: everyone})
    people = Role(world.ids.take(), "people", PEOPLE, 1)
    guild.roles[people.id] = people
    guild.members[owner.id] = Member(owner, world.clock(), [people.id])
    world.guilds[guild.id] = guild
    return GuildHandle(world, guild, people)


def _upload(index: int, file: File) -> Upload:
    return Upload(str(index), file.filename, file.content_type, file.data)


def _described(index: int, file: File) -> JsonObject:
    return {
        "id": str(index),
        "filename": file.filename,
        "content_type": file.content_type,
        "description": file.description,
        "width": file.width,
        "height": file.height,
    }
