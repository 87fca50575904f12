import json
from pathlib import Path
from typing import Any

from cc_connect.agents.claudecode.library import ClaudeLibrary
from cc_connect.contract.agent import Exchange, Fate, Trace

T = "2026-11-20T19:09:32.839Z"
AT = 1795201772.839


FILLER = {
    "model": "<synthetic>",
    "stop_reason": "stop_sequence",
    "content": [{"type": "text", "text": "No response requested."}],
}


def user(name: str, text: Any, **more: Any) -> dict[str, Any]:
    message = {"role": "user", "content": text}
    return {"type": "user", "uuid": name, "message": message, "cwd": "/w", "timestamp": T, **more}


def said(text: str, stop: str | None = "end_turn", **more: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": text}]
    return {"type": "assistant", "message": {"content": content, "stop_reason": stop}, **more}


def write(home: Path, session: str, *entries: Any, folder: str = "-w") -> Path:
    path = home / "projects" / folder / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
    path.write_text("\n".join(lines))
    return path


async def test_list_goes_by_what_the_records_say(tmp_path: Path) -> None:
    write(tmp_path, "a", {"type": "mode"}, user("p", "First words\nof it"), said("x"), folder="odd")
    other = {**user("p", "elsewhere"), "cwd": "/elsewhere"}
    write(tmp_path, "b", other)
    write(tmp_path, "c", user("p", "q"), user("p2", "r"), {"type": "ai-title", "aiTitle": "Own"})
    titled = {"type": "custom-title", "customTitle": "Mine"}
    write(tmp_path, "d", user("p", "q"), titled, {"type": "ai-title", "aiTitle": "Own"})
    write(tmp_path, "e", user("p", "x", isMeta=True))
    write(tmp_path, "agent-f", user("p", "sub-agent"))
    listed = await ClaudeLibrary(tmp_path).list("/w")
    assert {one.id: (one.title, one.turns) for one in listed} == {
        "a": ("First words of it", 1),
        "c": ("Own", 2),
        "d": ("Mine", 1),
    }
    assert [one.updated for one in listed] == sorted((o.updated for o in listed), reverse=True)
    assert all(one.cwd == "/w" for one in listed)


async def test_list_follows_links_and_changes(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    path = write(tmp_path, "a", {**user("p", "one"), "cwd": str(real)})
    library = ClaudeLibrary(tmp_path)
    assert [one.turns for one in await library.list(str(tmp_path / "link"))] == [1]
    with path.open("a") as file:
        file.write("\n" + json.dumps(user("p2", "two")))
    assert [one.turns for one in await library.list(str(real))] == [2]
    assert await ClaudeLibrary(tmp_path / "nothing").list("/w") == ()


async def test_a_long_title_is_cut(tmp_path: Path) -> None:
    write(tmp_path, "a", user("p", "word " * 100))
    (listed,) = await ClaudeLibrary(tmp_path).list("/w")
    assert len(listed.title) == 80


async def test_history(tmp_path: Path) -> None:
    tool = [{"type": "tool_result", "content": "out"}]
    write(
        tmp_path,
        "a",
        user("p1", "one"),
        said("I look", None),
        user("r", tool),
        said("found"),
        '{"type":"user","uuid":"cut off',
        user("p2", [{"type": "text", "text": "two"}, {"type": "image"}]),
        said("sub-agent", isSidechain=True),
        said("API Error", isApiErrorMessage=True),
        user("p3", "<command-name>/cost</command-name><command-args></command-args>"),
        user("x", "<local-command-stdout>$1</local-command-stdout>"),
    )
    library = ClaudeLibrary(tmp_path)
    assert await library.history("a", 9) == (
        Exchange("one", "I look\n\nfound", AT),
        Exchange("two", "", AT),
        Exchange("/cost", "$1", AT),
    )
    assert [one.prompt for one in await library.history("a", 1)] == ["/cost"]
    assert await library.history("a", 0) == ()
    assert await library.history("nobody", 5) == ()


async def test_trace(tmp_path: Path) -> None:
    steered = {"type": "queued_command", "source_uuid": "steered", "prompt": "psst"}
    write(
        tmp_path,
        "a",
        user("done", "one"),
        said("thinking", None),
        said("answer"),
        user("stopped", "two"),
        said("half", None),
        user("i", [{"type": "text", "text": "[Request interrupted by user]"}]),
        {**said("No response requested.", "stop_sequence"), "message": FILLER},
        user("failed", "three"),
        said("API Error", "stop_sequence", isApiErrorMessage=True),
        user("with-steering", "four"),
        {"type": "attachment", "uuid": "z", "attachment": steered, "timestamp": T},
        said("both"),
        user("running", "five"),
        said("so far", "tool_use"),
    )
    library = ClaudeLibrary(tmp_path)
    fates = {
        name: await library.trace("a", name)
        for name in ("done", "stopped", "failed", "steered", "running", "never")
    }
    assert fates == {
        "done": Trace(Fate.ANSWERED, "answer"),
        "stopped": Trace(Fate.PARTIAL),
        "failed": Trace(Fate.PARTIAL),
        "steered": Trace(Fate.ANSWERED, "both"),
        "running": Trace(Fate.PARTIAL),
        "never": Trace(Fate.ABSENT),
    }
    assert await library.trace("gone", "done") == Trace(Fate.ABSENT)


async def test_delete(tmp_path: Path) -> None:
    path = write(tmp_path, "a", user("p", "x"))
    beside = path.with_suffix("") / "subagents"
    beside.mkdir(parents=True)
    (beside / "agent-1.jsonl").write_text("{}")
    library = ClaudeLibrary(tmp_path)
    assert await library.delete("a")
    assert not path.exists()
    assert not beside.exists()
    assert not await library.delete("a")


async def test_an_id_is_never_a_path(tmp_path: Path) -> None:
    (tmp_path / "projects" / "-w").mkdir(parents=True)
    precious = tmp_path / "precious.jsonl"
    precious.write_text("{}")
    library = ClaudeLibrary(tmp_path)
    for odd in ("../../precious", "*", "", "a/b", "-w/../../../precious"):
        assert not await library.delete(odd)
        assert (await library.trace(odd, "p")).fate is Fate.ABSENT
    assert precious.exists()
