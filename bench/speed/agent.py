"""agent.c for machines without a compiler: the same answers, by a bare Python of its own.

Run as a script, with nothing but the standard library, so that it starts and answers fast. What it
costs by itself is printed beside the figures.
"""

import itertools
import json
import re
import sys
import time


def main() -> None:
    arguments = sys.argv[1:]
    if "--version" in arguments:
        print("2.1.329 (Claude Code)")
        return
    partial = "--include-partial-messages" in arguments
    session = "00000000-0000-4000-8000-000000000000"
    for name, value in itertools.pairwise(arguments):
        if name in {"--session-id", "--resume"}:
            session = value
    for line in sys.stdin.buffer:
        if b'"control_request"' in line:
            _control(json.loads(line))
        elif b'"user"' in line:
            _run(json.loads(line), session, partial=partial)
        sys.stdout.flush()


def _send(**frame: object) -> None:
    sys.stdout.write(json.dumps(frame) + "\n")


def _event(**event: object) -> None:
    _send(type="stream_event", event=event, parent_tool_use_id=None)


def _control(frame: dict[str, object]) -> None:
    response = {"commands": [], "models": [], "current_permission_mode": "default"}
    inner = {"subtype": "success", "request_id": frame["request_id"], "response": response}
    _send(type="control_response", response=inner)


def _run(frame: dict[str, object], session: str, *, partial: bool) -> None:
    read = time.monotonic_ns()
    text = json.dumps(frame)
    pieces = re.search(r"@pieces (\d+) (\d+)@", text)
    tools = re.search(r"@tools (\d+)@", text)
    prompt = frame.get("uuid")
    if prompt:
        _send(type="command_lifecycle", command_uuid=prompt, state="started")
    lives = ["msg_lifecycle_v1"] if prompt else []
    _send(type="system", subtype="init", session_id=session, model="instant", capabilities=lives)
    for number in range(int(tools[1]) if tools else 0):
        _tool(f"toolu_{number}", number)
    parts = ["x" * (int(pieces[2]) - 1) + " "] * int(pieces[1]) if pieces else []
    parts.append(f"ok read={read} wrote={time.monotonic_ns()}")
    if partial:
        _event(type="message_start", message={"id": "m", "model": "instant", "content": []})
        _event(type="content_block_start", index=0, content_block={"type": "text", "text": ""})
        for part in parts:
            _event(type="content_block_delta", index=0, delta={"type": "text_delta", "text": part})
    whole = "".join(parts)
    block = {"type": "text", "text": whole}
    _send(type="assistant", message={"id": "m", "model": "instant", "content": [block]})
    if partial:
        _event(type="content_block_stop", index=0)
        _event(type="message_stop")
    _send(type="result", subtype="success", is_error=False, session_id=session, result=whole)
    if prompt:
        _send(type="command_lifecycle", command_uuid=prompt, state="completed")


def _tool(name: str, number: int) -> None:
    use = {"type": "tool_use", "id": name, "name": "Bash", "input": {"command": f"echo {number}"}}
    done = {"type": "tool_result", "tool_use_id": name, "content": "ok", "is_error": False}
    _send(type="assistant", message={"id": name, "content": [use]}, parent_tool_use_id=None)
    _send(type="user", message={"role": "user", "content": [done]}, parent_tool_use_id=None)


if __name__ == "__main__":
    main()
