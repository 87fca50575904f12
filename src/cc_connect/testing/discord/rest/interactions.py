"""Answers to interactions and what follows them, with the interaction's own token.

Docs: Interactions > Create Interaction Response ... Delete Followup Message.
"""

from cc_connect.testing.discord import interacting, posting
from cc_connect.testing.discord.body import read_draft
from cc_connect.testing.discord.interaction import Interaction
from cc_connect.testing.discord.model import Message
from cc_connect.testing.discord.rest.call import NO_CONTENT, Answer, Call, Route
from cc_connect.testing.discord.wire_message import message_json


async def respond(call: Call) -> Answer:
    """Docs: Interactions > Create Interaction Response."""
    token, interaction_id = call.params["token"], call.snowflake("interaction")
    interaction = interacting.find(call.world, token, interaction_id)
    interacting.respond(call.world, interaction, call.body, call.uploads)
    if call.flag("with_response"):
        return Answer(200, interacting.callback_json(call.world, interaction))
    return NO_CONTENT


async def follow_up(call: Call) -> Answer:
    """Docs: Interactions > Create Followup Message: `wait` is always true."""
    interaction = _interaction(call)
    draft = read_draft(call.body, call.uploads)
    return _told(call, interaction, interacting.follow_up(call.world, interaction, draft))


async def get_answer(call: Call) -> Answer:
    """Docs: Interactions > Get Original Interaction Response, Get Followup Message."""
    interaction = _interaction(call)
    return _told(call, interaction, interacting.owned(interaction, call.params["message"]))


async def edit_answer(call: Call) -> Answer:
    """Docs: Interactions > Edit Original Interaction Response, Edit Followup Message."""
    interaction = _interaction(call)
    message = interacting.owned(interaction, call.params["message"])
    draft = read_draft(call.body, call.uploads, flags_now=message.flags)
    posting.amend(call.world, message, draft)
    return _told(call, interaction, message)


async def delete_answer(call: Call) -> Answer:
    """Docs: Interactions > Delete Original Interaction Response, Delete Followup Message."""
    interaction = _interaction(call)
    posting.remove(call.world, interacting.owned(interaction, call.params["message"]))
    return NO_CONTENT


def _interaction(call: Call) -> Interaction:
    application_id = call.snowflake("application")
    return interacting.find_by_webhook(call.world, application_id, call.params["token"])


def _told(call: Call, interaction: Interaction, message: Message) -> Answer:
    return Answer(200, message_json(call.world, message, interaction.application))


_WEBHOOK = "/webhooks/{application}/{token}"
_ANSWER = f"{_WEBHOOK}/messages/{{message}}"
ROUTES = (
    Route(
        "POST",
        "/interactions/{interaction}/{token}/callback",
        respond,
        open=True,
        unlimited=True,  # seen in the wild: the answer carries no X-RateLimit headers
    ),
    Route("POST", _WEBHOOK, follow_up, open=True),
    Route("GET", _ANSWER, get_answer, open=True),
    Route("PATCH", _ANSWER, edit_answer, open=True),
    Route("DELETE", _ANSWER, delete_answer, open=True),
)
