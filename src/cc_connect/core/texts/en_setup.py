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
    # --- cc-connect init, cc-connect add
    "setup_new": "This makes {path}.",
    "setup_adds": "{path} is there; this adds to it.",
    "setup_platform": "Where do you want to talk to the agent?",
    "setup_number": "Number",
    "setup_secret": "{name} (not shown; or ${{NAME}} for a variable of the environment)",
    "setup_value": "{name}",
    "setup_missing": "missing: {keys}",
    "setup_too_often": "still refused; nothing was written",
    "setup_keep": "Take it without a check? (y/n)",
    "setup_invite": "Open this link to invite the bot to your server:",
    "setup_who": "Who may use it? Ids, with commas. Without any, whoever writes to the bot directly gets a code,\nand only you can let them in with it, on this machine.",
    "setup_ids": "Ids (Enter for none)",
    "setup_work_dir": "In which folder shall the agent work?",
    "setup_no_folder": "{path} is not a folder that can be read",
    "setup_agent": "Which agent?",
    "setup_no_agent": "! No coding agent is installed, so a small demo agent will answer. To install one: {install}",
    "setup_project": "To which project?",
    "setup_unknown": "there is no {name}; there is: {there}",
    "setup_taken": "there is a project {name} already",
    "setup_no_project": "{path} has no project yet; make one: {command} init",
    "setup_written": "✓ written: {path} (for your eyes only: mode 0600)",
    "setup_start": "Now start it (or restart it, if it runs): {command}",
    "setup_open": "Then open the link that it prints.",
    "setup_send": "Then send a message to {who}.",
    "setup_bot": "the bot",
    "setup_pair": "It answers with a code; let yourself in with it: {command} pair CODE",
}
