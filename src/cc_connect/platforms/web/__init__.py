"""The chat page in the browser."""

from cc_connect.contract.plugin import PlatformPlugin
from cc_connect.platforms.web.adapter import build
from cc_connect.platforms.web.config import WebOptions

plugin = PlatformPlugin(name="web", options=WebOptions, build=build)
