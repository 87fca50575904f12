"""A mock of the Anthropic Messages API, good enough for the real `claude` to work against.

    async with ModelApi() as api:
        env = claude_environment(home, api.url)      # from cc_connect.testing.claude_cli
        ...                                          # start claude, send it prompts
        assert api.messages[-1].images

It serves `POST /v1/messages` (as a stream and whole), `POST /v1/messages/count_tokens`,
`GET /v1/models` and `HEAD /` on a free port of 127.0.0.1, and records every request in
`api.requests`. Anything else is a 404, a request without a key a 401, both in the shape of the
real service.

# The script language

A prompt chooses its own answers. Anywhere in the words of the person:

    please do it @@ [{"tools": [{"name": "Bash", "input": {"command": "touch x"}}]},
                     {"text": "done"}] @@

`@@`, a JSON list of steps, `@@`. One step alone may stand without the list. In Python write
`script({"text": "done"}, say="please do it")`. Scripts nest: the prompt of a subagent, inside
the input of a tool, may hold its own. A script that cannot be read is answered with HTTP 400
and a message that begins with `bad script` or `bad step`.

**A step is one reply of the model.** All fields are optional:

| field | meaning |
|---|---|
| `thinking`, `text` | blocks of the reply, in this order |
| `chunks`, `size` | so many more text deltas, each a numbered line of `size` (200) characters |
| `tools` | tools asked for, after the text: a list of `{"name", "input", "id"?}` |
| `piece` | characters of text, thinking or tool input in one delta (24) |
| `delay` | seconds before the answer begins |
| `chunk_delay` | seconds before every delta |
| `wait` | name of a gate before the answer begins |
| `hold` | name of a gate after the last delta, while the stream is still open |
| `stop_reason` | else `tool_use` with tools and `end_turn` without |
| `usage` | other figures than 100 `input_tokens` and 20 `output_tokens` |
| `headers` | more response headers, such as `retry-after` |
| `error` | fail with this HTTP status instead; `type` and `message` as usual for the status |
| `after` | with `error`: status 200, then an `error` event in the stream after so many deltas |
| `cut` | drop the connection after so many deltas |
| `times` | fail (`error`, `cut`) that often, then no more; without it, always |

A step with no content (`{}` or `{"text": ""}`) is a reply without blocks.

In strings of tool inputs `$CWD` stands for the working directory and `$PLAN_FILE` for the plan
file, as the prompts of claude name them.

**Which step answers?** The one with as many replies before it as assistant messages follow the
prompt in the request. So the mock remembers nothing, and a script goes on after tool results,
a resume in a new process, a compaction, or a restart of the mock. A turn that claude begins by
itself (a background task has ended) takes the next step too. After the last step comes `Done.`

**Failures.** A step that only fails is no reply: it stands before the reply that follows. The
first `times` requests for that reply fail, then the next step has its turn:
`{"error": 529, "times": 1}, {"text": "ok"}`. A step that fails and has content becomes a reply
itself: `{"text": "long", "cut": 3, "times": 1}` is cut once and whole the second time. `cut` and
`after` happen in streams only; a request without a stream goes past them, as claude wants when
its retries are used up. How often a step has failed is counted per session, subagent and prompt.

**Gates.** `await api.reached("g")` returns when a reply stands at gate `g`; `api.release("g")`
opens it for good. Never released means: hangs until the client leaves or the mock closes. A
stream that stands at `hold` sends a ping every 5 s.

# Which prompt?

The last words of the person: the last user message with text that claude did not add itself
(reminders, command output, "Output token limit hit", marks of an interruption, paths of
images). If claude glued two prompts together because the first got no reply, the last one
counts; if it joined several waiting prompts into one text, the last script in it counts. Words
sent while a tool ran (steering) count only when they hold a script; the count of replies then
starts anew from there. The order to sum up a conversation (/compact, or a full context) gets a
short summary, which carries the script of a turn that is not over.

# Without a script

`api.when("allow me", [{"tools": [...]}, {"text": "ok"}])` gives the same steps to every prompt
with those words, for tests that use natural prompts. The latest `when` that matches wins; a
script in the prompt goes before all. A prompt nobody knows is answered `You said: <prompt>`.

`api.script = function` is asked before everything else: it gets the `ModelRequest` and returns
the `Step` for this very request, or None for "as usual". An exception in it is a 500.
"""

from cc_connect.testing.model_api.request import Image, ModelRequest, Prompt, ToolResult
from cc_connect.testing.model_api.script import ScriptError, Step, ToolCall, script
from cc_connect.testing.model_api.server import ModelApi

__all__ = [
    "Image",
    "ModelApi",
    "ModelRequest",
    "Prompt",
    "ScriptError",
    "Step",
    "ToolCall",
    "ToolResult",
    "script",
]
