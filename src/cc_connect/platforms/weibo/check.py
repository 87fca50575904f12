"""Whether the credentials are good: a token is asked for, as the adapter does it."""

import aiohttp

from cc_connect.contract.errors import PlatformUnavailable, RateLimited
from cc_connect.contract.plugin import Checked, Note, PlatformContext
from cc_connect.core.texts import say, spoken
from cc_connect.platforms.weibo.config import WeiboOptions
from cc_connect.platforms.weibo.timings import Timings
from cc_connect.platforms.weibo.token import tokens_of


async def check(context: PlatformContext, language: str) -> Checked:
    """See `PlatformPlugin.check`.

    A new token ends the one before, so an adapter of this process is not asked twice: it shares
    its token. One of another process has to fetch a new one, which it does by itself.
    """
    options = context.options
    if not isinstance(options, WeiboOptions):
        raise TypeError(f"options of another plug-in: {type(options).__name__}")
    tokens = tokens_of(options, Timings())
    async with aiohttp.ClientSession() as session:
        try:
            token = await tokens.get(session)
        except RateLimited as error:
            raise PlatformUnavailable(str(error)) from error
    told = spoken(language)
    notes = [Note(say(told, "weibo_uid", uid=token.uid))]
    if options.ws_endpoint.startswith("ws://"):
        notes.append(Note(say(told, "weibo_plain"), good=False))
    return Checked(say(told, "weibo_who"), tuple(notes))
