"""From the page's frames to `Inbound`: pure."""

from typing import assert_never

from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import (
    Body,
    Inbound,
    Invoked,
    Media,
    Person,
    Pressed,
    Said,
    Submitted,
)
from cc_connect.platforms.web.wire import Act, Invoke, Press, Say, Submit

OWNER = Person(id="owner", name="You", owner=True)
"""Whoever is logged in to the page: it has one login, given to the owner of the machine."""


def inbound(
    act: Act, address: Address, project: str, media: tuple[Media, ...], at: float
) -> Inbound:
    """What happened on the page, with the files that belong to it. `at` is Unix seconds."""
    return Inbound(
        id=act.id,
        address=address,
        sender=OWNER,
        body=_body(act, media),
        addressed=True,
        private=True,
        sent_at=at,
        project=project or None,
    )


def _body(act: Act, media: tuple[Media, ...]) -> Body:
    match act:
        case Say():
            return Said(act.text, media)
        case Press():
            return Pressed(act.action, act.message, act.values)
        case Submit():
            return Submitted(act.action, dict(act.values))
        case Invoke():
            return Invoked(act.command, dict(act.arguments))
        case _:
            assert_never(act)
