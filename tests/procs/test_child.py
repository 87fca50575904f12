import asyncio
import os
import sys
from pathlib import Path

import pytest

from cc_connect.procs import (
    Child,
    CommandNotFound,
    FolderNotFound,
    Launch,
    Line,
    Oversized,
    StartFailed,
    WriteFailed,
    WriteTimedOut,
    find_marked,
)
from tests.procs.children import ECHO, PARENT, PATIENT, announced, launch_of, next_line, until
from tests.procs.conftest import Start

MIB = 1024 * 1024


async def test_lines_go_in_and_come_out(start: Start) -> None:
    child = await start(ECHO, grace=PATIENT)
    await child.write_line(b'{"n":1}', within=30)
    assert await next_line(child) == '{"n":1}'
    await child.write_line("grüße".encode(), within=30)
    assert await next_line(child) == "grüße"
    assert child.returncode is None
    ending = asyncio.create_task(child.close())
    assert [frame async for frame in child.lines()] == [Line(b"end of input")]
    assert (await ending).returncode == 0


async def test_output_can_be_read_as_it_is(start: Start) -> None:
    child = await start("import sys; sys.stdout.write('a\\n\\n\\nb')")
    parts = []
    while part := await child.read():
        parts.append(part)
    assert b"".join(parts) == b"a\n\n\nb"


async def test_it_has_a_session_and_a_group_of_its_own(start: Start) -> None:
    child = await start("import os; print(os.getsid(0), os.getpgid(0), os.getpid())")
    assert (await next_line(child)).split() == [str(child.pid)] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_it_starts_with_the_default_signals() -> None:
    # Python ignores SIGPIPE for itself; a program that inherits that never ends in "| head".
    launch = Launch(
        ["grep", "SigIgn", "/proc/self/status"], Path("/"), {"PATH": os.environ["PATH"]}
    )
    async with await Child.start(launch) as child:
        assert int((await next_line(child)).split()[1], 16) == 0


async def test_what_a_dying_child_wrote_is_all_there(start: Start) -> None:
    source = """
import os, sys
sys.stderr.write("it broke\\n")
sys.stdout.write("x" * 50000 + "\\nno line end")
sys.stdout.flush()
os._exit(3)
"""
    child = await start(source)
    assert await child.wait() == 3
    assert child.returncode == 3
    assert child.stderr_tail == "it broke\n"
    assert [f async for f in child.lines()] == [Line(b"x" * 50000), Line(b"no line end")]


async def test_a_child_that_is_killed_gives_the_signal(start: Start) -> None:
    child = await start("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert await child.wait() == -9


async def test_a_flood_on_stderr_blocks_nothing_and_only_its_end_is_kept(start: Start) -> None:
    source = """
import sys
for k in range(200):
    sys.stderr.write("".join(f"noise number {n:06}\\n" for n in range(k * 1000, k * 1000 + 1000)))
print("done")
"""
    child = await start(source)
    assert await next_line(child) == "done"
    await child.wait()
    assert child.stderr_tail.endswith("noise number 199999\n")
    assert len(child.stderr_tail) == 16 * 1024


async def test_garbage_is_passed_on_and_half_a_character_at_the_cut_does_no_harm(
    start: Start,
) -> None:
    source = """
import sys
sys.stdout.buffer.write(bytes(range(256)) + b"\\n\\n \\r\\n{\\xff\\n")
sys.stderr.buffer.write("ä".encode() * 20000 + b"!")
"""
    child = await start(source)
    whole = bytes(range(256))
    assert [frame async for frame in child.lines()] == [
        Line(whole[:10]),
        Line(whole[11:]),
        Line(b"{\xff"),
    ]
    await child.wait()
    assert child.stderr_tail == "\N{REPLACEMENT CHARACTER}" + "ä" * 8191 + "!"


async def test_a_line_of_40_mib_is_dropped_and_the_next_one_is_read(start: Start) -> None:
    source = """
import sys
sys.stdout.write('{"type":"huge"' + "x" * (40 * 1024 * 1024))
sys.stdout.write("\\n" + "y" * (20 * 1024 * 1024) + "\\nsmall\\n")
"""
    child = await start(source)
    frames = [frame async for frame in child.lines()]
    assert len(frames) == 3
    match frames[0]:
        case Oversized(size, head):
            assert size == 40 * MIB + 14
            assert head.startswith(b'{"type":"huge"xxx')
        case other:
            pytest.fail(f"not dropped: {other!r:.100}")
    assert frames[1:] == [Line(b"y" * (20 * MIB)), Line(b"small")]


async def test_output_that_nobody_reads_stays_with_the_child(start: Start) -> None:
    child = await start("print('x' * 99)\nwhile True: print('y' * 99999)")
    await until(lambda: child._pipes._held >= MIB)
    for _ in range(50):
        await asyncio.sleep(0.002)
    assert child._pipes._held < 2 * MIB
    assert await next_line(child) == "x" * 99
    for _ in range(100):  # and it goes on when somebody does
        assert await next_line(child) == "y" * 99999


async def test_the_output_ends_with_the_child_though_a_descendant_holds_the_pipe(
    start: Start,
) -> None:
    source = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid)
