"""How long what is over is kept."""

from pathlib import Path

from cc_connect.app.retention import DAY, keep_pruned, prune_once
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Person, Said
from cc_connect.store.blobs import Blobs
from cc_connect.store.changes import InboxMoved
from cc_connect.store.store import Store

NOW = 1000 * DAY


async def test_what_was_over_long_ago_goes_and_what_waits_for_a_person_too(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    for number, days in enumerate((91, 89, 91)):
        said = Inbound(f"m{number}", Address("web", "c"), Person("a"), Said("hi"))
        row = await store.accept(said, at=NOW - days * DAY, conversation="demo|web|c||")
        await store.commit((InboxMoved(row or 0, "held" if number == 2 else "done"),))
    gone = await prune_once(store, Blobs(tmp_path), days=90, now=lambda: NOW)
    assert gone["inbox"] == 2
    assert await store.held("demo|web|c||") == []
    await store.close()


async def test_with_no_days_nothing_is_ever_forgotten(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    await keep_pruned(store, Blobs(tmp_path), days=0)
    await store.close()
