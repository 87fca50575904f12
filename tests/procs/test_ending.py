import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cc_connect.procs import (
    Child,
    Grace,
    Identity,
    Stage,
    StillRunning,
    end_survivors,
    find_marked,
    identity_of,
    resident_memory,
)
from cc_connect.procs.family import descend, living
from cc_connect.procs.identity import Row, _row_from_psutil, is_alive, send
from cc_connect.procs.starting import find_leash
from tests.procs.children import (
    ECHO,
    PARENT,
    PATIENT,
    QUICK,
    STUBBORN,
    announced,
    gone,
    launch_of,
    next_line,
    until,
)
from tests.procs.conftest import Start

linux = pytest.mark.skipif(sys.platform != "linux", reason="a promise made on Linux only")


async def test_the_end_of_input_is_enough_for_one_that_listens(start: Start) -> None:
    child = await start(ECHO)
    ended = await child.close(PATIENT)
    assert (ended.stage, ended.returncode, ended.signalled) == (Stage.EOF, 0, ())


async def test_one_that_has_ended_is_only_taken_away(start: Start) -> None:
    child = await start("raise SystemExit(5)")
    await child.wait()
    ended = await child.close(PATIENT)
    assert (ended.stage, ended.returncode, ended.signalled) == (Stage.ITSELF, 5, ())


async def test_one_that_ignores_the_end_of_input_gets_term(start: Start) -> None:
    child = await start("import time; print('up'); time.sleep(600)")
    await next_line(child)
    ended = await child.close(Grace(eof=0.05, term=30, kill=30))
    assert (ended.stage, ended.returncode) == (Stage.TERM, -15)
    assert ended.signalled == (child.identity,)


async def test_one_that_ignores_term_is_killed(start: Start) -> None:
    child = await start(STUBBORN)
    await next_line(child)
    ended = await child.close(QUICK)
    assert (ended.stage, ended.returncode) == (Stage.KILL, -9)


@pytest.mark.parametrize("deaf", ["mild", "deaf"])
async def test_a_grandchild_in_its_own_session_goes_too(start: Start, deaf: str) -> None:
    child = await start(PARENT, "stay", deaf, "keep")
    grandchild = await announced(child)
    assert os.getsid(grandchild.pid) == grandchild.pid
    ended = await child.close(Grace(eof=30, term=0.3 if deaf == "deaf" else 30, kill=30))
    assert (ended.stage, ended.returncode) == (Stage.EOF, 0)
    assert ended.signalled == (grandchild,)
    assert not is_alive(grandchild)


async def test_an_orphan_that_nobody_had_seen_is_found_by_the_marker(start: Start) -> None:
    child = await start(PARENT, "leave", "mild", "keep")
    orphan = await announced(child)
    await child.wait()
    assert is_alive(orphan)
    ended = await child.close(PATIENT)
    assert ended.signalled == (orphan,)
    assert not is_alive(orphan)


async def test_an_orphan_without_the_marker_is_found_if_it_was_seen_before(start: Start) -> None:
    child = await start(PARENT, "stay", "mild", "wipe")
    orphan = await announced(child)
    assert orphan in await child.family()
    send(child.identity, signal.SIGKILL)
    await child.wait()
    assert is_alive(orphan)
    await child.close(PATIENT)
    assert not is_alive(orphan)


async def test_kill_ends_the_whole_tree_at_once(start: Start) -> None:
    child = await start(PARENT, "stay", "deaf", "keep")
    grandchild = await announced(child)
    ended = await child.kill()
    assert (ended.stage, ended.returncode) == (Stage.KILL, -9)
    assert set(ended.signalled) == {child.identity, grandchild}
    assert not is_alive(grandchild)


async def test_kill_hurries_a_close_that_is_under_way(start: Start) -> None:
    child = await start(STUBBORN)
    await next_line(child)
    closing = asyncio.create_task(child.close(Grace(eof=3600, term=3600, kill=30)))
    await asyncio.sleep(0.1)
    assert not closing.done()
    assert await child.kill() == await closing
    assert child.returncode == -9


async def test_closing_again_gives_the_same(start: Start) -> None:
    child = await start(ECHO)
    first, second = await asyncio.gather(child.close(PATIENT), child.close(PATIENT))
    assert first == second == await child.close() == await child.kill()


