"""The running program and its signals, its figures, and its slowness after crashes."""

import asyncio
import re
import signal

import aiohttp

from bench.faults.program import Program
from bench.faults.town import Town, until

LINK = re.compile(r"http://\S+/login\?code=\S+")


async def test_sighup_without_a_terminal_reads_the_configuration_again() -> None:
    async with Town(1) as town:
        program = town.program
        await program.start()
        program.send(signal.SIGHUP)
        await program.says("the configuration is unchanged")
        (room,) = town.channels
        assert not await town.answered(await town.say(room))
        program.config.write_text(program.config.read_text().replace('"en"', '"zh"'))
        program.send(signal.SIGHUP)
        await program.says("the configuration has changed and holds now")
        assert "changed=language\n" in program.logged()
        await room.say(town.alice, "/status")
        assert await until(lambda: bool(town.seen(room, "状态")))
        assert "needs a restart" not in program.logged()
        program.config.write_text(program.config.read_text().replace("/work", ""))
        program.send(signal.SIGHUP)
        await program.says("some of it needs a restart")
        assert "changed=projects.demo\n" in program.logged()
        program.config.write_text("nonsense")
        program.send(signal.SIGHUP)
        await program.says("the old one stays")
        name = await town.say(town.channels[0])
        assert not await town.answered(name)
        assert await program.end(signal.SIGTERM) == 0


async def test_figures_are_behind_the_login() -> None:
    async with Town(1, page=True) as town:
        program = town.program
        await program.start()
        await town.answered(await town.say(town.channels[0]))
        await program.says("/login?code=")
        found = LINK.search(program.logged())
        assert found is not None
        base = found[0].partition("/login")[0]
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            async with client.get(f"{base}/healthz") as answer:
                assert answer.status == 200
            async with client.get(f"{base}/metrics", allow_redirects=False) as answer:
                assert answer.status != 200
            async with client.get(found[0]) as answer:
                assert answer.status == 200
            async with client.get(f"{base}/metrics") as answer:
                text = await answer.text()
        assert 'cc_connect_turns_total{project="demo",outcome="done"} 1.0' in text


async def test_after_many_crashes_it_waits_and_can_still_be_ended() -> None:
    async with Town(1) as town:
        program = town.program
        for _ in range(4):
            await program.start(until="platform started")
            await program.end()
        await program.start(until="again and again")
        assert await program.end(signal.SIGTERM) == 0
        assert "cc-connect is running" not in program.logged()


async def test_a_second_program_on_the_same_folder_is_refused() -> None:
    async with Town(1) as town:
        await town.program.start()
        second = Program(town.folder, town.program.config.read_text())
        await second.start(until="")
        assert second.process is not None
        assert await asyncio.wait_for(second.process.wait(), 30) == 1
        assert "is already running" in second.logged()
        assert "Traceback" not in second.logged()
        assert not await town.answered(await town.say(town.channels[0]))
