"""English texts of `cc-connect init`, `add` and `doctor`: what is read at a terminal."""

from collections.abc import Mapping

ENGLISH_SETUP: Mapping[str, str] = {
    # --- what platforms say about themselves
    "discord_guide": 'You need the token of a bot: {portal} > New Application > Bot > Reset Token.\nOn the same page turn on "Message Content Intent".',
    "discord_refused": "Discord refuses the token; Reset Token on the page Bot of the portal makes a new one",
    "discord_unreachable": "Discord cannot be asked just now ({reason})",
    "discord_intent": "Message Content Intent is on",
    "discord_no_intent": "Message Content Intent is off; turn it on in the portal (Bot > Privileged Gateway Intents)",
    "discord_no_server": "the bot is in no server yet",
    "discord_servers": "servers: {count} ({names})",
    "discord_rights": "in {name} it lacks these rights: {rights}",
    "weibo_guide": "You need an AppId and an AppSecret: send 连接龙虾 to @微博龙虾助手 on Weibo, it answers with both.",
    "weibo_who": "the Weibo assistant",
    "weibo_uid": "the token endpoint gave a token, uid {uid}",
    "weibo_plain": "ws_endpoint is not encrypted (ws://)",
    # --- what agents say about themselves
    "agent_signed_in": "signed in",
    "agent_not_signed_in": "not signed in; start it once in a terminal and sign in",
}
