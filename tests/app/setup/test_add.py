"""`cc-connect add`: a file with comments gets more, and keeps what it has."""

import stat
import tomllib
from pathlib import Path

import pytest

from cc_connect.testing.discord import DiscordTwin
from tests.app.setup.steps import Session, environment

CONFIG = """\
# All of it is mine.
language = "en"   # and stays

[[projects]]
name = "shop"     # the first
agent = { type = "demo" }
[[projects.platforms]]
type = "web"

# Here begins the second.
[[projects]]
name = "blog"
[projects.agent]
type = "demo"
[[projects.platforms]]
type = "web"
# The end.
"""


def config(tmp_path: Path, text: str = CONFIG) -> Path:
    path = tmp_path / "my.toml"
    path.write_bytes(text.encode())
    path.chmod(0o644)
    return path


def content(path: Path) -> str:
    return path.read_bytes().decode()


async def added(
    tmp_path: Path, path: Path, what: str, *words: str, told: str = "✓ written", code: int = 0
) -> str:
    """Run `add` against a Discord with one bot; returns what the file is then."""
    async with DiscordTwin() as twin:
        bot = twin.add_application("helper")
        environ = environment(tmp_path / "home", BOT_TOKEN=bot.token)
        line = ("--config", str(path), "add", what, "--yes", "--platform", "discord")
        options = (
            *("--option", f"api_base={twin.api_base}"),
            *("--option", f"gateway_url={twin.gateway_url}"),
            *("--secret", "token=env:BOT_TOKEN"),
        )
        async with Session(*line, *options, *words, folder=tmp_path, environ=environ) as person:
            await person.sees(told)
            assert await person.ends() == code, person.screen
    return content(path)


async def test_a_project_comes_at_the_end_and_the_rest_stays(tmp_path: Path) -> None:
    path = config(tmp_path)
    text = await added(tmp_path, path, "project", "--project", "wiki", "--work-dir", str(tmp_path))
    assert text.startswith(CONFIG)
    assert [one["name"] for one in tomllib.loads(text)["projects"]] == ["shop", "blog", "wiki"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_platform_comes_into_its_project(tmp_path: Path) -> None:
    text = await added(tmp_path, config(tmp_path), "platform", "--project", "shop")
    projects = tomllib.loads(text)["projects"]
    assert [one["type"] for one in projects[0]["platforms"]] == ["web", "discord"]
    assert [one["type"] for one in projects[1]["platforms"]] == ["web"]
    lines = iter(text.splitlines())
    assert all(line in lines for line in CONFIG.splitlines()), text


async def test_lines_end_as_they_did(tmp_path: Path) -> None:
    path = config(tmp_path, CONFIG.replace("\n", "\r\n"))
    text = await added(tmp_path, path, "platform", "--project", "blog")
    assert text.count("\n") == text.count("\r\n")
    assert len(tomllib.loads(text)["projects"][1]["platforms"]) == 2


async def test_a_link_is_followed(tmp_path: Path) -> None:
    real = config(tmp_path)
    link = tmp_path / "link.toml"
    link.symlink_to(real)
    await added(tmp_path, link, "project", "--work-dir", str(tmp_path))
    assert link.is_symlink()
    assert len(tomllib.loads(real.read_text())["projects"]) == 3


@pytest.mark.parametrize(
    ("text", "what", "told"),
    [
        ("langage = 'en'\n" + CONFIG, "project", "my.toml:1:1: langage: unknown key"),
        ("projects = [{name='a', agent={type='demo'}}]", "project", "cannot be added to"),
        ("language = 'en'\n", "platform", "has no project yet"),
        (CONFIG, "platform", "missing: --project"),
    ],
)
async def test_what_cannot_be_changed_stays(
    tmp_path: Path, text: str, what: str, told: str
) -> None:
    path = config(tmp_path, text)
    assert await added(tmp_path, path, what, told=told, code=1) == text


async def test_a_name_that_is_taken(tmp_path: Path) -> None:
    words = ("--project", "blog", "--work-dir", str(tmp_path))
    told = "there is a project blog already"
    assert await added(tmp_path, config(tmp_path), "project", *words, told=told, code=1) == CONFIG


async def test_names_are_made_that_are_free(tmp_path: Path) -> None:
    folder = tmp_path / "blog"
    folder.mkdir()
    text = await added(tmp_path, config(tmp_path), "project", "--work-dir", str(folder))
    assert tomllib.loads(text)["projects"][2]["name"] == "blog-2"
