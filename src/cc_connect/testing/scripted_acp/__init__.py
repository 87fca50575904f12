"""A coding agent that does what its prompt says, spoken to in the Agent Client Protocol.

    python -P -m cc_connect.testing.scripted_acp

It needs no network and no model. Sessions are kept in `$HOME/.scripted-acp`, so that they can be
listed, loaded (with a replay of what was said), resumed, copied and deleted. The script language is
the one of `cc_connect.testing.scripted_agent` as far as the protocol has a word for it: `text`,
`think`, `tool`, `tools`, `ask`, `plan`, `todo`, `background`, `usage`, `error`, `stop`, `mode`,
`wait`, `hold`, `touch`, `exit`, `garbage`, `huge`, `stderr`, `raw`, and `request` (asks the client
this method; what comes back is the `{answer}`). In texts `{prompt}`, `{answer}`, `{output}` and
`{images}` are filled in.

`CC_SCRIPTED_ACP` may hold a JSON object:

| key | meaning |
|---|---|
| `start` | `{"exit": code}`, `{"stderr": text}`, `{"garbage": line, "times": n}`, in a list |
| `silent` | `initialize` is never answered |
| `protocol` | the version of the protocol it claims to speak |
| `auth` | the method that must be used to sign in; without it a session is refused (-32000) |
| `nameless` | `session/new` is answered without the id of a session |
| `late` | so many seconds after `session/load` was answered the replay comes |
| `can` | the session capabilities, in place of all: a list of names; `load` is one of them |
| `lacks` | methods it does not know, though it may have said that it can |
| `config` | settings are told and set as config options in place of modes and models |
"""

import sys

COMMAND = (sys.executable, "-P", "-m", "cc_connect.testing.scripted_acp")
"""The command to put where the agent's stands."""

SETTINGS = "CC_SCRIPTED_ACP"
