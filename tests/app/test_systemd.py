import asyncio
import socket
from contextlib import closing
from pathlib import Path

from cc_connect.app.systemd import READY, Systemd


def listening(path: Path) -> socket.socket:
    link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    link.bind(str(path))
    link.settimeout(5)
    return link


def test_it_is_told_when_there_is_one(tmp_path: Path) -> None:
    with closing(listening(tmp_path / "notify")) as link:
        systemd = Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        systemd.tell(READY)
        assert link.recv(100) == b"READY=1"
        systemd.reloading()
        assert link.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC=")


def test_nobody_is_told_when_there_is_none(tmp_path: Path) -> None:
    Systemd({}).tell(READY)
    Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell(READY)


async def test_signs_of_life(tmp_path: Path) -> None:
    with closing(listening(tmp_path / "notify")) as link:
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000"}
        keeping = asyncio.create_task(Systemd(environ).keep_alive())
        for _ in range(2):
            assert await asyncio.to_thread(link.recv, 100) == b"WATCHDOG=1"
        keeping.cancel()
    await Systemd({"NOTIFY_SOCKET": "x", "WATCHDOG_USEC": "odd"}).keep_alive()
