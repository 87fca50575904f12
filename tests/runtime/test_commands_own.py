"""Commands of a person's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cc_connect.commands.custom import prompting, running
from cc_connect.core.admission import Policy
from tests.runtime.rig import Rig

OWN = (
    prompting("review", "look at a file", "Review {{1}} for {{2*:bugs}}"),
    prompting("polite", "", "Say it politely"),
    running("greet", "", 'echo "hello {{1:you}}"; pwd'),
    running("count", "", "printf '<%s>'", "sub"),
)


@pytest.fixture
async def owner(tmp_path: Path) -> AsyncIterator[Rig]:
    policies = {"fake": Policy(admins=frozenset({"p1"}))}
    async with Rig(tmp_path, commands=OWN, policies=policies) as rig:
        yield rig


@pytest.fixture
async def member(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path, commands=OWN) as rig:
        yield rig


async def test_a_prompt_is_filled_in_and_goes_to_the_agent(member: Rig) -> None:
    member.say("/review main.py typing mistakes")
    await member.sees("You said: Review main.py for typing mistakes")
    member.say("/review main.py")
    await member.sees("You said: Review main.py for bugs")
    member.say("/polite go away")
    await member.sees("You said: Say it politely\n\ngo away")


async def test_they_stand_in_the_help(member: Rig) -> None:
    member.say("/help")
    told = await member.sees("**Commands**")
    assert "`/review` look at a file" in told.text
    assert "/greet" not in told.text


async def test_a_shell_command_is_for_admins(member: Rig) -> None:
    member.say("/greet")
    await member.sees("`/greet` is for admins")
    member.say("/whoami")
    await member.sees("Role: member")


async def test_what_is_typed_is_a_value_and_no_shell_text(owner: Rig) -> None:
    (owner.work / "sub").mkdir()
    owner.say("/greet")
    assert f"hello you\n{owner.work}" in (await owner.sees("✅ `/greet`")).text
    owner.say('/greet $(id);"`id`')
    told = await owner.sees("✅ `/greet $(id)")
    assert 'hello $(id);"`id`\n' in told.text
    owner.say("/count a;b c")
    await owner.sees("<a;b><c>")
