from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, UnionType
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_connect.contract.agent import AgentEvent, Decision
from cc_connect.contract.content import Block, Content
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Body, Inbound, Person, Said
from cc_connect.contract.platform import Intent
from cc_connect.store.codec import Codec, Unreadable, content, inbound, intent

# Values without NaN (not equal to itself), infinity (JSON has none) and surrogates (see below).
_text = st.text(st.characters(codec="utf-8"), max_size=8)
_number = st.floats(allow_nan=False, allow_infinity=False)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_text, inner, max_size=2),
    max_leaves=4,
)
for kind, strategy in ((str, _text), (float, _number), (object, _json)):
    st.register_type_strategy(kind, strategy)
st.register_type_strategy(
    Mapping,
    lambda kind: st.dictionaries(
        st.from_type(get_args(kind)[0]), st.from_type(get_args(kind)[1]), max_size=2
    ),
)


def members(union: object) -> list[type]:
    return list(get_args(union))


def any_of(kind: type) -> st.SearchStrategy[object]:
    fields = {name: st.from_type(hint) for name, hint in get_type_hints(kind).items()}
    return st.builds(kind, **fields)


@pytest.mark.parametrize("union", [Block, Body, Intent, AgentEvent, Decision])
def test_every_member_of_every_union_comes_back(union: UnionType) -> None:
    codec: Codec[object] = Codec(union)
    for kind in members(union):

        @given(any_of(kind))
        @settings(max_examples=12, deadline=None)
        def comes_back(value: object) -> None:
            again = codec.loads(codec.dumps(value))
            assert again == value
            assert type(again) is type(value)

        comes_back()


@given(st.from_type(Inbound))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_in_comes_back(value: Inbound) -> None:
    assert inbound.loads(inbound.dumps(value)) == value


@given(st.lists(st.one_of(*map(any_of, members(Block))), max_size=4).map(tuple))
@settings(max_examples=60, deadline=None)
def test_content_comes_back(value: Content) -> None:
    assert content.loads(content.dumps(value)) == value


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    half = Inbound("m\ud800", Address("web", "c"), Person("p", "A\udfff"), Said("x \ud83d y"))
    again = inbound.loads(inbound.dumps(half))
    assert (again.id, again.sender.name, again.body) == ("m\ufffd", "A\ufffd", Said("x \ufffd y"))


def test_two_halves_that_belong_together_are_joined() -> None:
    value = Inbound("m", Address("web", "c"), Person("p"), Said("\ud83d\ude00"))
    assert inbound.loads(inbound.dumps(value)).body == Said("\N{GRINNING FACE}")


def test_an_older_row_without_a_newer_field_is_read() -> None:
    text = (
        '{"id":"m","address":{"platform":"web","chat":"c"},"sender":{"id":"p"},'
        '"body":{"type":"Said","text":"hi"},"a field of tomorrow":1}'
    )
    assert inbound.loads(text) == Inbound("m", Address("web", "c"), Person("p"), Said("hi"))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "1", '{"type":"Nothing"}', '{"type":"Post"}', '{"type":["Post"]}'],
)
def test_what_is_not_an_intent_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        intent.loads(text)


@dataclass(frozen=True)
class Left:
    label: str


@dataclass(frozen=True)
class Right:
    inner: Mapping[str, Left | None]
    pair: tuple[int, str] = (1, "a")


@dataclass(frozen=True)
class Tagged:
    type: str


@dataclass(frozen=True)
class Tree:
    branches: Mapping[str, "Left | Right"]
    best: "Left | Right | None" = None


def test_unions_inside_mappings_and_options_come_back() -> None:
    codec: Codec[Tree] = Codec(Tree)
    tree = Tree({"a": Left("x"), "b": Right({"c": Left("y"), "d": None})}, Right({}))
    assert codec.loads(codec.dumps(tree)) == tree
    assert codec.loads('{"branches":{}}') == Tree({})


def test_a_mapping_that_is_no_dict_can_be_written() -> None:
    codec: Codec[Right] = Codec(Right)
    value = Right(MappingProxyType({"a": Left("x")}))
    assert codec.loads(codec.dumps(value)) == Right({"a": Left("x")})


@pytest.mark.parametrize(
    "kind",
    [
        Left | str,
        list[Left | Right],
        tuple[Left | Right, int],
        Left | Tagged,
    ],
)
def test_types_that_could_not_be_read_again_are_refused(kind: object) -> None:
    with pytest.raises(TypeError):
        Codec(kind)
