"""What people set in a chat: for the conversation, for the project, and where it comes from."""

from pathlib import Path
from typing import Any

import psutil

from cc_connect.core.admission import Policy
from cc_connect.core.spec import ModelChoice, Supplier
from cc_connect.runtime.settings import PeopleRole
from tests.runtime.rig import Rig

ALL = {"fake": Policy(admins=frozenset({"p1"}), allowed=frozenset({"*"}))}
KIMI = Supplier(
    "kimi", "https://kimi.example", "k2", (ModelChoice("k2"), ModelChoice("k2-turbo", "fast"))
)
PROVIDERS: dict[str, Any] = {
    "suppliers": (KIMI, Supplier("glm")),
    "keys": {"kimi": {"ANTHROPIC_API_KEY": "secret-key"}, "glm": {}},
}


async def test_a_setting_belongs_to_its_conversation_unless_an_admin_says_otherwise(
    tmp_path: Path,
) -> None:
    async with Rig(tmp_path, policies=ALL) as rig:
        thread = rig.platform.service.add_chat("work", thread="one")
        bob = rig.platform.service.add_person("Bob")
        rig.say("/model haiku")
        await rig.sees("✅ Model **haiku**, for this conversation.")
        rig.say("/model", where=thread)
        await rig.sees("Model: **the agent's default**", where=thread)
        rig.say("/model opus project", where=thread, who=bob)
        await rig.sees("`/model … project` is for admins", where=thread)
        rig.say("/model opus project", where=thread)
        await rig.sees("✅ Model **opus**, as the project's default.", where=thread)
        rig.say("/status", where=thread)
        await rig.sees("Model: opus (default of the project, set by an admin)", where=thread)
        rig.say("/status")
        await rig.sees("Model: haiku (set here)")
        rig.say("/model reset")
        await rig.sees("✅ Model **the agent's default**, for this conversation.")
        await rig.restart()
        rig.say("/status")
        told = await rig.sees("Model: opus (default of the project, set by an admin)")
        assert "Mode: the agent's default (configuration)" in told.text
        assert "Folder: " in told.text


async def test_providers_and_their_models(tmp_path: Path) -> None:
    async with Rig(tmp_path, **PROVIDERS) as rig:
        rig.say("/provider")
        listed = await rig.sees("**Providers**")
        assert "◻ **kimi** · https://kimi.example · k2" in listed.text
        assert "▶ **none** · the agent's own account" in listed.text
        rig.press(listed, "kimi")
        await rig.sees("✅ Provider **kimi**, model **k2**, for this conversation.")
        rig.say("hello")
        await rig.answered("You said: hello")
        rig.say("/model")
        models = await rig.sees("Model: **k2**")
        assert "2. `k2-turbo` (fast)" in models.text
        rig.press(models, "fast")
        await rig.sees("✅ Model **k2-turbo**")
        rig.say("/model 1")
        await rig.sees("✅ Model **k2**,")
        rig.say("/model something-else")
        await rig.sees("✅ Model **something-else**")
        await rig.restart()
        rig.say("/status")
        await rig.sees("Provider: kimi (set here)")
        rig.say("/provider nobody")
        await rig.sees("`nobody` is not possible here. Possible: kimi, glm, none")
        rig.say("/provider add x y")
        await rig.sees("their keys do not belong into a chat")
        rig.say("/provider clear")
        await rig.sees("✅ Provider **the agent's own account**, model **the agent's default**")
        rig.say("/provider reset")
        await rig.sees("✅ Provider **the agent's own account**", count=2)
        state = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("state.db*"))
        assert b"secret-key" not in state


async def test_the_agent_gets_the_key_of_the_provider_in_use(tmp_path: Path) -> None:
    async with Rig(tmp_path, **PROVIDERS, supplier="kimi") as rig:
        show = {"tool": "Bash", "input": {"command": "env"}, "ask": False}
        rig.say("go", show, {"text": "done"})
        await rig.answered("done")
        (actor,) = rig.runtime.directory.known()
        assert environment(actor.pid)["ANTHROPIC_API_KEY"] == "secret-key"
        rig.say("/provider none")
        await rig.sees("✅ Provider **the agent's own account**")
        rig.say("and now")
        await rig.answered("You said: and now")
        assert "ANTHROPIC_API_KEY" not in environment(actor.pid)


def environment(pid: int | None) -> dict[str, str]:
    """The environment of a process."""
    return psutil.Process(pid).environ()


async def test_without_providers_that_is_said(rig: Rig) -> None:
    rig.say("/provider")
    await rig.sees("There are no providers")


async def test_what_a_message_means_while_the_agent_works_is_set_in_the_chat(rig: Rig) -> None:
    rig.say("/busy")
    rig.press(await rig.sees("A message that comes while the agent works: **queue**"), "interrupt")
    await rig.sees("works: **interrupt**, for this conversation.")
    rig.say("long", {"hold": str(rig.folder / "never")})
    await rig.eventually(lambda: len(rig.got()) == 1)
    rig.say("better this")
    await rig.answered("You said: better this")
    rig.say("/busy never")
    await rig.sees("`never` is not possible here")
    rig.say("/busy reset")
    await rig.sees("works: **the agent's default**")


async def test_the_configuration_is_for_admins(tmp_path: Path) -> None:
    async with Rig(tmp_path, policies=ALL, configured='language = "en"') as rig:
        bob = rig.platform.service.add_person("Bob")
        rig.say("/config", who=bob)
        await rig.sees("`/config` is for admins")
        rig.say("/config")
        await rig.sees('language = "en"')


LS = {"tool": "Bash", "input": {"command": "ls"}, "output": "a b"}


async def test_who_may_answer_can_be_a_role(tmp_path: Path) -> None:
    roles = {"lead": PeopleRole(frozenset({"p3"}))}
    approvers = frozenset({"lead"})
    async with Rig(
        tmp_path,
        policies=ALL,
        shared=frozenset({"fake"}),
        roles=roles,
        approvers=approvers,
    ) as rig:
        service = rig.platform.service
        people = [service.add_person(name) for name in ("Bob", "Cleo", "Dora")]
        lead = next(one for one in people if one.id == "p3")
        room = service.add_chat("room")
        rig.say("go", LS, {"text": "done"}, where=room)
        asked = await rig.sees("Permission needed", where=room)
        rig.press(asked, "Allow")
        await rig.sees("can answer this", where=room)
        rig.press(asked, "Allow", who=lead)
        await rig.sees("done", where=room)


async def test_a_role_lacks_its_own_commands(tmp_path: Path) -> None:
    roles = {
        "guest": PeopleRole(frozenset({"*"}), frozenset({"model"})),
        "owner": PeopleRole(frozenset({"p1"})),
    }
    async with Rig(tmp_path, policies=ALL, roles=roles) as rig:
        bob = rig.platform.service.add_person("Bob")
        rig.say("/model", who=bob)
        await rig.sees("`/model` is switched off here")
        rig.say("/model")
        await rig.sees("Model: **the agent's default**")
