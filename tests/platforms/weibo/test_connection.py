"""The socket and the token: what breaks is mended, what is refused is told."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cc_connect.contract.errors import PlatformAuthFailed, PlatformUnavailable
from cc_connect.platforms.weibo.adapter import SENT_AGAIN
from cc_connect.testing.platform.host import RecordingHost
from cc_connect.testing.weibo import Pongs, WeiboTwin
from tests.platforms.weibo.bench import QUICK, adapter, post, running

HASTY = replace(QUICK, ping=0.05, pong=0.2)


async def test_the_version_and_the_expected_lines(twin: WeiboTwin, tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with running(adapter(twin, tmp_path)):
            pass
    events = [line["event"] for line in lines]
    assert "weibo: authenticated" in events
    assert {"event": "weibo: websocket connected", "log_level": "info"} in lines
    assert any(line.get("uid") == str(twin.uid) for line in lines)
    assert twin.versions == ["1.2.3"]
    told = str(lines)
    assert twin.app_secret not in told
    assert twin.tokens[0] not in told


@pytest.mark.parametrize("code", [4002, 4003, 4004])
async def test_a_token_error_drops_the_token(code: int, twin: WeiboTwin, tmp_path: Path) -> None:
    async with running(adapter(twin, tmp_path)) as host:
        await twin.close(code)
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
    assert len(twin.tokens) == 2


async def test_a_reason_that_says_so_drops_the_token(twin: WeiboTwin, tmp_path: Path) -> None:
    async with running(adapter(twin, tmp_path)) as host:
        await twin.close(1008, "Invalid Token given")
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
    assert len(twin.tokens) == 2


@pytest.mark.parametrize("code", [1001, 1011, 4000, 4005])
async def test_other_ends_keep_the_token(code: int, twin: WeiboTwin, tmp_path: Path) -> None:
    async with running(adapter(twin, tmp_path)) as host:
        await twin.close(code)
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
    assert len(twin.tokens) == 1


async def test_somebody_else_took_the_token(twin: WeiboTwin, tmp_path: Path) -> None:
    async with running(adapter(twin, tmp_path)) as host:
        twin.tokens.append("of another program")
        await twin.drop()
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)


async def test_a_refused_handshake_drops_the_token(twin: WeiboTwin, tmp_path: Path) -> None:
    async with running(adapter(twin, tmp_path)) as host:
        twin.faults.handshake = 401
        await twin.drop()
        await host.pulse.until(lambda: "status 401" in str(host.signals) or None, 10)
        twin.faults.handshake = 0
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
    assert len(twin.tokens) > 1
    assert twin.tokens[0] not in str(host.signals)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_a_token_is_asked_for_again(status: int, twin: WeiboTwin, tmp_path: Path) -> None:
    twin.faults.token += [(status, "busy"), (status, {})]
    async with running(adapter(twin, tmp_path)):
        assert len(twin.tokens) == 1


async def test_too_many_calls_wait_as_long_as_they_are_told(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    twin.faults.token += [(429, "")]
    twin.faults.retry_after = "0.02"
    async with running(adapter(twin, tmp_path)):
        assert len(twin.tokens) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (401, {"code": 4002}),
        (400, {"code": 4001}),
        (403, "no"),
        (200, {"code": 4002, "message": "x"}),
        (200, {"data": {"token": ""}}),
    ],
)
async def test_refused_credentials_park(
    answer: tuple[int, object], twin: WeiboTwin, tmp_path: Path
) -> None:
    twin.faults.token.append(answer)
    with pytest.raises(PlatformAuthFailed, match="重置凭证"):
        await adapter(twin, tmp_path).run(RecordingHost())


async def test_a_page_instead_of_json_is_not_a_refusal(twin: WeiboTwin, tmp_path: Path) -> None:
    twin.faults.token += [(200, "<html>sign in to the hotel</html>")]
    async with running(adapter(twin, tmp_path)):
        pass


@pytest.mark.parametrize("pongs", [Pongs.JSON, Pongs.BARE, Pongs.CONTROL])
async def test_every_kind_of_pong_counts(pongs: Pongs, twin: WeiboTwin, tmp_path: Path) -> None:
    twin.pongs = pongs
    async with running(adapter(twin, tmp_path, HASTY)) as host:
        await asyncio.sleep(0.5)
        assert host.signals == ["connected"]


async def test_a_connection_without_pongs_is_made_anew(twin: WeiboTwin, tmp_path: Path) -> None:
    async with running(adapter(twin, tmp_path, HASTY)) as host:
        twin.faults.silent = True
        await host.pulse.until(lambda: "no pong" in str(host.signals) or None, 10)
        twin.faults.silent = False
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)


async def test_frames_do_not_stand_in_for_pongs(twin: WeiboTwin, tmp_path: Path) -> None:
    twin.pongs = Pongs.NONE
    async with running(adapter(twin, tmp_path, HASTY)) as host:
        while "no pong" not in str(host.signals):
            await twin.send({"type": "system", "payload": {}})
            await asyncio.sleep(0.01)


async def test_pings_of_the_server_are_answered(tmp_path: Path) -> None:
    twin = WeiboTwin(ping_every=0.02, pong_within=0.1)
    async with twin, running(adapter(twin, tmp_path)) as host:
        await asyncio.sleep(0.4)
        assert host.signals == ["connected"]


async def test_the_token_is_renewed_while_the_socket_lives(tmp_path: Path) -> None:
    twin = WeiboTwin(expire_in=1)
    async with twin, running(adapter(twin, tmp_path)) as host:
        await twin.until(lambda: len(twin.tokens) == 2)
        assert host.signals == ["connected"]
        assert twin.connections == 1


async def test_two_adapters_of_one_app_share_a_token(twin: WeiboTwin, tmp_path: Path) -> None:
    one, two = adapter(twin, tmp_path), adapter(twin, tmp_path / "two")
    async with running(one), running(two):
        assert len(twin.tokens) == 1


async def test_a_socket_that_is_not_encrypted_is_warned_of(twin: WeiboTwin, tmp_path: Path) -> None:
    twin.faults.token.append((401, {}))
    platform = adapter(twin, tmp_path, ws_endpoint="ws://im.example/ws/stream")
    with capture_logs() as lines, pytest.raises(PlatformAuthFailed):
        await platform.run(RecordingHost())
    assert "not encrypted" in lines[0]["event"]


async def test_refused_tls_names_what_to_write(twin: WeiboTwin, tmp_path: Path) -> None:
    secure = twin.ws_endpoint.replace("ws://", "wss://")
    host = RecordingHost()
    with capture_logs() as lines:
        run = asyncio.create_task(adapter(twin, tmp_path, ws_endpoint=secure).run(host))
        await host.pulse.until(lambda: "TLS" in str(host.signals) or None, 10)
        run.cancel()
        await asyncio.wait({run})
    assert any(f'ws_endpoint = "{twin.ws_endpoint}"' in line["event"] for line in lines)
    assert twin.connections == 0


async def test_nothing_goes_out_while_there_is_no_connection(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    with pytest.raises(PlatformUnavailable):
        await adapter(twin, tmp_path).deliver(post("hello"))


async def test_a_server_without_acknowledgements_is_served_too(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    twin.faults.acks = False
    platform = adapter(twin, tmp_path, replace(QUICK, acknowledge=0.05))
    async with running(platform):
        await platform.deliver(post("one"))
        await platform.deliver(post("two"))
        await twin.until(lambda: twin.texts() == ["one", "two"])


async def test_a_slow_reader_gets_everything_once(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        twin.stall()
        sending = [asyncio.create_task(platform.deliver(post(f"{n} " * 900))) for n in range(5)]
        await asyncio.sleep(0.1)
        twin.flow()
        await asyncio.gather(*sending)
        await twin.until(lambda: len(twin.texts()) == 5)
    assert sorted(text[0] for text in twin.texts()) == ["0", "1", "2", "3", "4"]


async def test_errors_of_the_server_are_logged(twin: WeiboTwin, tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with running(adapter(twin, tmp_path)) as host:
            await twin.send({"type": "error", "payload": {"message": "quota"}})
            await twin.say("and on")
            await host.wait_for(lambda _: True)
    assert any(line.get("error") == "quota" for line in lines)


async def test_what_was_said_into_a_half_open_connection_is_not_lost(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    platform = adapter(twin, tmp_path, replace(HASTY, acknowledge=0.05))
    lost = post("into the void")
    async with running(platform) as host:
        await platform.deliver(post("acknowledged"))
        twin.faults.silent = True
        with pytest.raises(PlatformUnavailable):
            await platform.deliver(lost)
        twin.faults.silent = False
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
        await platform.deliver(lost)
    assert twin.texts() == ["acknowledged", SENT_AGAIN + "into the void"]


async def test_half_of_the_acknowledgements_are_no_hindrance(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    platform = adapter(twin, tmp_path, replace(QUICK, acknowledge=0.05))
    async with running(platform):
        for number in range(6):
            twin.faults.acks = bool(number % 2)
            await platform.deliver(post(f"{number}"))
    assert twin.texts() == ["0", "1", "2", "3", "4", "5"]
