"""Who may speak: one gate for text, buttons, commands, forms and everything else that comes in."""

from collections.abc import Mapping
from dataclasses import dataclass

from cc_connect.contract.command import Role
from cc_connect.contract.inbound import Edited, Inbound, Person, Recalled, Said

EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is let in at a platform instance, by ids; nobody unless listed, paired or the owner.

    Attributes:
        allowed: Ids of people or roles; `EVERYBODY` opens it to all.
        admins: Ids of people; `EVERYBODY` makes all of them admins.
        banned: Words (lower case) that keep a message out.
    """

    allowed: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    banned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Admit:
    """Take it in."""

    role: Role


@dataclass(frozen=True, slots=True)
class Refuse:
    """Keep it out and remember why; `stranger` when it is the person who is not let in."""

    reason: str
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Ignore:
    """It is not meant for the bot."""


Verdict = Admit | Refuse | Ignore


def role_of(person: Person, policy: Policy, members: Mapping[str, Role]) -> Role:
    """What a person may do. `members` are those let in from a chat, by id."""
    if person.owner or person.id.lower() in policy.admins or EVERYBODY in policy.admins:
        return Role.ADMIN
    known = members.get(person.id, Role.NOBODY)
    listed = EVERYBODY in policy.allowed or person.id.lower() in policy.allowed
    listed = listed or any(role.lower() in policy.allowed for role in person.roles)
    return max(known, Role.MEMBER if listed else Role.NOBODY)


def admit(inbound: Inbound, policy: Policy, role: Role) -> Verdict:
    """Decide about one thing that came in.

    Prose that is not addressed to the bot is ignored before anything else, so that a stranger who
    merely talks in a channel is never answered.
    """
    body = inbound.body
    if isinstance(body, Said | Edited | Recalled) and not inbound.addressed:
        return Ignore()
    if role is Role.NOBODY:
        if isinstance(body, Edited | Recalled):
            return Ignore()
        return Refuse("stranger", stranger=True)
    if isinstance(body, Said) and not body.text.strip() and not body.media:
        return Ignore()
    # An edit too: it changes what waits in the queue.
    if isinstance(body, Said | Edited) and not body.text.startswith(("/", "!")):
        text = body.text.lower()
        if any(word in text for word in policy.banned):
            return Refuse("banned_word")
    return Admit(role)
