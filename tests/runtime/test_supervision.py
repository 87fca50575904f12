"""Adapters under supervision: one that fails is tried again, one that is refused is parked."""

from dataclasses import replace
from pathlib import Path

from structlog.testing import capture_logs

from cc_connect.contract.platform import Support
from cc_connect.testing.platform import RICH
from tests.runtime.rig import Rig


async def test_wrong_credentials_park_the_adapter_and_say_so(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.platform.faults.refuse_login()
    with capture_logs() as logs:
        async with rig:
            (station,) = rig.runtime.supervisor.stations
            await rig.eventually(lambda: bool(station.parked))
            told = [line for line in logs if line["event"] == "platform parked"]
            assert len(told) == 1
            assert station.parked in told[0]["reason"]


async def test_an_adapter_that_fails_is_tried_again_and_goes_on(rig: Rig) -> None:
    connections = rig.runtime.outbox.figures.connections
    await rig.eventually(lambda: connections["fake"] == 1)
    rig.platform.faults.die()
    await rig.eventually(lambda: connections["fake"] == 2)
    rig.say("still there?")
    await rig.answered("You said: still there?")


async def test_a_start_works_while_the_chat_is_down(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.platform.faults.down()
    async with rig:
        rig.say("hello")
        rig.platform.faults.up()
        await rig.answered("You said: hello")


async def test_where_a_repeat_cannot_be_told_it_says_that_it_may_be_one(tmp_path: Path) -> None:
    can = replace(RICH, idempotent_post=Support.NONE, stream=Support.NONE, typing=Support.NONE)
    async with Rig(tmp_path, can) as rig:
        gate = tmp_path / "gate"
        rig.say("hello", {"hold": str(gate)}, {"text": "the answer"})
        await rig.eventually(lambda: bool(rig.got()))
        rig.platform.faults.lose_receipts()
        gate.touch()
        assert "perhaps a repeat" in (await rig.sees("the answer", count=2)).text
