"""Weibo: private messages over Open IM."""

from cc_connect.contract.platform import Platform
from cc_connect.contract.plugin import PlatformContext, PlatformPlugin
from cc_connect.platforms.weibo.config import WeiboOptions


def _build(context: PlatformContext) -> Platform:
    # aiohttp takes a while to import, so only a project that has an assistant pays.
    from cc_connect.platforms.weibo.adapter import WeiboPlatform  # noqa: PLC0415 - as said

    return WeiboPlatform(context)


plugin = PlatformPlugin(name="weibo", options=WeiboOptions, build=_build)