async def test_a_cancelled_close_goes_on_to_the_end(start: Start) -> None:
    child = await start(STUBBORN)
    await next_line(child)
    closing = asyncio.create_task(child.close())
    await asyncio.sleep(0.05)
    closing.cancel()
    await asyncio.wait({closing})
    assert closing.cancelled()
    assert child.returncode == -9


async def test_leaving_the_block_by_cancellation_ends_the_child(tmp_path: Path) -> None:
    children: list[Child] = []

    async def host() -> None:
        async with await Child.start(launch_of(tmp_path, STUBBORN)) as child:
            await next_line(child)
            children.append(child)
            await asyncio.Event().wait()

    hosting = asyncio.create_task(host())
    await until(lambda: bool(children))
    hosting.cancel()
    await asyncio.wait({hosting})
    assert hosting.cancelled()
    assert children[0].returncode == -9


def test_the_end_of_the_loop_ends_the_child_too(tmp_path: Path) -> None:
    # asyncio.run cancels all tasks, also the one that does the closing.
    children: list[Child] = []

    async def main() -> None:
        child = await Child.start(launch_of(tmp_path, STUBBORN))
        children.append(child)
        await next_line(child)
        for _ in range(3):
            background.add(asyncio.create_task(child.close(Grace(3600, 3600, 30))))
        await asyncio.sleep(0.1)

    background: set[asyncio.Task[object]] = set()
    asyncio.run(main())
    assert children[0].returncode == -9
    assert not is_alive(children[0].identity)


def test_a_close_that_had_no_time_to_begin_is_done_all_the_same(tmp_path: Path) -> None:
    children: list[Child] = []
    background: set[asyncio.Task[object]] = set()

    async def main() -> None:
        children.append(await Child.start(launch_of(tmp_path, STUBBORN)))
        await next_line(children[0])
        background.add(asyncio.create_task(children[0].close(Grace(3600, 3600, 30))))
        await asyncio.sleep(0)  # it has made its own task, which has not taken a step
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run(main())
    assert children[0].returncode == -9


async def test_unread_output_does_not_stand_in_the_way(start: Start) -> None:
    child = await start("while True: print('x' * 9999)")
    await until(lambda: child._pipes._held > 100_000)
    await child.close()
    assert child.returncode is not None


async def test_another_process_with_the_same_id_is_never_hit(start: Start) -> None:
    child = await start(ECHO)
    other = Identity(child.pid, child.identity.started + "0")
    assert not is_alive(other)
    assert not send(other, signal.SIGKILL)
    assert await end_survivors([other]) == ()
    assert is_alive(child.identity)
    assert identity_of(child.pid) == child.identity
    assert resident_memory([other]) == {other: 0}


def test_neither_we_nor_those_above_us_are_ever_found() -> None:
    us = identity_of(os.getpid())
    above = identity_of(os.getppid())
    assert us is not None
    assert above is not None

    def row(who: Identity, parent: int) -> Row:
        return Row(who, parent, 0, ended=False)

    stranger = Identity(999_999_999, "x")
    rows = {
        us.pid: row(us, above.pid),
        above.pid: row(above, stranger.pid),
        stranger.pid: row(stranger, 0),
    }
    assert descend([us, above, stranger], rows) == ()


def test_members_of_a_session_are_found_without_their_parents() -> None:
    leader, lost = Identity(900_000_001, "a"), Identity(900_000_002, "b")
    rows = {
        leader.pid: Row(leader, 1, leader.pid, ended=False),
        lost.pid: Row(lost, 1, leader.pid, ended=False),
    }
    assert descend([leader], rows) == (leader, lost)
    del rows[leader.pid]  # then the number of the session proves nothing any more
    assert descend([leader], rows) == ()


