import time
from pathlib import Path

from cc_connect.app.metrics import Metrics
from cc_connect.app.watchdog import Watchdog
from cc_connect.runtime.figures import Histogram
from tests.runtime.rig import Rig


def value(text: str, name: str) -> float:
    line = next(line for line in text.splitlines() if line.startswith(f"cc_connect_{name} "))
    return float(line.split()[-1])


async def test_a_turn_is_counted(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.say("hello")
        await rig.sees("You said: hello")
        await rig.eventually(lambda: rig.runtime.directory.known()[0].state.turn is None)
        metrics = Metrics(rig.runtime, rig.store, Watchdog(), time.time)
        await rig.runtime.outbox.drain(5)
        text = await metrics.text()
    assert value(text, 'turns_total{project="demo",outcome="done"}') == 1
    assert value(text, 'platform_up{platform="fake"}') == 1
    assert value(text, 'reconnects_total{platform="fake"}') == 0
    assert value(text, "inbound_seconds_count") == 1
    assert value(text, 'inbound_seconds_bucket{le="+Inf"}') == 1
    assert value(text, "outbox_open") == 0
    assert value(text, "agents") == 1
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert text.endswith("\n")


def test_a_histogram_counts_each_duration_once() -> None:
    histogram = Histogram()
    for seconds in (0.001, 0.005, 0.2, 500.0, -1.0):
        histogram.add(seconds)
    assert sum(histogram.counts) == 5
    assert histogram.counts[0] == 3
    assert histogram.counts[-1] == 1
    assert histogram.total == 500.206
