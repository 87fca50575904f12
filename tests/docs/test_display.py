"""docs/display.md shows what really is shown."""

from pathlib import Path

import pytest

from cc_connect.contract.platform import ProgressStyle
from cc_connect.core.display import Detail
from tests.docs.display import PAGE, between, run


@pytest.mark.parametrize("style", ProgressStyle)
@pytest.mark.parametrize("mode", Detail)
async def test_the_page_shows_what_is_shown(
    tmp_path: Path, mode: Detail, style: ProgressStyle
) -> None:
    meanwhile, ended = await run(tmp_path, mode, style)
    page = between(PAGE.read_text("utf-8"))
    title = f'### `display.mode = "{mode.value}"`, `progress_style = "{style.value}"`\n'
    shown = page.partition(title)[2].partition("### ")[0]
    assert [block.partition("\n```")[0] for block in shown.split("```text\n")[1:]] == [
        meanwhile,
        ended,
    ], "run python -m tests.docs.display"
