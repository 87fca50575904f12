"""What Discord accepts as components, and how messages made of them alone are used."""

from typing import Any

import discord
import pytest
from discord import ui

from tests.testing.discord.bots import Bot, running
from tests.testing.discord.conftest import Place
from tests.testing.discord.raw import raw_rest

Click = discord.Interaction[Bot]


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def button(name: str = "b", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": name, "custom_id": name, **more}


def menu(count: int = 1, **more: Any) -> dict[str, Any]:
    options = [{"label": str(n), "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "menu", "options": options, **more}


@pytest.mark.parametrize(
    "components",
    [
        [row(button(str(n))) for n in range(6)],
        [row(*(button(str(n)) for n in range(6)))],
        [row()],
        [button()],
        [row(button("b" * 81))],
        [row(button(custom_id="c" * 101))],
        [row(button(custom_id=""))],
        [row({"type": 2, "style": 1, "label": "no id"})],
        [row(button(label=None))],
        [row(button(style=9))],
        [row({"type": 2, "style": 5, "label": "link"})],
        [row(button(), button())],
        [row(button(), menu())],
        [row(menu(26))],
        [row(menu(0))],
        [row(menu(placeholder="p" * 151))],
        [row(menu(options=[{"label": "l", "value": "v"}] * 2))],
        [row(menu(options=[{"label": "l" * 101, "value": "v"}]))],
        [row({"type": 4, "custom_id": "t", "style": 1, "label": "only in forms"})],
        [{"type": 10, "content": "only with the flag"}],
        ["nonsense"],
        [{"components": []}],
    ],
)
async def test_components_that_are_refused(place: Place, components: list[Any]) -> None:
    async with raw_rest(place.twin, place.bot) as rest:
        body = {"content": "x", "components": components}
        status, answer, _ = await rest("POST", f"/channels/{place.general.id}/messages", json=body)
        assert (status, list(answer["errors"])) == (400, ["components"])


async def test_a_custom_id_used_twice_is_named(place: Place) -> None:
    async with raw_rest(place.twin, place.bot) as rest:
        body = {"content": "x", "components": [row(button("a")), row(button("a"))]}
        _, answer, _ = await rest("POST", f"/channels/{place.general.id}/messages", json=body)
        error = answer["errors"]["components"]["1"]["components"]["0"]["custom_id"]["_errors"][0]
        assert error["code"] == "COMPONENT_CUSTOM_ID_DUPLICATED"


async def test_a_message_of_components_only(place: Place) -> None:
    class Card(ui.LayoutView):
        box = ui.Container[Any](
            ui.TextDisplay("## Done\nthree steps"),
            ui.Separator(),
            ui.Section(ui.TextDisplay("details"), accessory=ui.Button(label="Open", custom_id="o")),
            ui.ActionRow(ui.Button(label="Again", custom_id="a")),
        )

    async with running(place.twin, place.bot) as bot:
        clicked: list[Any] = []

        async def note(click: Click) -> None:
            clicked.append(click.data)
            await click.response.defer()

        bot.on("interaction", note)
        sent = await bot.room(place.general.id).send(view=Card(timeout=None))
        message = place.general.last
        assert message.text == "## Done\nthree steps\ndetails"
        assert "details [Open]" in place.general.transcript()
        await place.twin.press(place.alice, message, "Open")
        await place.twin.press(place.alice, message, "Again")
        assert [data["custom_id"] for data in clicked] == ["o", "a"]
        with pytest.raises(discord.HTTPException) as refused:
            await sent.edit(content="words")
        assert refused.value.code == 50035
    async with raw_rest(place.twin, place.bot) as rest:
        for components in (
            [{"type": 10, "content": "x"}] * 41,
            [{"type": 10, "content": "x" * 4001}],
        ):
            body = {"flags": 1 << 15, "components": components}
            status, answer, _ = await rest(
                "POST", f"/channels/{place.general.id}/messages", json=body
            )
            assert (status, list(answer["errors"])) == (400, ["components"])
