"""A disk that is full or has lost something."""

from bench.faults.disks import store_faults


async def test_nothing_acknowledged_is_lost_and_people_are_told() -> None:
    for found in await store_faults():
        assert found.good, f"{found.fault}: {found.seen}"
