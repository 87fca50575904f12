"""What set-up and doctor learn about an assistant: asked of the twin's token endpoint."""

from pathlib import Path
from typing import Any

import pytest

from cc_connect.contract.errors import PlatformAuthFailed, PlatformUnavailable
from cc_connect.contract.plugin import Checked, PlatformContext
from cc_connect.platforms.weibo import plugin
from cc_connect.platforms.weibo.config import WeiboOptions
from cc_connect.testing.weibo import WeiboTwin


def settings(twin: WeiboTwin, **changes: Any) -> PlatformContext:
    given: dict[str, Any] = {
        "app_id": twin.app_id,
        "app_secret": twin.app_secret,
        "token_endpoint": twin.token_endpoint,
    }
    return PlatformContext("weibo", WeiboOptions(**(given | changes)), Path(), ("demo",))


async def asked(context: PlatformContext, language: str = "en") -> Checked:
    assert plugin.check is not None
    return await plugin.check(context, language)


async def test_good_credentials_get_a_token(twin: WeiboTwin) -> None:
    found = await asked(settings(twin))
    assert found.who == "the Weibo assistant"
    assert [note.text for note in found.notes if note.good] == [
        f"the token endpoint gave a token, uid {twin.uid}"
    ]
    assert len(twin.tokens) == 1
    assert "uid" in (await asked(settings(twin), "zh")).notes[0].text


async def test_a_wrong_secret_is_refused_without_being_repeated(twin: WeiboTwin) -> None:
    with pytest.raises(PlatformAuthFailed) as caught:
        await asked(settings(twin, app_secret="not-the-secret"))
    assert "not-the-secret" not in str(caught.value)


async def test_too_many_calls_are_no_refusal(twin: WeiboTwin) -> None:
    twin.faults.retry_after = "600"
    twin.faults.token.append((429, {}))
    with pytest.raises(PlatformUnavailable):
        await asked(settings(twin))


async def test_an_open_connection_is_pointed_out(twin: WeiboTwin) -> None:
    found = await asked(settings(twin, ws_endpoint=twin.ws_endpoint))
    assert [note.good for note in found.notes] == [True, False]
