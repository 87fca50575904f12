"""Buttons, menus and forms: pressed by people, answered by discord.py."""

import asyncio
from typing import Any

import discord
import pytest
from discord import ui

from cc_connect.testing.discord import (
    CallbackKind,
    DiscordTwin,
    Interaction,
    InteractionFailed,
    ManualClock,
    MessageKind,
    PersonCannot,
)
from tests.testing.discord.bots import Bot, Handler, running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import raw_rest

Click = discord.Interaction[Bot]


def buttons(*labels: str) -> ui.View:
    view = ui.View(timeout=None)
    for label in labels:
        view.add_item(ui.Button(label=label, custom_id=f"id-{label}"))
    return view


async def offer(place: Place, bot: Bot, view: ui.View, handler: Handler) -> None:
    """Post a view and have presses handled by hand."""
    bot.on("interaction", handler)
    await bot.room(place.general.id).send("choose", view=view)


async def test_a_press_updates_the_message(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def update(click: Click) -> None:
            assert click.data is not None
            text = f"{click.user.name} pressed {click.data.get('custom_id')}"
            await click.response.edit_message(content=text, view=None)

        await offer(place, bot, buttons("Allow", "Deny"), update)
        message = place.general.last
        assert "[Allow] [Deny]" in place.general.transcript()
        done = await place.twin.press(place.alice, message, "Allow")
        assert done.answered is CallbackKind.UPDATE
        assert message.content == "alice pressed id-Allow"
        assert message.buttons == []
        await place.twin.until_true(lambda: place.twin.requests[-1].status == 200)


async def test_an_answer_and_its_follow_ups(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        seen: list[Any] = []

        async def answer(click: Click) -> None:
            await click.response.send_message("first")
            second = await click.followup.send("second", wait=True)
            await second.edit(content="second, edited")
            original = await click.original_response()
            await original.edit(content="first, edited")
            seen.append((original.id, second.id))
            await second.delete()

        await offer(place, bot, buttons("Go"), answer)
        source = place.general.last
        click = await place.twin.press(place.alice, source, "Go")
        first = await place.general.wait_for(lambda m: m.content == "first, edited")
        await place.twin.until_true(lambda: len(place.general.messages) == 2 and bool(seen))
        assert (first.kind, first.author) == (MessageKind.REPLY, place.bot.user)
        assert first.interaction is not None
        assert first.interaction["interacted_message_id"] == str(source.id)
        assert click.followups[0].deleted
        assert [v.content for v in click.followups[0].versions] == ["second", "second, edited"]


async def test_a_deferred_answer_is_seen_as_thinking(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        go = asyncio.Event()

        async def later(click: Click) -> None:
            await click.response.defer(thinking=True)
            await go.wait()
            await click.edit_original_response(content="found it")

        await offer(place, bot, buttons("Search"), later)
        await place.twin.press(place.alice, place.general.last, "Search")
        thinking = await place.general.wait_for(lambda m: m.loading)
        assert "thinking..." in place.general.transcript()
        go.set()
        await place.general.wait_for(lambda m: m.content == "found it")
        assert not thinking.loading
        assert not thinking.edited


async def test_a_follow_up_fills_the_deferred_answer(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def later(click: Click) -> None:
            await click.response.defer(thinking=True)
            await click.followup.send("here")

        await offer(place, bot, buttons("Search"), later)
        click = await place.twin.press(place.alice, place.general.last, "Search")
        here = await place.general.wait_for(lambda m: m.content == "here")
        assert click.original is here
        assert len(place.general.messages) == 2


async def test_a_deferred_update_edits_the_source(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def later(click: Click) -> None:
            await click.response.defer()
            await click.edit_original_response(content="changed")

        await offer(place, bot, buttons("Change"), later)
        source = place.general.last
        click = await place.twin.press(place.alice, source, "Change")
        await place.general.wait_for(lambda m: m.content == "changed")
        assert click.answered is CallbackKind.DEFER_UPDATE
        assert source.content == "changed"


async def test_an_answer_for_one_person_only(place: Place) -> None:
    bob = place.twin.add_user("bob")
    place.guild.add_member(bob)
    async with running(place.twin, place.bot) as bot:

        async def whisper(click: Click) -> None:
            if click.data is not None and click.data.get("custom_id") == "id-More":
                await click.response.edit_message(content="more", view=None)
            else:
                await click.response.send_message("psst", view=buttons("More"), ephemeral=True)

        await offer(place, bot, buttons("Ask"), whisper)
        await place.twin.press(place.alice, place.general.last, "Ask")
        psst = await place.general.wait_for(lambda m: m.ephemeral)
        assert psst.visible_to is place.alice
        assert "(only alice sees this)" in place.general.transcript()
        with pytest.raises(PersonCannot):
            await place.twin.press(bob, psst, "More")
        await place.twin.press(place.alice, psst, "More")
        assert psst.content == "more"
        history = [m.content async for m in bot.room(place.general.id).history()]
        assert history == ["choose"]
        with pytest.raises(discord.NotFound):
            await bot.room(place.general.id).fetch_message(psst.id)


async def test_a_bot_that_does_not_answer(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        await bot.room(place.general.id).send("choose", view=buttons("Go"))
        with pytest.raises(InteractionFailed, match="cc-connect did not respond"):
            await place.twin.press(place.alice, place.general.last, "Go", patience=0.05)


async def test_three_seconds_to_answer_and_fifteen_minutes_to_go_on() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as bot:
            clicks: asyncio.Queue[Click] = asyncio.Queue()

            async def keep(click: Click) -> None:
                clicks.put_nowait(click)

            await offer(place, bot, buttons("Go"), keep)
            message = place.general.last
            await twin.press(place.alice, message, "Go", patience=None)
            late = await clicks.get()
            clock.advance(3.1)
            with pytest.raises(discord.NotFound) as refused:
                await late.response.send_message("too late")
            assert refused.value.code == 10062
            with pytest.raises(discord.NotFound) as refused:
                await late.followup.send("still too late")
            assert refused.value.code == 10015

            await twin.press(place.alice, message, "Go", patience=None)
            good = await clicks.get()
            await good.response.send_message("in time")
            clock.advance(15 * 60 + 1)
            with pytest.raises(discord.HTTPException) as expired:
                await good.followup.send("after a quarter of an hour")
            assert (expired.value.status, expired.value.code) == (401, 50027)


async def respond(
    twin: DiscordTwin, interaction: Interaction, kind: int, data: Any
) -> tuple[int, Any]:
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    async with raw_rest(twin) as rest:
        status, body, _ = await rest("POST", path, json={"type": kind, "data": data})
    return status, body


async def test_first_responses_that_are_refused(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        await bot.room(place.general.id).send("choose", view=buttons("Go"))
        message = place.general.last
        click = await place.twin.press(place.alice, message, "Go", patience=None)
        twin = place.twin
        assert (await respond(twin, click, 8, {"choices": []}))[1]["code"] == 50035
        status, body = await respond(twin, click, 4, {"content": "x" * 2001})
        assert (status, list(body["errors"]), list(body["errors"]["data"])) == (
            400,
            ["data"],
            ["content"],
        )
        assert (await respond(twin, click, 4, {}))[1]["code"] == 50006
        assert (await respond(twin, click, 4, {"content": "ok"}))[0] == 204
        status, body = await respond(twin, click, 4, {"content": "again"})
        assert (status, body["code"]) == (400, 40060)
        click.token += "x"
        assert (await respond(twin, click, 6, None))[1]["code"] == 10062
        async with raw_rest(twin) as rest:
            path = f"/webhooks/{place.bot.id}/wrong"
            assert (await rest("POST", path, json={"content": "x"}))[0] == 401


async def test_at_the_original_after_it_is_gone(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def answer(click: Click) -> None:
            await click.response.send_message("short-lived")
            await click.delete_original_response()
            with pytest.raises(discord.NotFound) as refused:
                await click.edit_original_response(content="back")
            assert refused.value.code == 10008
            await click.followup.send("done")

        await offer(place, bot, buttons("Go"), answer)
        await place.twin.press(place.alice, place.general.last, "Go")
        await place.general.wait_for(lambda m: m.content == "done")


# Menus


async def test_a_choice_in_a_menu(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def answer(click: Click) -> None:
            data: Any = click.data
            await click.response.send_message(",".join(data["values"]))

        view = ui.View(timeout=None)
        options = [discord.SelectOption(label=f"Model {n}", value=f"m{n}") for n in range(3)]
        select: ui.Select[ui.View] = ui.Select(
            custom_id="model", placeholder="Which?", options=options, max_values=2
        )
        view.add_item(select)
        await offer(place, bot, view, answer)
        menu = place.general.last
        assert "<Which?: Model 0 / Model 1 / Model 2>" in place.general.transcript()
        await place.twin.select(place.alice, menu, ["Model 1", "m2"])
        await place.general.wait_for(lambda m: m.content == "m1,m2")
        with pytest.raises(PersonCannot, match="not in the menu"):
            await place.twin.select(place.alice, menu, "Model 9")
        with pytest.raises(PersonCannot, match="choose 1 to 2"):
            await place.twin.select(place.alice, menu, ["m0", "m1", "m2"])


async def test_a_menu_of_users_roles_or_channels(place: Place) -> None:
    role = place.guild.add_role("team")
    async with running(place.twin, place.bot) as bot:
        chosen: list[Any] = []

        class Picks(ui.View):
            @ui.select(cls=ui.UserSelect, placeholder="who")
            async def who(self, click: Click, select: ui.UserSelect[Any]) -> None:
                chosen.append(select.values[0])
                await click.response.defer()

            @ui.select(cls=ui.RoleSelect, placeholder="role")
            async def role(self, click: Click, select: ui.RoleSelect[Any]) -> None:
                chosen.append(select.values[0])
                await click.response.defer()

            @ui.select(cls=ui.ChannelSelect, placeholder="where")
            async def where(self, click: Click, select: ui.ChannelSelect[Any]) -> None:
                chosen.append(select.values[0])
                await click.response.defer()

        await bot.room(place.general.id).send("choose", view=Picks(timeout=None))
        message = place.general.last
        await place.twin.select(place.alice, message, place.alice, menu="who")
        await place.twin.select(place.alice, message, role, menu="role")
        await place.twin.select(place.alice, message, place.general.state, menu="where")
        assert [each.id for each in chosen] == [place.alice.id, role.id, place.general.id]


# Forms


class Feedback(ui.Modal, title="Feedback"):
    name: ui.TextInput["Feedback"] = ui.TextInput(label="Name", max_length=20)
    more: ui.TextInput["Feedback"] = ui.TextInput(
        label="More", style=discord.TextStyle.paragraph, required=False
    )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await interaction.response.send_message(f"{self.name.value}: {self.more.value or '-'}")


class Labelled(ui.Modal, title="Labelled"):
    intro = ui.TextDisplay[Any]("Tell us more")
    why = ui.Label[Any](text="Why", component=ui.TextInput(custom_id="why"))
    how = ui.Label[Any](
        text="How",
        component=ui.Select(
            custom_id="how", options=[discord.SelectOption(label="Fast", value="fast")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        assert isinstance(self.why.component, ui.TextInput)
        assert isinstance(self.how.component, ui.Select)
        words = f"{self.why.component.value} {self.how.component.values}"
        await interaction.response.edit_message(content=words, view=None)


@pytest.mark.parametrize(
    ("form", "values", "words"),
    [
        (Feedback, {"Name": "Ada"}, "Ada: -"),
        (Feedback, {"Name": "Ada", "More": "fine"}, "Ada: fine"),
        (Labelled, {"why": "because", "How": "Fast"}, "because ['fast']"),
    ],
)
async def test_a_form(
    place: Place, form: type[ui.Modal], values: dict[str, str], words: str
) -> None:
    async with running(place.twin, place.bot) as bot:

        async def open_form(click: Click) -> None:
            if click.type is discord.InteractionType.component:
                await click.response.send_modal(form())

        await offer(place, bot, buttons("Write"), open_form)
        opened = await place.twin.press(place.alice, place.general.last, "Write")
        assert opened.answered is CallbackKind.FORM
        assert opened.form is not None
        assert opened.form["title"] in {"Feedback", "Labelled"}
        await place.twin.submit(place.alice, opened, values)
        await place.general.wait_for(lambda m: m.content == words)


async def test_a_form_that_a_person_cannot_send(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def open_form(click: Click) -> None:
            await click.response.send_modal(Feedback())

        await offer(place, bot, buttons("Write"), open_form)
        opened = await place.twin.press(place.alice, place.general.last, "Write")
        with pytest.raises(PersonCannot, match="'Name' takes 1 to 20"):
            await place.twin.submit(place.alice, opened, {"Name": ""})
        with pytest.raises(PersonCannot, match="no \\['Age'\\]"):
            await place.twin.submit(place.alice, opened, {"Name": "Ada", "Age": "36"})


async def test_forms_that_are_refused(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        await bot.room(place.general.id).send("choose", view=buttons("Write"))
        click = await place.twin.press(place.alice, place.general.last, "Write", patience=None)
        field = {"type": 4, "custom_id": "f", "label": "F", "style": 1}
        row = {"type": 1, "components": [field]}
        good = {"custom_id": "c", "title": "T", "components": [row]}
        bad: list[tuple[dict[str, Any], str]] = [
            ({"title": "T" * 46}, "title"),
            ({"custom_id": "c" * 101}, "custom_id"),
            ({"components": []}, "components"),
            ({"components": [row] * 6}, "components"),
            ({"components": [{"type": 2}]}, "components"),
            ({"components": [row, row]}, "components"),
        ]
        for change, place_of_error in bad:
            status, body = await respond(place.twin, click, 9, {**good, **change})
            assert (status, list(body["errors"]["data"])) == (400, [place_of_error]), change
        assert (await respond(place.twin, click, 9, good))[0] == 204


async def test_what_a_person_cannot_press(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        view = ui.View(timeout=None)
        view.add_item(ui.Button(label="Off", custom_id="off", disabled=True))
        view.add_item(ui.Button(label="Docs", url="https://example.org"))
        view.add_item(ui.Button(label="Twice", custom_id="one"))
        view.add_item(ui.Button(label="Twice", custom_id="two"))
        sent = await bot.room(place.general.id).send("x", view=view)
        message = place.general.last
        for name in ("Off", "Docs", "Twice", "Missing"):
            with pytest.raises(PersonCannot):
                await place.twin.press(place.alice, message, name)
        await sent.delete()
        with pytest.raises(PersonCannot):
            await place.twin.press(place.alice, message, "one")