"""
    child = await start(source)
    await announced(child)
    assert [frame async for frame in child.lines()] == []
    assert await child.wait() == 0


async def test_several_writers_never_mix_their_lines(start: Start) -> None:
    child = await start(ECHO, grace=PATIENT)
    lines = [bytes([65 + n]) * 300_000 for n in range(20)]

    async def read() -> list[bytes]:
        return [f.data async for f in child.lines() if isinstance(f, Line)]

    reading = asyncio.create_task(read())
    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(child.write_line(line, within=60))
    await child.close()
    assert sorted(await reading) == [*lines, b"end of input"]


async def test_a_child_that_never_reads_does_not_hold_the_writer(start: Start) -> None:
    child = await start("import time; time.sleep(600)")
    with pytest.raises(WriteTimedOut) as first:
        await child.write_line(b"a" * MIB, within=0.2)
    assert first.value.begun
    with pytest.raises(WriteTimedOut) as second:
        await child.write_line(b"b" * MIB, within=0.1)
    assert not second.value.begun
    stdin = child._pipes._open_stdin()
    assert stdin.get_write_buffer_size() <= MIB + 1  # nothing was put on top of the first
    assert "0.1 s" in str(second.value)


async def test_a_line_that_timed_out_arrives_whole_when_the_child_reads_again(
    start: Start, tmp_path: Path
) -> None:
    flag = tmp_path / "go"
    source = f"""
import os, sys, time
while not os.path.exists({str(flag)!r}):
    time.sleep(0.01)
for line in sys.stdin:
    print(len(line))
"""
    child = await start(source)
    with pytest.raises(WriteTimedOut):
        await child.write_line(b"a" * MIB, within=0.1)
    flag.touch()
    await child.write_line(b"b" * 10, within=60)
    assert await next_line(child) == str(MIB + 1)
    assert await next_line(child) == "11"


async def test_a_cancelled_writer_leaves_whole_lines(start: Start, tmp_path: Path) -> None:
    flag = tmp_path / "go"
    source = f"""
import os, sys, time
while not os.path.exists({str(flag)!r}):
    time.sleep(0.01)
for line in sys.stdin:
    print(len(line))
