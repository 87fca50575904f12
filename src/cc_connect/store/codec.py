"""Frozen dataclasses to JSON and back, unions included.

msgspec reads and writes dataclasses by itself, but cannot tell the members of a union of
dataclasses apart when it reads them. So a member of such a union is written with its class name
under "type"; whatever contains no union is left to msgspec, which is what makes it quick. Both
directions are put together once per type, from its annotations.

Fields with defaults may be missing in what is read, and unknown fields are passed over, so that an
older and a newer version can read each other's rows.
"""

import dataclasses
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from cc_connect.contract.content import Content
from cc_connect.contract.inbound import Inbound
from cc_connect.contract.platform import Intent

T = TypeVar("T")
_Step = Callable[[Any], Any]
_TAG = "type"


def _as_dict(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be stored")


_encoder = msgspec.json.Encoder(enc_hook=_as_dict)
_decoder = msgspec.json.Decoder()


class Unreadable(ValueError):
    """The text is not what this codec writes."""


class Codec(Generic[T]):
    """Writes and reads values of one type: a dataclass, a union of them, a tuple of them.

    Raises:
        TypeError: The type has a union that could not be told apart again.
    """

    def __init__(self, kind: object) -> None:
        self._plan = _plan(kind)

    def dumps(self, value: T) -> str:
        """JSON in one line. Lone surrogates, which no file can hold, become U+FFFD."""
        packed = self._plan.pack(value) if self._plan.pack else value
        try:
            return _encoder.encode(packed).decode()
        except UnicodeEncodeError:
            return _encoder.encode(_without_surrogates(packed)).decode()

    def loads(self, text: str) -> T:
        """Read what `dumps` wrote.

        Raises:
            Unreadable: The text is not such a value.
        """
        try:
            value: T = self._plan.unpack(_decoder.decode(text))
        except (msgspec.MsgspecError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise Unreadable(f"cannot be read: {error}") from error
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class _Plan:
    """How a type is packed (None: as it is) and unpacked."""

    pack: _Step | None
    unpack: _Step


def clean(text: str) -> str:
    """The text without lone surrogates, each replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_surrogates(value: object) -> object:
    value = msgspec.to_builtins(value, enc_hook=_as_dict)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value


@cache
def _plan(kind: Any) -> _Plan:  # noqa: ANN401 - any annotation at all
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union(get_args(kind))
    if origin is tuple:
        return _tuple(kind)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(kind)
    if _is_dataclass(kind):
        return _dataclass(kind)
    if any(_plan(argument).pack for argument in get_args(kind) if argument is not Ellipsis):
        raise TypeError(f"a union inside {kind} cannot be stored")
    return _native(kind)


def _is_dataclass(kind: object) -> bool:
    return isinstance(kind, type) and dataclasses.is_dataclass(kind)


def _native(kind: Any) -> _Plan:  # noqa: ANN401 - any annotation at all
    if kind is object:
        kind = Any
    return _Plan(None, lambda value: msgspec.convert(value, kind))


def _dataclass(kind: type) -> _Plan:
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    if _TAG in names:
        raise TypeError(f"{kind.__name__} has a field named {_TAG!r}, which the store needs")
    plans = {name: _plan(hints[name]) for name in names}
    packs = [(name, plan.pack) for name, plan in plans.items()]
    if not any(pack for _, pack in packs):
        return _native(kind)

    def pack(value: object) -> dict[str, object]:
        return {
            name: step(getattr(value, name)) if step else getattr(value, name)
            for name, step in packs
        }

    def unpack(raw: dict[str, Any]) -> object:
        return kind(
            **{name: plans[name].unpack(item) for name, item in raw.items() if name in plans}
        )

    return _Plan(pack, unpack)


def _member(kind: type) -> tuple[Callable[[Any], dict[str, Any]], _Step]:
    """A dataclass as a member of a union: with its name."""
    plan = _plan(kind)
    tag = kind.__name__
    names = tuple(field.name for field in dataclasses.fields(kind))
    inner = plan.pack

    def plain(value: object) -> dict[str, object]:
        packed: dict[str, object] = {_TAG: tag}
        for name in names:
            packed[name] = getattr(value, name)
        return packed

    def nested(value: object) -> dict[str, object]:
        return {_TAG: tag, **inner(value)} if inner else {}

    return (nested if inner else plain), plan.unpack


def _union(members: tuple[Any, ...]) -> _Plan:
    classes: list[type] = [member for member in members if _is_dataclass(member)]
    others = [
        member for member in members if member not in classes and member is not types.NoneType
    ]
    optional = types.NoneType in members
    if len(classes) + len(others) == 1:
        return _optional(_plan((classes + others)[0])) if optional else _plan(members[0])
    if not classes:
        return _native(Union[members])  # noqa: UP007 - put together at run time
    if others:
        raise TypeError(f"{members} mixes dataclasses with other types")
    packs: dict[type, Callable[[Any], dict[str, Any]]] = {}
    unpacks: dict[str, _Step] = {}
    for member in classes:
        packs[member], unpacks[member.__name__] = _member(member)
    if len(unpacks) != len(packs):
        raise TypeError(f"two members of {members} have the same name")
    plan = _Plan(
        lambda value: packs[type(value)](value),
        lambda raw: unpacks[raw[_TAG]](raw),
    )
    return _optional(plan) if optional else plan


def _optional(plan: _Plan) -> _Plan:
    inner, unpack = plan.pack, plan.unpack
    return _Plan(
        (lambda value: None if value is None else inner(value)) if inner else None,
        lambda raw: None if raw is None else unpack(raw),
    )


def _tuple(kind: Any) -> _Plan:  # noqa: ANN401 - any annotation at all
    arguments = get_args(kind)
    plan = _plan(arguments[0]) if arguments else _native(kind)
    inner, unpack = plan.pack, plan.unpack
    if arguments[1:] != (Ellipsis,):
        if any(_plan(argument).pack for argument in arguments):
            raise TypeError(f"a union inside {kind} cannot be stored")
        return _native(kind)
    if inner is None:
        return _native(kind)
    return _Plan(
        lambda values: [inner(value) for value in values],
        lambda raw: tuple([unpack(value) for value in raw]),
    )


def _mapping(kind: Any) -> _Plan:  # noqa: ANN401 - any annotation at all
    key, item = get_args(kind)
    keys, plan = _plan(key), _plan(item)
    inner = plan.pack
    if keys.pack:
        raise TypeError(f"a union inside {kind} cannot be stored")
    return _Plan(
        (lambda values: {name: inner(value) for name, value in values.items()}) if inner else None,
        lambda raw: {keys.unpack(name): plan.unpack(value) for name, value in raw.items()},
    )


inbound: Codec[Inbound] = Codec(Inbound)
content: Codec[Content] = Codec(Content)
intent: Codec[Intent] = Codec(Intent)
