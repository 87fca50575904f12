"""From native commands to `Inbound`: pure. Docs: Interactions > Interaction Data."""

from collections.abc import Iterator
from dataclasses import dataclass

from cc_connect.contract.command import CommandSpec
from cc_connect.contract.inbound import Body, Inbound, Invoked
from cc_connect.platforms.discord import inbound as reading
from cc_connect.platforms.discord.inbound import Account, Hearing, Place
from cc_connect.platforms.discord.menu import in_order
from cc_connect.platforms.discord.wire import Draft, Json, number, part, parts, text

ASKING = "~ask~"
"""The id of the form in which somebody asks about a message begins so; the message follows."""
QUESTION = "question"
TEXT_INPUT, LABEL, PARAGRAPH = 4, 18, 2
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Typing:
    """An option that is being typed."""

    option: str
    prefix: str


def arguments(data: Json) -> dict[str, str]:
    """The options as they were filled in, as texts."""
    given = parts(part(data, "data"), "options")
    return {text(each, "name"): text(each, "value") for each in given if text(each, "name")}


def being_typed(data: Json) -> Typing | None:
    """The option that has the focus."""
    for each in parts(part(data, "data"), "options"):
        if each.get("focused"):
            return Typing(text(each, "name"), text(each, "value"))
    return None


def invoked(data: Json, place: Place, account: Account, spec: CommandSpec | None) -> Inbound:
    """A command; `spec` is what was offered under its name."""
    given = arguments(data)
    name = text(part(data, "data"), "name")
    body = Invoked(name, in_order(spec, given) if spec else given)
    return acted(data, place, account, body)


def acted(data: Json, place: Place, account: Account, body: Body) -> Inbound:
    """Something done by an interaction."""
    return reading.act(data, place, account, body)


def line(data: Json, spec: CommandSpec | None) -> str:
    """A command as it would be typed."""
    given = arguments(data)
    ordered = in_order(spec, given) if spec else given
    return " ".join((f"/{text(part(data, 'data'), 'name')}", *ordered.values()))


def target(data: Json) -> str:
    """The message whose menu was used."""
    return text(part(data, "data"), "target_id")


def question_form(message: str) -> Draft:
    """The form that opens behind "Ask agent about this"."""
    field = {
        "type": TEXT_INPUT,
        "custom_id": QUESTION,
        "style": PARAGRAPH,
        "required": True,
        "max_length": LONGEST,
    }
    return {
        "custom_id": f"{ASKING}{message}",
        "title": "Ask the agent",
        "components": [{"type": LABEL, "label": "What about this message?", "component": field}],
    }


def asked_about(data: Json) -> str:
    """The message a form asks about; "" when it is another form."""
    name = text(part(data, "data"), "custom_id")
    return name.removeprefix(ASKING) if name.startswith(ASKING) else ""


def question(data: Json, place: Place, account: Account, message: Json) -> Inbound:
    """A question about a message: said by who asks, with the message and its files as context."""
    spoken = next(_answers(part(data, "data")), "")
    quoting = {**data, "channel_id": text(message, "channel_id"), "referenced_message": message}
    said = reading.said({**quoting, "content": spoken}, place, account, Hearing())
    return acted(data, place, account, said.body)


def _answers(inner: Json) -> Iterator[str]:
    for top in parts(inner, "components"):
        for each in (part(top, "component"), *parts(top, "components")):
            if text(each, "custom_id") == QUESTION:
                yield text(each, "value").strip()


def kind_of(data: Json) -> int:
    """What sort of command it is: typed, or in the menu of a message."""
    return number(part(data, "data"), "type")