"""
    child = await start(source)
    writing = asyncio.create_task(child.write_line(b"a" * MIB, within=60))
    waiting = asyncio.create_task(child.write_line(b"never", within=60))
    await asyncio.sleep(0.1)
    writing.cancel()
    waiting.cancel()
    await asyncio.wait({writing, waiting})
    flag.touch()
    await child.write_line(b"b" * 10, within=60)
    assert [await next_line(child), await next_line(child)] == [str(MIB + 1), "11"]


async def test_writing_to_one_that_has_ended_fails(start: Start) -> None:
    child = await start("pass")
    await child.wait()
    with pytest.raises(WriteFailed, match="has ended"):
        await child.write_line(b"hello", within=30)


async def test_writing_to_one_that_closed_its_input_fails(start: Start) -> None:
    child = await start("import os, time; os.close(0); print('closed'); time.sleep(600)")
    await next_line(child)
    with pytest.raises(WriteFailed) as caught:
        await child.write_line(b"a" * MIB, within=30)
    assert not isinstance(caught.value, WriteTimedOut)


async def test_one_that_dies_while_it_is_written_to_fails_the_writer(start: Start) -> None:
    child = await start("import time; time.sleep(600)")
    writing = asyncio.create_task(child.write_line(b"a" * MIB, within=60))
    await asyncio.sleep(0.05)
    await child.kill()
    with pytest.raises(WriteFailed):
        await writing


async def test_a_line_feed_within_a_line_is_refused(start: Start) -> None:
    child = await start(ECHO)
    with pytest.raises(ValueError, match="line feed"):
        await child.write_line(b"one\ntwo", within=1)


@pytest.mark.parametrize("command", ["no-such-program-here", "./no-such-program", "/no/such/one"])
async def test_an_unknown_command_is_named(command: str, tmp_path: Path) -> None:
    with pytest.raises(CommandNotFound, match=command) as caught:
        await Child.start(Launch([command, "secret"], tmp_path, {"PATH": "/usr/bin:/bin"}))
    assert caught.value.command == command
    assert "Install it" in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "not here"
    with pytest.raises(FolderNotFound, match="not here") as caught:
        await Child.start(Launch(["true"], folder, {}))
    assert caught.value.folder == folder
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(FolderNotFound):
        await Child.start(Launch(["true"], file, {}))


async def test_a_command_is_found_from_the_folder_and_in_the_path_of_the_child(
    tmp_path: Path,
) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\necho hello $0 $1\n")
    program.chmod(0o700)
    for command, path in (("./tool", ""), ("tool", str(tmp_path)), (str(program), "")):
        launch = Launch([command, "you"], tmp_path, {"PATH": path})
        async with await Child.start(launch) as child:
            assert await next_line(child) == f"hello {program} you"


async def test_what_cannot_be_run_says_why(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    launch = Launch([str(script)], tmp_path, {})
    with pytest.raises(StartFailed, match="not an executable"):
        await Child.start(launch)
    script.chmod(0o700)
    with pytest.raises(StartFailed, match="interpreter named in its first line"):
        await Child.start(launch)
    script.write_bytes(b"\x7fELF but not really")
    with pytest.raises(StartFailed, match="no program for this machine"):
        await Child.start(launch)
    with pytest.raises(StartFailed, match="not an executable"):
        await Child.start(Launch(["./"], tmp_path, {}))
    with pytest.raises(StartFailed, match="empty"):
        await Child.start(Launch([], tmp_path, {}))


async def test_without_an_interpreter_of_ours_the_program_is_started_directly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = launch_of(tmp_path, "import os; print(os.getsid(0) == os.getpid())")
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", "")
    async with await Child.start(launch) as child:
        assert await next_line(child) == "True"
    with pytest.raises(StartFailed, match="interpreter named in its first line"):
        await Child.start(Launch([str(script)], tmp_path, {}))


async def test_arguments_that_no_system_takes_are_a_failed_start(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"]}
    with pytest.raises(StartFailed, match="null"):
        await Child.start(Launch(["true", "a\0b"], tmp_path, env))
    with pytest.raises(StartFailed, match=r"'true' could not be started: Argument list too long"):
        await Child.start(Launch(["true", "x" * (8 * MIB)], tmp_path, env))


async def test_a_cancelled_start_leaves_nothing(tmp_path: Path) -> None:
    launch = launch_of(tmp_path, "import time; time.sleep(600)")
    for turns in range(20):
        starting = asyncio.create_task(Child.start(launch))
        for _ in range(turns):
            await asyncio.sleep(0.0005)
        starting.cancel()
        await asyncio.wait({starting})
        if not starting.cancelled():
            await starting.result().kill()
    assert find_marked(launch.marker) == ()


def test_the_environment_is_not_shown_by_a_launch(tmp_path: Path) -> None:
    assert "s3cret" not in repr(Launch(["x"], tmp_path, {"TOKEN": "s3cret"}))


async def test_many_children_at_once(start: Start) -> None:
    children = await asyncio.gather(*(start(ECHO, grace=PATIENT) for _ in range(8)))
    for number, child in enumerate(children):
        await child.write_line(str(number).encode(), within=60)
    assert [await next_line(child) for child in children] == [str(n) for n in range(8)]
    endings = await asyncio.gather(*(child.close() for child in children))
    assert [ended.returncode for ended in endings] == [0] * 8


async def test_the_family_can_be_seen(start: Start) -> None:
    child = await start(PARENT, "stay", "mild", "keep")
    grandchild = await announced(child)
    assert await child.family() == (child.identity, grandchild)
