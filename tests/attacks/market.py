"""A Discord server in which the bot meets strangers; the program is a real process."""

from typing import Any, Self

from bench.faults.program import HOME, Program
from bench.faults.town import Town
from cc_connect.testing.discord.interacting import begin
from cc_connect.testing.discord.interaction import Interaction, InteractionKind

PATIENCE = 20.0
PAGE_TOKEN = "page-token-5f2c91d07ab34e"
OTHER_SECRET = "hunter2-of-the-shop"
_MORE = f'token = "{PAGE_TOKEN}"\n[log]\nlevel = "debug"\n'


class Market(Town):
    """`async with Market() as market`: the program runs, and its tokens come by the environment."""

    def __init__(self) -> None:
        super().__init__(1, more=_MORE, page=True)

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        try:
            await self._open()
        except BaseException:
            await super().__aexit__(None)
            raise
        return self

    async def _open(self) -> None:
        self.eve = self.twin.add_user("eve", "Eve")
        guild = self.twin.add_guild("Market")
        for person in (self.alice, self.eve):
            guild.add_member(person)
        guild.invite(self.bot)
        self.square = guild.add_channel("square")
        config = self.program.config.read_text().replace(self.bot.token, "${SHOP_BOT_TOKEN}")
        secrets = {"SHOP_BOT_TOKEN": self.bot.token, "SHOP_DATABASE": OTHER_SECRET}
        self.program = Program(self.folder, config, **secrets, **{HOME: str(self.folder)})
        await self.program.start()

    async def hears(self, text: str, *, direct: bool = False) -> str:
        """Wait until the bot says this on the square, or to Eve alone; returns all it said."""
        place = self.twin.direct(self.eve, self.bot) if direct else self.square
        message = await place.wait_for(lambda one: one.author.bot and text in one.content, PATIENCE)
        return str(message.content)

    def forge(self, custom_id: str) -> Interaction:
        """Eve's client sends a press that stands on no message of the bot."""
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": 2}
        message = self.square.last
        return begin(
            self.twin.world,
            InteractionKind.COMPONENT,
            self.bot,
            self.eve,
            self.square.state,
            data,
            message=message,
        )
