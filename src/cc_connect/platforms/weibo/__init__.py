"""Weibo: private messages over Open IM."""

from cc_connect.contract.platform import Platform
from cc_connect.contract.plugin import Checked, PlatformContext, PlatformPlugin
from cc_connect.core.texts import say, spoken
from cc_connect.platforms.weibo.config import WeiboOptions


def _build(context: PlatformContext) -> Platform:
    # aiohttp takes a while to import, so only a project that has an assistant pays.
    from cc_connect.platforms.weibo.adapter import WeiboPlatform  # noqa: PLC0415 - as said

    return WeiboPlatform(context)


async def _check(context: PlatformContext, language: str) -> Checked:
    from cc_connect.platforms.weibo.check import check  # noqa: PLC0415 - only set-up needs it

    return await check(context, language)


def _guide(language: str) -> str:
    return say(spoken(language), "weibo_guide")


plugin = PlatformPlugin(
    name="weibo", options=WeiboOptions, build=_build, check=_check, guide=_guide
)
