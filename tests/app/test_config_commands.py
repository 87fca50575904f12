"""`cc-connect config` as it is typed: every mistake at once, no secrets, a schema that holds."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cc_connect.app.cli import main
from cc_connect.app.config.locate import normal
from cc_connect.app.config.show import HIDDEN, rows
from cc_connect.app.config.syntax import parse
from cc_connect.platforms.discord.config import DiscordOptions
from tests.app.config.validating import faults

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "tests/data/config/reference.toml").read_text(encoding="utf-8")

TEN = """\
lang = "en"
idle_timeout_mins = "soon"
on_restart = notify
[management]
port = 99999
[[projects]]
name = "a"
busy = "sometimes"
[projects.agent]
type = "cluade"
[[projects.platforms]]
type = "discord"
[projects.platforms.options]
token = "${NOT_SET_ANYWHERE}"
[[projects]]
name = "a"
agent = { type = "claudecode", options = { wrk_dir = "/srv" } }
[[projects.platforms]]
type = "discord"
[projects.platforms.options]
token = "s3cret"
progress_style = "loud"
"""
MISTAKES = (
    '1:1: lang: unknown key, did you mean "language"?',
    "2:1: idle_timeout_mins: has to be a whole number, found text",
    "3:14: this is not a TOML value, text has to stand in quotes",
    "5:1: management.port: has to be at most 65535, found 99999",
    '8:1: projects[0].busy: "sometimes" is not one of "queue"',
    '10:1: projects[0].agent.type: unknown agent "cluade", did you mean "claudecode"?',
    "14:1: projects[0].platforms[0].options.token: the environment variable NOT_SET_ANYWHERE is",
    '16:1: projects[1].name: "a" is used in line 7 already',
    '17:44: projects[1].agent.options.wrk_dir: unknown key, did you mean "work_dir"?',
    '22:1: projects[1].platforms[0].options.progress_style: "loud" is not one of',
)

GOOD = """\
language = "en"
[management]
token = "${PAGE_TOKEN}"
[[projects]]
name = "shop"
agent = { type = "claudecode", options = { mode = "plan", env.KEY = "s3cret" } }
[[projects.platforms]]
type = "discord"
[projects.platforms.options]
token = "s3cret"
proxy = "http://ann:s3cret@proxy.example.org"
[[projects.platforms]]
type = "telegram"
options = { token = "s3cret", group_reply_all = true }
"""


def run(path: Path, *words: str, text: str = GOOD) -> Result:
    path = path / "config.toml"
    path.write_text(text)
    environ = {"PAGE_TOKEN": "s3cret", "NOT_SET_ANYWHERE": None}
    return CliRunner().invoke(main, ["--config", str(path), "config", *words], env=environ)


def test_ten_mistakes_are_ten_errors_with_their_places(tmp_path: Path) -> None:
    result = run(tmp_path, "check", text=TEN)
    assert result.exit_code == 1
    *lines, last = result.stdout.splitlines()
    assert len(lines) == len(MISTAKES)
    for line, mistake in zip(lines, MISTAKES, strict=True):
        assert line.startswith(f"error: {tmp_path}/config.toml:{mistake}"), line
    assert last.endswith("errors: 10, warnings: 0")
    assert "s3cret" not in result.output


def test_a_good_file_is_called_good(tmp_path: Path) -> None:
    result = run(tmp_path, "check")
    assert result.exit_code == 0
    assert '"telegram" is known, but not built yet: left out' in result.stdout
    assert result.stdout.splitlines()[-1].endswith("good; projects: 1, warnings: 1")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    words = ["--config", str(tmp_path / "no.toml"), "config"]
    for command in ("check", "show"):
        result = CliRunner().invoke(main, [*words, command])
        assert result.exit_code == 1
        assert "there is no configuration file" in result.stderr


def test_what_is_shown_tells_places_and_no_secrets(tmp_path: Path) -> None:
    result = run(tmp_path, "show", "--origin")
    assert result.exit_code == 0
    assert "s3cret" not in result.output
    lines = [re.sub(r" +# ", " # ", line) for line in result.stdout.splitlines()]
    assert lines == [
        'language = "en" # config.toml:1',
        'management.token = "${PAGE_TOKEN}" # config.toml:3',
        'projects[0].name = "shop" # config.toml:5',
        'projects[0].agent.type = "claudecode" # config.toml:6',
        'projects[0].agent.options.mode = "plan" # config.toml:6',
        f"projects[0].agent.options.env.KEY = {HIDDEN} # config.toml:6",
        'projects[0].platforms[0].type = "discord" # config.toml:8',
        f"projects[0].platforms[0].options.token = {HIDDEN} # config.toml:10",
        'projects[0].platforms[0].options.proxy = "http://***@proxy.example.org" # config.toml:11',
        'projects[0].platforms[1].type = "telegram" # config.toml:13',
        f"projects[0].platforms[1].options.token = {HIDDEN} # config.toml:14",
        "projects[0].platforms[1].options.group_reply_all = true # config.toml:14",
    ]


def test_defaults_are_shown_on_request(tmp_path: Path) -> None:
    result = run(tmp_path, "show", "--origin", "--defaults")
    assert re.search(r"^idle_timeout_mins = 120 +# default$", result.stdout, re.MULTILINE)
    assert re.search(r"options.thread_isolation = false +# default$", result.stdout, re.MULTILINE)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    result = CliRunner().invoke(main, ["config", "schema"])
    assert result.exit_code == 0
    made = json.loads(result.stdout)
    assert isinstance(made, dict)
    return made


def examples() -> list[str]:
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    found = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [*found, REFERENCE, GOOD, ""]


@pytest.mark.parametrize("text", examples())
def test_what_is_right_is_right_by_the_schema(schema: dict[str, Any], text: str) -> None:
    assert not list(faults(schema, tomllib.loads(text)))


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("language", "langauge", ".langauge: unknown"),
        ('"plan"', "3", ".projects[0].agent.options.mode"),
        ("proxy", "prxy", ".projects[0].platforms[0].options.prxy: unknown"),
        ('name = "shop"', "", ".projects[0].name: missing"),
        ("[management]", "[management]\nport = 99999", ".management.port"),
    ],
)
def test_what_is_wrong_is_wrong_by_the_schema(
    schema: dict[str, Any], old: str, new: str, path: str
) -> None:
    found = list(faults(schema, tomllib.loads(GOOD.replace(old, new, 1))))
    assert any(one.startswith(path) for one in found), found


CLASSES = {("platforms", "discord"): DiscordOptions}
PIECES = st.sampled_from([*GOOD.splitlines(keepends=True), *TEN.splitlines(keepends=True)])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_whatever_stands_there_can_be_shown(text: str) -> None:
    parsed = parse(normal(text))
    for row in rows(parsed.data, parsed.places, "config.toml", CLASSES, defaults=True):
        assert "s3cret" not in row.value
        assert "\n" not in f"{row.path} = {row.value}"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PIECES).map("".join))
def test_whatever_stands_there_can_be_checked(tmp_path: Path, text: str) -> None:
    for command in ("check", "show"):
        result = run(tmp_path, command, text=text)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "s3cret" not in result.output
