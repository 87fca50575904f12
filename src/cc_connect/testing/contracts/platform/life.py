"""Contracts about the life of an adapter: before, while and after it runs."""

import asyncio

from cc_connect.contract.content import Text
from cc_connect.contract.errors import PlatformAuthFailed, PlatformUnavailable
from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.platform import Capabilities
from cc_connect.testing.contracts.platform.bench import Bench
from cc_connect.testing.contracts.platform.contract import contract
from cc_connect.testing.contracts.platform.harness import Act


@contract()
async def p01_capabilities_work_before_run(bench: Bench) -> None:
    """`capabilities` MUST work before `run`, and say the same while it runs."""
    before = bench.platform.capabilities(bench.place)
    bench.must(isinstance(before, Capabilities), f"capabilities are {before!r}")
    bench.must(before.text_limit > 0, "text_limit is not positive")
    async with bench.running() as platform:
        during = platform.capabilities(bench.place)
    bench.must(before == during, f"{before} before run, {during} while it runs")


@contract()
async def p18_a_cancelled_run_ends(bench: Bench) -> None:
    """A cancelled `run` MUST end soon, and leave no task of the adapter behind.

    It is run twice: what the far end needs for itself is there after the first time.
    """
    await bench.started()
    await bench.hears_text(await _said(bench))
    await bench.again()
    before = asyncio.all_tasks()
    await bench.started()
    await bench.hears_text(await _said(bench))
    await bench.stop()
    await bench.until(
        lambda: not (asyncio.all_tasks() - before) or None,
        "a task of the adapter is still there after run() was cancelled",
    )


async def _said(bench: Bench) -> str:
    text = bench.word("said")
    await bench.harness.say(bench.place, text)
    return text


@contract(Act.LOGIN)
async def p20_wrong_credentials_are_told(bench: Bench) -> None:
    """With wrong credentials `run` MUST raise PlatformAuthFailed, so that nobody tries forever."""
    await bench.harness.refuse_login()
    await bench.refuses(
        bench.platform.run(bench.host), PlatformAuthFailed, "run() with a login that is refused"
    )


@contract()
async def p25_an_address_outlives_the_program(bench: Bench) -> None:
    """A post to an Address read back from its durable text MUST arrive, also after a restart.

    Nothing need have been received there by the new adapter.
    """
    async with bench.running():
        heard = await bench.hears_text(await _said(bench))
    durable = ConversationKey("project", heard.address).text
    await bench.again()
    address = ConversationKey.parse(durable).address
    word = bench.word("after the restart")
    async with bench.running():
        post = bench.post(Text(word), to=address)
        try:
            await bench.deliver(post)
        except Exception as error:  # noqa: BLE001 - any error is the finding
            bench.fail(f"a post to {address.lane!r} after a restart raises {error!r}")
        await bench.sees(
            lambda one: word in one.text, "a post after a restart is not seen where it belongs"
        )


@contract(Act.DROP)
async def p32_a_broken_connection_is_made_anew(bench: Bench) -> None:
    """After the connection broke, the adapter MUST connect by itself and receive again."""
    async with bench.running():
        await bench.hears_text(await _said(bench))
        for _ in range(2):
            await bench.harness.drop()
            await bench.hears_text(await _said(bench))


@contract(Act.OUTAGE)
async def p40_the_host_knows_whether_it_is_connected(bench: Bench) -> None:
    """When the service is away the host MUST hear it, by `disconnected` or by PlatformUnavailable.

    When the service is back, it MUST hear `connected` again: what waits to be sent waits for that.
    """
    async with bench.running():
        await bench.harness.down()
        await bench.until(
            lambda: not bench.host.up or None, "the service is away, and the host does not know"
        )
        await bench.harness.up()
        await bench.until(
            lambda: bench.host.up or None, "the service is back, and the host does not know"
        )


@contract()
async def p44_a_post_before_run_hurts_nobody(bench: Bench) -> None:
    """`deliver` before `run` MUST either do it or raise PlatformUnavailable.

    The host registers an adapter before it runs it, and posts may be waiting for it.
    """
    post = bench.say(bench.word("early"))
    try:
        await bench.deliver(post)
    except PlatformUnavailable:
        return
    except AssertionError:
        raise
    except Exception as error:  # noqa: BLE001 - any other error is the finding
        bench.fail(f"deliver() before run() must raise PlatformUnavailable, not {error!r}")
