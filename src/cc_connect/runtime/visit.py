"""One thing that came in, with the conversation it belongs to, while it is being handled."""

from dataclasses import dataclass

from cc_connect.contract.command import Role
from cc_connect.contract.inbound import Inbound
from cc_connect.core.texts import Language
from cc_connect.runtime.actor import Actor


@dataclass(frozen=True, slots=True)
class Visit:
    """What is handled: its row in the inbox, who may do what, where it goes, when it came."""

    row: int
    inbound: Inbound
    role: Role
    actor: Actor
    received: float = 0.0

    @property
    def language(self) -> Language:
        """The language of the conversation."""
        return self.actor.settings.language
