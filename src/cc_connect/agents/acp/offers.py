"""What a session can be set to: its modes, models and efforts, and how each is set. Pure.

There are two ways on the wire. `modes` and `models` of `session/new` are set by a method of their
own; `configOptions` by `session/set_config_option`, where the *category* of an option says what it
is. Agents have one, the other, or both; then the config option is the newer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cc_connect.core.frames import Frame, mapping, objects, string

_CATEGORIES = {"mode": "mode", "model": "model", "thought_level": "effort"}


@dataclass(frozen=True, slots=True)
class Value:
    """One value, for people and as the agent wants it."""

    id: str
    name: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A setting: what it is now, what it can be, and the config option that sets it, if any."""

    current: str = ""
    values: tuple[Value, ...] = ()
    option: str = ""

    def find(self, wanted: str, aliases: Mapping[str, str]) -> str | None:
        """The agent's id for what a person calls it; None when it offers no such thing.

        Case, hyphens, underscores and blanks do not count. Ids that are URLs go by what stands
        after the `#`.
        """
        spelled = aliases.get(wanted, aliases.get(folded(wanted), wanted))
        for value in self.values:
            names = (value.id, value.name, value.id.rpartition("#")[2])
            if spelled == value.id or folded(spelled) in map(folded, names):
                return value.id
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """What a person is told that there is."""
        return tuple(short(value.id) for value in self.values)


@dataclass(frozen=True, slots=True)
class Offers:
    """All settings of a session."""

    mode: Offer = field(default_factory=Offer)
    model: Offer = field(default_factory=Offer)
    effort: Offer = field(default_factory=Offer)


def folded(name: str) -> str:
    """A name without what does not count in it."""
    return "".join(sign for sign in name.lower() if sign not in "-_ ")


def short(name: str) -> str:
    """An id as people know it: ids that are URLs go by what stands after the `#`."""
    return name.rpartition("#")[2] if "://" in name else name


def offers(told: Frame) -> Offers:
    """Read the result of `session/new`, `session/load` or `session/resume`."""
    found = {
        "mode": _listed(mapping(told, "modes"), "availableModes", "id", "currentModeId"),
        "model": _listed(mapping(told, "models"), "availableModels", "modelId", "currentModelId"),
    }
    return Offers(**(found | config(told)))


def config(told: Frame) -> dict[str, Offer]:
    """The settings among `configOptions`, by the names of the fields of `Offers`."""
    return {
        _CATEGORIES[category]: _option(one)
        for one in reversed(objects(told, "configOptions"))  # the first of a category counts
        if (category := string(one, "category")) in _CATEGORIES
    }


def setting(session: str, kind: str, offer: Offer, value: str) -> tuple[str, dict[str, Any]]:
    """The method and parameters that set a mode, model or effort of a session to a value."""
    if offer.option:
        params = {"sessionId": session, "configId": offer.option, "value": value}
        return "session/set_config_option", params
    if kind == "mode":
        return "session/set_mode", {"sessionId": session, "modeId": value}
    return "session/set_model", {"sessionId": session, "modelId": value}


def _listed(told: Frame, key: str, name: str, current: str) -> Offer:
    values = tuple(
        Value(string(one, name), string(one, "name"), string(one, "description"))
        for one in objects(told, key)
        if string(one, name)
    )
    return Offer(string(told, current), values)


def _option(one: Frame) -> Offer:
    # Values may be grouped: then each entry holds a list of them.
    plain = [
        value
        for entry in objects(one, "options")
        for value in (objects(entry, "options") or [entry])
    ]
    values = tuple(
        Value(string(value, "value"), string(value, "name"), string(value, "description"))
        for value in plain
        if string(value, "value")
    )
    return Offer(string(one, "currentValue"), values, string(one, "id"))
