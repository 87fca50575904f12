"""Reactions under messages. Docs: Message > Create Reaction ... Delete All Reactions for Emoji."""

from cc_connect.testing.discord.errors import ApiError, Refusal
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.reacting import react, take_all_back, take_back
from cc_connect.testing.discord.rest.call import NO_CONTENT, Answer, Call, Route
from cc_connect.testing.discord.rules import require, require_active
from cc_connect.testing.discord.wire import user_json


async def add(call: Call) -> Answer:
    """Docs: Message > Create Reaction."""
    react(call.world, call.message(), call.user, call.params["emoji"])
    return NO_CONTENT


async def remove_own(call: Call) -> Answer:
    """Docs: Message > Delete Own Reaction."""
    message = call.message()
    require_active(message.channel)
    take_back(call.world, message, call.user, call.params["emoji"])
    return NO_CONTENT


async def remove_of_user(call: Call) -> Answer:
    """Docs: Message > Delete User Reaction."""
    message = call.message()
    require(message.channel, call.user, Permission.MANAGE_MESSAGES)
    user = call.world.find_user(call.snowflake("user"))
    take_back(call.world, message, user, call.params["emoji"])
    return NO_CONTENT


async def list_users(call: Call) -> Answer:
    """Docs: Message > Get Reactions."""
    reaction = call.message().reactions.get(call.params["emoji"])
    if reaction is None:
        raise ApiError(Refusal.UNKNOWN_EMOJI)
    after = int(call.query.get("after") or 0)
    users = sorted(reaction.users.values(), key=lambda user: user.id)
    chosen = [user for user in users if user.id > after][: call.limit(25, 100)]
    return Answer(200, [user_json(user) for user in chosen])


async def clear(call: Call) -> Answer:
    """Docs: Message > Delete All Reactions, and for one emoji."""
    message = call.message()
    require(message.channel, call.user, Permission.MANAGE_MESSAGES)
    take_all_back(call.world, message, call.params.get("emoji"))
    return NO_CONTENT


_REACTIONS = "/channels/{channel}/messages/{message}/reactions"
ROUTES = (
    Route("PUT", f"{_REACTIONS}/{{emoji}}/@me", add),
    Route("DELETE", f"{_REACTIONS}/{{emoji}}/@me", remove_own),
    Route("DELETE", f"{_REACTIONS}/{{emoji}}/{{user}}", remove_of_user),
    Route("GET", f"{_REACTIONS}/{{emoji}}", list_users),
    Route("DELETE", f"{_REACTIONS}/{{emoji}}", clear),
    Route("DELETE", _REACTIONS, clear),
)
