"""A coding agent that does what its prompt says: it plays `codex app-server` for tests.

    python -P -m cc_connect.testing.scripted_codex app-server

It speaks the app-server protocol of Codex on stdin and stdout (JSON-RPC lines without the version
field), so the real driver drives it (put `COMMAND` where `codex` stands), and it needs no network
and no model. Threads are kept below `$CODEX_HOME` or `~/.codex`, in `scripted/`, so that they can
be continued, listed, read and deleted. Server requests are numbered from 0, as Codex does.

# The script language

A prompt carries its script anywhere in its words: `@@`, a JSON list of steps, `@@`. A prompt
without a script is answered `You said: <prompt>`. What a step does is named by one of these keys:

| key | what happens; further keys of the step |
|---|---|
| `text` | says it; `pieces` (deltas, 1), `delay` (seconds before each) |
| `think` | thinks it |
| `run` | runs these commands; `ask` (true), all are asked for at once; `hold`, a file to wait for |
| `edit` | changes a file, `diff` and `kind` as Codex has them; `ask` (true) |
| `ask` | asks the person: a list of questions as `item/tool/requestUserInput` has them |
| `form` | an MCP server shows a form: the parameters of `mcpServer/elicitation/request` |
| `rights` | asks for more rights: the parameters of `item/permissions/requestApproval` |
| `todo` | shows a list: pairs `[text, status]` (`pending`, `inProgress`, `completed`) |
| `file` | sends the file with this path to the chat; `caption` |
| `call` | calls a dynamic tool of this name |
| `background` | these steps come as a turn nobody asked for, when this one is over |
| `retry` | the service failed and is tried again, so many times |
| `error` | the service refuses: a `codexErrorInfo`; `message`. Ends the turn |
| `limit` | tells a usage limit: percent used |
| `compact` | shortens the memory |
| `wait` | lets so many seconds pass |
| `hold` | waits until a file with this path exists |
| `exit` | ends the process with this code, in the middle of the turn |
| `garbage` | prints this line as it is |
| `huge` | prints a frame of so many bytes in one line; with `request`, as a request |
| `raw` | sends this frame |

In texts `{prompt}` stands for the words of the prompt, `{steered}` for what was said while the turn
went on, `{answer}` for the last answer of the person, `{output}` for the output of the last tools,
`{instructions}` for the developer instructions the thread was started with.

# The environment

`CC_SCRIPTED_CODEX` may hold a JSON object:

| key | meaning |
|---|---|
| `signed_out` | nobody is signed in, until a file `auth.json` is in its home |
| `unknown` | methods it says it does not know |
| `without_thread` | its answer to `thread/start` names no thread |
| `silent` | `initialize` is never answered |
| `stderr`, `exit` | it writes this and ends with this code before it reads anything |
| `garbage` | it prints this line first |
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

COMMAND = (sys.executable, "-P", "-m", "cc_connect.testing.scripted_codex")
"""The command to put where `codex` stands."""

SETTINGS = "CC_SCRIPTED_CODEX"


def script(*steps: Mapping[str, Any], say: str = "") -> str:
    """Return a prompt that holds these steps, after the words `say`."""
    return f"{say} @@ {json.dumps(steps, ensure_ascii=False)} @@".strip()
