"""A coding agent that does what its prompt says: it plays Claude Code for tests.

    python -P -m cc_connect.testing.scripted_agent

It speaks the stream-json protocol of Claude Code on stdin and stdout, so the real driver drives it
(put `COMMAND` where `claude` stands), and it needs no network and no model. It understands the
arguments `--resume`, `--fork-session`, `--session-id`, `--permission-mode` and `--model`, keeps
transcripts where Claude Code does (`$CLAUDE_CONFIG_DIR` or `~/.claude`, below `projects/`), and
fails on a session it does not know as Claude Code does.

# The script language

A prompt carries its script anywhere in its words: `@@`, a JSON list of steps, `@@`. One step alone
may stand without the list. `script(...)` writes it. A prompt without a script is answered
`You said: <prompt>`; `/compact`, `/clear` and `/cost` do what they do in Claude Code.

A step is an object. What it does is named by one of these keys:

| key | what happens; further keys of the step |
|---|---|
| `text` | says it; `pieces` (deltas, 1), `delay` (seconds before each) |
| `think` | thinks it; `pieces`, `delay` |
| `tool` | runs the tool of this name; `input`, `output`, `fails`, `ask` (true), `hold`, `seconds` |
| `tools` | a list of `tool` steps whose permissions are asked for all at once |
| `ask` | asks the person: a list of questions as `AskUserQuestion` has them |
| `plan` | shows this plan and waits for approval (`{answer}`: approved or rejected) |
| `todo` | shows a list: pairs `[text, status]` (`pending`, `in_progress`, `completed`) |
| `file` | sends the file with this path to the chat; `caption` |
| `subagent` | runs these steps (only tools) as a sub-agent; `description` |
| `background` | these steps come as a run nobody asked for; `after` so many seconds |
| `retry` | tells that the model's service failed, so many times; `status` (529), `delay` |
| `error` | the service refuses: HTTP status; `message`. Ends the run |
| `signed_out` | fails as if nobody were signed in. Ends the run |
| `limit` | tells a usage limit: `allowed_warning` or `rejected`; `used` |
| `compact` | shortens the memory |
| `mode` | changes the permission mode |
| `note` | an informational line |
| `wait` | lets so many seconds pass |
| `hold` | waits until a file with this path exists |
| `touch` | makes a file with this path: a test can wait for it |
| `exit` | ends the process with this code, in the middle of the run |
| `kill` | ends it by this signal |
| `hang` | does not listen to interrupts, SIGTERM or the end of input any more, and does nothing |
| `deaf` | does not listen to interrupts any more, and goes on |
| `garbage` | prints this line as it is; `times` |
| `huge` | prints a frame of so many bytes in one line |
| `stderr` | writes so many bytes to stderr |
| `raw` | sends this frame |

In texts `{prompt}` stands for the words of the prompt, `{steered}` for what was said while the run
went on, `{answer}` for the answers to the last question or plan, `{output}` for the output of the
last tool, `{images}` for the number of pictures. Words said while a tool runs are taken into the
run; words said while text streams become a run of their own.

# The environment

`CC_SCRIPTED_AGENT` may hold a JSON object:

| key | meaning |
|---|---|
| `default` | the steps for prompts without a script |
| `start` | steps done before anything is read: `exit`, `stderr`, `garbage`, `hang`, `touch` |
| `silent` | `initialize` is never answered |
| `old` | like 2.1.197: the lives of prompts and the idle state are not told |

`CC_SCRIPTED_JOURNAL` names a file. For each prompt a JSON line is appended to it, whole and at
once, when it was read from stdin (`{"got": uuid, "session": ..., "pid": ..., "text": ...}`) and
when its run was over (`{"done": uuid, ...}`). So a test can count what arrived, and how often,
whatever was killed meanwhile; `journal()` reads it.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMMAND = (sys.executable, "-P", "-m", "cc_connect.testing.scripted_agent")
"""The command to put where `claude` stands."""

JOURNAL = "CC_SCRIPTED_JOURNAL"
SETTINGS = "CC_SCRIPTED_AGENT"


def script(*steps: Mapping[str, Any], say: str = "") -> str:
    """Return a prompt that holds these steps, after the words `say`."""
    return f"{say} @@ {json.dumps(steps, ensure_ascii=False)} @@".strip()


def journal(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a journal; a missing file has none."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
