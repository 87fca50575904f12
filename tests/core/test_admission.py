"""Who may speak."""

import pytest

from cc_connect.contract.command import Role
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
from cc_connect.core.admission import Admit, Ignore, Policy, Refuse, admit, role_of

SOMEBODY = Person("Eve", roles=("Devs", "Cooks"))
CLOSED = Policy()
BANNING = Policy(banned=("curse", "坏词"))
STRANGER = Refuse("stranger", stranger=True)

# --- roles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "members", "role"),
    [
        (Policy(), {}, Role.NOBODY),
        (
            Policy(allowed=frozenset({"bob"}), admins=frozenset({"bob"})),
            {"Bob": Role.ADMIN},
            Role.NOBODY,
        ),
        (Policy(allowed=frozenset({"eve"})), {}, Role.MEMBER),
        (Policy(allowed=frozenset({"*"})), {}, Role.MEMBER),
        (Policy(allowed=frozenset({"cooks"})), {}, Role.MEMBER),
        (Policy(admins=frozenset({"cooks"})), {}, Role.NOBODY),
        (Policy(admins=frozenset({"eve"})), {}, Role.ADMIN),
        (Policy(admins=frozenset({"*"})), {}, Role.ADMIN),
        (Policy(), {"Eve": Role.MEMBER}, Role.MEMBER),
        (Policy(), {"eve": Role.MEMBER}, Role.NOBODY),
        (Policy(), {"Eve": Role.ADMIN}, Role.ADMIN),
        (Policy(allowed=frozenset({"eve"})), {"Eve": Role.ADMIN}, Role.ADMIN),
        (Policy(allowed=frozenset({"eve"})), {"Eve": Role.NOBODY}, Role.MEMBER),
    ],
)
def test_what_a_person_may_do(policy: Policy, members: dict[str, Role], role: Role) -> None:
    assert role_of(SOMEBODY, policy, members) is role


def test_nobody_is_let_in_unless_something_says_so() -> None:
    assert role_of(Person("x", "*"), Policy(), {}) is Role.NOBODY
    assert role_of(Person("x", "Eve"), Policy(allowed=frozenset({"eve"})), {}) is Role.NOBODY


def test_whom_the_platform_vouches_for_is_an_admin() -> None:
    assert role_of(Person("x", owner=True), CLOSED, {}) is Role.ADMIN


# --- verdicts -------------------------------------------------------------------------------------

PROSE: list[Body] = [Said("hello"), Edited("m1", "hello"), Recalled("m1")]
ACTS: list[Body] = [Pressed("a:t-1:allow:0"), Invoked("stop"), Submitted("a:t-1:text:0")]


def inbound(body: Body, *, addressed: bool = True) -> Inbound:
    return Inbound("1", Address("web", "one"), SOMEBODY, body, addressed)


@pytest.mark.parametrize("body", [*PROSE, *ACTS])
@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN])
def test_people_who_are_let_in_are_heard(body: Body, role: Role) -> None:
    assert admit(inbound(body), BANNING, role) == Admit(role)


@pytest.mark.parametrize("body", PROSE)
@pytest.mark.parametrize("role", Role)
def test_prose_that_is_not_meant_for_the_bot_is_ignored(body: Body, role: Role) -> None:
    assert admit(inbound(body, addressed=False), BANNING, role) == Ignore()


@pytest.mark.parametrize("body", ACTS)
def test_a_press_a_command_or_a_form_is_always_meant_for_the_bot(body: Body) -> None:
    assert admit(inbound(body, addressed=False), BANNING, Role.MEMBER) == Admit(Role.MEMBER)
    assert admit(inbound(body, addressed=False), BANNING, Role.NOBODY) == STRANGER


@pytest.mark.parametrize("body", [Said("hello"), Said("curse"), Said(""), *ACTS])
def test_strangers_are_refused_whatever_they_do(body: Body) -> None:
    assert admit(inbound(body), BANNING, Role.NOBODY) == STRANGER


@pytest.mark.parametrize("body", [Edited("m1", "hello"), Recalled("m1")])
def test_a_stranger_who_changes_a_message_gets_no_answer(body: Body) -> None:
    assert admit(inbound(body), BANNING, Role.NOBODY) == Ignore()


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_at_all_is_ignored(text: str) -> None:
    assert admit(inbound(Said(text)), CLOSED, Role.MEMBER) == Ignore()


def test_a_file_alone_is_something() -> None:
    body = Said(" ", (Media("1", "a.png"),))
    assert admit(inbound(body), CLOSED, Role.MEMBER) == Admit(Role.MEMBER)


@pytest.mark.parametrize("text", ["curse", "A CURSE!", "accursed", "这是坏词。"])
@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN])
def test_a_message_with_a_banned_word_is_refused(text: str, role: Role) -> None:
    assert admit(inbound(Said(text)), BANNING, role) == Refuse("banned_word")


def test_a_banned_word_cannot_come_in_by_an_edit() -> None:
    assert admit(inbound(Edited("m1", "A Curse")), BANNING, Role.MEMBER) == Refuse("banned_word")


@pytest.mark.parametrize("text", ["/name curse", "!echo curse", "cu rse"])
def test_commands_and_other_words_are_not_looked_through(text: str) -> None:
    assert admit(inbound(Said(text)), BANNING, Role.MEMBER) == Admit(Role.MEMBER)


def test_without_banned_words_there_is_none() -> None:
    assert admit(inbound(Said("curse")), CLOSED, Role.MEMBER) == Admit(Role.MEMBER)
