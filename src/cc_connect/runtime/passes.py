"""What an agent shows to prove which conversation it works for: good for sending there only."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from cc_connect.contract.ids import ConversationKey

CONVERSATION = "CC_SESSION_KEY"
PROOF = "CC_SESSION_TOKEN"


class Passes:
    """Tokens of this run of the program. Agents end with it, so none is ever stored."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def environment(self, key: ConversationKey) -> Mapping[str, str]:
        """What goes into the environment of the agent of a conversation."""
        return {CONVERSATION: key.text, PROOF: self._token(key.text)}

    def good(self, conversation: str, token: str) -> bool:
        """Whether this token is the one of that conversation."""
        return hmac.compare_digest(self._token(conversation).encode(), token.encode())

    def _token(self, conversation: str) -> str:
        return hmac.new(self._secret, conversation.encode(), hashlib.sha256).hexdigest()
