"""A twin of Weibo's Open IM server, as far as a bot sees it: tokens, the socket, files, people.

    async with WeiboTwin() as twin:
        ...  # run an adapter on twin.token_endpoint and twin.ws_endpoint
        await twin.say("hello")
        await twin.until(lambda: twin.texts() == ["hi"])

It speaks the protocol of the vendor's own client (version 2.2.12) and of its simulator: a new token
ends the one before, the socket closes with 4000, 4001, 4002 and 4005, every `send_message` is
acknowledged with an id of the server, and deltas with one `messageId` grow one message on the
person's screen. What people say while no bot is connected waits for the next one.
"""

from cc_connect.testing.weibo.screen import Protocol, Screen, Shown
from cc_connect.testing.weibo.twin import Faults, Pongs, WeiboTwin

__all__ = ["Faults", "Pongs", "Protocol", "Screen", "Shown", "WeiboTwin"]
