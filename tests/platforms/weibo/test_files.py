"""Files to the person."""

from pathlib import Path

import pytest

from cc_connect.contract.content import Attachment
from cc_connect.contract.errors import DeliveryRejected, PlatformUnavailable, RateLimited
from cc_connect.testing.weibo import WeiboTwin
from tests.platforms.weibo.bench import adapter, post, running


@pytest.fixture
def file(tmp_path: Path) -> Attachment:
    path = tmp_path / "stored"
    path.write_bytes(b"data")
    return Attachment(str(path), "报告 & more.pdf", "application/pdf", 4)


async def test_the_text_goes_first(twin: WeiboTwin, tmp_path: Path, file: Attachment) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        await platform.deliver(post("here", file, file))
        receipt = await platform.deliver(post("", file))
    assert twin.texts() == ["here", *["[报告 & more.pdf]"] * 3]
    assert receipt.message == twin.screen().messages[-1].id
    assert twin.screen().messages[-1].data == b"data"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((500, ""), PlatformUnavailable),
        ((401, {"code": 4002}), PlatformUnavailable),
        ((200, {"code": 4002}), PlatformUnavailable),
        ((429, ""), RateLimited),
        ((413, "too large"), DeliveryRejected),
        ((200, {"code": 0, "data": {"fid": 1}}), DeliveryRejected),
        ((200, {"code": 9, "message": "no"}), DeliveryRejected),
    ],
)
async def test_a_file_that_fails_does_not_repeat_its_text(
    answer: tuple[int, object],
    error: type[Exception],
    twin: WeiboTwin,
    tmp_path: Path,
    file: Attachment,
) -> None:
    platform = adapter(twin, tmp_path)
    both = post("here", file)
    twin.faults.files.append(answer)
    twin.faults.retry_after = "9"
    async with running(platform):
        with pytest.raises(error) as raised:
            await platform.deliver(both)
        await platform.deliver(both)
    assert twin.texts() == ["here", "[报告 & more.pdf]"]
    assert getattr(raised.value, "retry_after", 9) == 9


async def test_a_file_that_is_not_there(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        with pytest.raises(DeliveryRejected, match="cannot be read"):
            await platform.deliver(post("", Attachment(str(tmp_path / "no"), "no")))