@linux
async def test_when_we_are_killed_the_child_dies_and_the_next_start_ends_the_rest(
    tmp_path: Path,
) -> None:
    bridge = f"""
import asyncio, os, sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from cc_connect.procs import Child, Launch
from tests.procs.children import next_line

async def main():
    argv = [sys.executable, "-I", "-S", "-u", sys.argv[1], "stay", "deaf", "keep"]
    child = await Child.start(Launch(argv, Path.cwd(), dict(os.environ), marker="bridge-7"))
    print(child.pid, flush=True)
    print(await next_line(child), flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""
    inner = tmp_path / "inner.py"
    inner.write_text(PARENT)
    async with await Child.start(launch_of(tmp_path, bridge, inner)) as outer:
        child, grandchild = await announced(outer), await announced(outer)
        send(outer.identity, signal.SIGKILL)
        await gone(child)
        # Its own command lives on, in a session of its own and a child of init by now.
        assert is_alive(grandchild)
        assert find_marked("bridge-7") == (grandchild,)
        assert find_marked("bridge") == ()
        assert await end_survivors([child, *find_marked("bridge-7")], QUICK) == (grandchild,)
        assert not is_alive(grandchild)
        assert find_marked("bridge-7") == ()


async def test_survivors_are_ended_with_what_they_started(start: Start) -> None:
    child = await start(PARENT, "stay", "mild", "wipe")
    grandchild = await announced(child)
    assert await end_survivors([child.identity], PATIENT) == (child.identity, grandchild)
    assert living([child.identity, grandchild]) == ()


def test_without_proc_a_process_is_named_by_psutil() -> None:
    here = _row_from_psutil(os.getpid())
    assert here is not None
    assert here == _row_from_psutil(os.getpid())
    assert (here.identity.pid, here.parent, here.ended) == (os.getpid(), os.getppid(), False)
    assert _row_from_psutil(999_999_999) is None


async def test_nothing_carries_an_empty_marker() -> None:
    with pytest.raises(ValueError, match="empty"):
        find_marked("")


async def test_the_memory_of_a_tree_is_that_of_all_its_members(start: Start) -> None:
    child = await start(PARENT, "stay", "mild", "keep")
    grandchild = await announced(child)
    both = resident_memory([child.identity, grandchild])
    assert both[child.identity] > both[grandchild] > 1024 * 1024
    await child.kill()
    assert resident_memory([child.identity]) == {child.identity: 0}


async def test_what_cannot_be_ended_in_time_is_named_and_may_be_tried_again(start: Start) -> None:
    child = await start(STUBBORN)
    await next_line(child)
    with pytest.raises(StillRunning, match=str(child.pid)) as caught:
        await child.close(Grace(eof=0, term=0, kill=0))
    assert caught.value.pids == (child.pid,)
    assert (await child.close()).returncode == -9


@linux
async def test_orphans_that_are_given_to_us_are_reaped(tmp_path: Path) -> None:
    # As in a container, where we are process 1.
    bridge = f"""
import asyncio, ctypes, os, sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from cc_connect.procs import Child, Launch
from tests.procs.children import PATIENT, QUICK, next_line

async def main():
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    for deaf, grace in (("mild", PATIENT), ("deaf", QUICK)):
        argv = [sys.executable, "-I", "-S", "-u", sys.argv[1], "leave", deaf, "keep"]
        async with await Child.start(Launch(argv, Path.cwd(), dict(os.environ))) as child:
            await next_line(child)
            await child.wait()
            ended = await child.close(grace)
            assert len(ended.signalled) == 1, ended
    try:
        print(os.waitpid(-1, os.WNOHANG))
    except ChildProcessError:
        print("no child is left")

asyncio.run(main())
"""
    inner = tmp_path / "inner.py"
    inner.write_text(PARENT)
    async with await Child.start(launch_of(tmp_path, bridge, inner)) as outer:
        assert await next_line(outer) == "no child is left", outer.stderr_tail


@linux
def test_a_leash_whose_holder_is_gone_starts_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "it ran"
    leash = find_leash()
    ours, theirs = os.pipe()
    touch = str(shutil.which("touch"))
    for parent, code, ran in ((os.getpid() + 1, 127, False), (os.getpid(), 0, True)):
        line = [*leash, str(parent), str(theirs), touch, "touch", str(mark)]
        assert subprocess.run(line, pass_fds=[theirs], check=False).returncode == code
        assert mark.exists() == ran
    os.close(theirs)
    assert os.read(ours, 10) == b""
    os.close(ours)
