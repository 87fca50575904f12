"""What a wheel holds, whole and with plug-ins left out."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.packaging.building import AGENTS, PLATFORMS, ROOT, BuildFailed, Wheel, build, names_in

PACKAGE = ROOT / "src" / "cc_connect"


def sources() -> frozenset[str]:
    """All files of the package in the checkout, as a wheel names them."""
    return frozenset(
        str(path.relative_to(PACKAGE.parent))
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def declared(group: str) -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    hooks = project["tool"]["hatch"]["metadata"]["hooks"]["custom"]
    return dict(hooks[group])


def test_everything_is_in_it(whole: Wheel) -> None:
    assert not sources() - whole.files
    assert any(name.endswith(".sql") for name in whole.files)
    assert any(name.endswith(".html") for name in whole.files)


def test_nothing_else_is_in_it(whole: Wheel) -> None:
    others = {name for name in whole.files - sources() if ".dist-info/" not in name}
    assert not others


@pytest.mark.parametrize("group", [PLATFORMS, AGENTS])
def test_every_plugin_is_offered(whole: Wheel, group: str) -> None:
    assert whole.plugins(group) == declared(group)


@pytest.mark.parametrize("group", [PLATFORMS, AGENTS])
def test_no_folder_of_a_plugin_is_forgotten(group: str) -> None:
    parent = PACKAGE / group.rpartition(".")[2]
    # A folder may offer several, as that of the Agent Client Protocol does.
    assert {path.parent.name for path in parent.glob("*/__init__.py")} <= set(declared(group))


def test_what_is_excluded_is_neither_there_nor_offered(
    whole: Wheel, without_discord: Wheel
) -> None:
    gone = {name for name in whole.files if name.startswith("cc_connect/platforms/discord/")}
    assert gone
    assert without_discord.files & sources() == (whole.files & sources()) - gone
    rest = {name: to for name, to in whole.plugins(PLATFORMS).items() if name != "discord"}
    assert without_discord.plugins(PLATFORMS) == rest
    assert without_discord.plugins(AGENTS) == whole.plugins(AGENTS)


@pytest.mark.parametrize(
    ("exclude", "gone"),
    [
        ("weibo", {"weibo"}),
        ("demo", {"demo"}),
        # A preset is data of a driver that others need; only its name goes.
        ("gemini", {"gemini"}),
        # The driver of the demo agent is a part of that of Claude Code and goes with it.
        ("discord, claudecode nothing-of-that-name", {"discord", "claudecode", "demo"}),
    ],
)
def test_several_are_excluded_and_unknown_ones_are_gone_already(
    tmp_path: Path, exclude: str, gone: set[str]
) -> None:
    less = Wheel(build("wheel", tmp_path, exclude))
    for group in (PLATFORMS, AGENTS):
        assert set(less.plugins(group)) == set(declared(group)) - gone
        folder = f"cc_connect/{group.rpartition('.')[2]}/"
        assert not {name for name in less.files if name.startswith(folder) if gone & parts(name)}


def parts(name: str) -> set[str]:
    """The words of a path, without suffixes."""
    return {part.partition(".")[0] for part in name.split("/")}


def test_the_page_cannot_be_excluded(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="web cannot be left out"):
        build("wheel", tmp_path, exclude="web")


def test_an_sdist_keeps_everything(tmp_path: Path) -> None:
    names = names_in(build("sdist", tmp_path, exclude="discord"))
    assert not {f"src/{name}" for name in sources()} - names
    assert {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE"} <= names


def test_the_wheel_alone_says_its_version(programs: Path) -> None:
    said = subprocess.run(
        [programs / "cc-connect", "--version"], capture_output=True, text=True, check=True
    )
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert said.stdout.split()[-1] == version
