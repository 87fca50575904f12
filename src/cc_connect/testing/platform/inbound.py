"""From the frames of the fake service to `Inbound`: pure."""

from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import (
    Body,
    Edited,
    Inbound,
    Invoked,
    Media,
    Person,
    Pressed,
    Recalled,
    Said,
    Submitted,
)
from cc_connect.testing.platform.line import Json

_ALWAYS = {"number", "event", "id", "chat", "thread", "private", "who", "at"}
_OF_EVENT = {
    "said": {"text", "files"},
    "pressed": {"action", "message", "values"},
    "submitted": {"action", "values"},
    "invoked": {"command", "arguments"},
    "typing": {"command", "option", "prefix"},
    "edited": {"message", "text"},
    "recalled": {"message"},
}


def whole(frame: Json) -> bool:
    """Whether a frame has everything that is read from it."""
    needed = _ALWAYS | _OF_EVENT.get(str(frame.get("event")), set())
    return needed <= frame.keys()


def read(frame: Json, instance: str) -> Inbound | None:
    """What a frame says; None when it is not for us or of a kind that is not known."""
    body = body_of(frame)
    if body is None or frame.get("bot"):
        return None
    who = frame["who"]
    return Inbound(
        id=frame["id"],
        address=Address(instance, frame["chat"], frame["thread"]),
        sender=Person(who["id"], who["name"], tuple(who["roles"]), who["owner"]),
        body=body,
        addressed=frame.get("addressed", True),
        private=frame["private"],
        sent_at=frame["at"],
        reply_to=frame.get("reply_to"),
        missed=frame.get("missed", False),
    )


def body_of(frame: Json) -> Body | None:
    """What was done; None when it is not known."""
    match frame["event"]:
        case "said":
            media = tuple(
                Media(one["id"], one["name"], one["mime"], one["size"]) for one in frame["files"]
            )
            return Said(frame["text"], media)
        case "pressed":
            return Pressed(frame["action"], frame["message"], tuple(frame["values"]))
        case "submitted":
            return Submitted(frame["action"], frame["values"])
        case "invoked":
            return Invoked(frame["command"], frame["arguments"])
        case "typing":
            return Invoked(frame["command"], {frame["option"]: frame["prefix"]})
        case "edited":
            return Edited(frame["message"], frame["text"])
        case "recalled":
            return Recalled(frame["message"])
        case _:
            return None
