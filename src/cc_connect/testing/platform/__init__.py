"""A chat platform in memory, to test the program against, and a host to test adapters against.

`FakePlatform` implements `cc_connect.contract.platform.Platform` and has a service behind it:
people who say, press, choose, fill in, edit and recall; a transcript of what they see; faults; and
a strict eye on what the host asks. `RecordingHost` is the other half: the host of an adapter.
"""

from cc_connect.testing.broken import ContractBroken
from cc_connect.testing.platform.adapter import BARE, RICH, Delivery, FakePlatform, NotSeen
from cc_connect.testing.platform.faults import Faults
from cc_connect.testing.platform.host import Asked, HostGone, RecordingHost
from cc_connect.testing.platform.message import File, Message
from cc_connect.testing.platform.people import CannotDo, People
from cc_connect.testing.platform.rules import Rule
from cc_connect.testing.platform.service import ChatService

__all__ = [
    "BARE",
    "RICH",
    "Asked",
    "CannotDo",
    "ChatService",
    "ContractBroken",
    "Delivery",
    "FakePlatform",
    "Faults",
    "File",
    "HostGone",
    "Message",
    "NotSeen",
    "People",
    "RecordingHost",
    "Rule",
]
