"""The sign that somebody types. Docs: Channel > Trigger Typing Indicator."""

from cc_connect.testing.discord import announce
from cc_connect.testing.discord.model import Channel, Typed, User
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.rules import require
from cc_connect.testing.discord.world import World

SHOWN = 10.0


def start_typing(world: World, channel: Channel, user: User) -> None:
    """Show that a user types here. Raises ApiError 50013 for who may not send."""
    in_thread = channel.thread is not None
    require(
        channel,
        user,
        Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES,
    )
    channel.typing.append(Typed(user, world.clock()))
    announce.typing_started(world, channel, user)


def is_typing(world: World, channel: Channel, user: User) -> bool:
    """Whether people see the sign now: 10 seconds long, or until a message of that user comes."""
    marks = [typed.at for typed in channel.typing if typed.user is user]
    if not marks or world.clock() - marks[-1] > SHOWN:
        return False
    spoken = [m.sent_at for m in channel.messages.values() if m.author is user]
    return not spoken or max(spoken) < marks[-1]
