"""`${NAME}` in texts, and the one setting that has a variable of its own."""

import os

import pytest

from tests.app.config.conftest import PROJECT, Load, told


def test_variables(load_toml: Load) -> None:
    text = 'banned_words = ["x${A}y${B}", "$A ${1} ${A"]\nshell_profile = "${A} ${LATER}"\n'
    loaded = load_toml(text + PROJECT, {"A": "${B}", "B": ""})
    assert loaded.errors == ()
    assert loaded.config is not None
    assert loaded.config.banned_words == ("x${B}y", "$A ${1} ${A")
    assert loaded.config.shell_profile == "${B} ${LATER}"


def test_a_variable_that_is_not_set_is_told_once_with_its_name_and_place(load_toml: Load) -> None:
    loaded = load_toml('data_dir = "${X}/${Y}/${X}"\nlanguage = "${X}"' + PROJECT)
    assert loaded.config is None
    assert told(loaded) == [
        "config.toml:1:1: data_dir: the environment variable X is not set",
        "config.toml:1:1: data_dir: the environment variable Y is not set",
        "config.toml:2:1: language: the environment variable X is not set",
    ]


def test_a_variable_that_is_not_set_parks_only_its_project(load_toml: Load) -> None:
    loaded = load_toml(PROJECT + "options = { a = [{ b = '${X}' }] }\n")
    assert [one.name for one in loaded.parked] == ["a"]
    assert told(loaded) == [
        (
            "config.toml:8:20: projects[0].platforms[0].options.a[0].b: the environment variable X "
            "is not set"
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "shell_profile = '${X}'",
        "[[hooks]]\nevent = 'error'\ntype = 'command'\ncommand = 'echo ${X}'",
        "[[commands]]\nname = 'a'\nexec = 'echo ${X}'",
        PROJECT.replace('name = "a"', 'name = "b"\nshell_profile = "${X}"'),
    ],
)
def test_text_for_a_shell_keeps_what_is_not_set(load_toml: Load, text: str) -> None:
    loaded = load_toml(text + PROJECT)
    assert loaded.errors == ()
    assert loaded.config is not None
    assert "${X}" in repr(loaded.config)


def test_other_text_of_a_command_or_hook_does_not(load_toml: Load) -> None:
    text = "[[commands]]\nname = 'a'\nprompt = '${X}'\n[[hooks]]\nevent = 'error'\n"
    loaded = load_toml(text + "type = 'http'\nurl = '${Y}'\n" + PROJECT)
    assert [one.line for one in loaded.errors] == [3, 7]


def test_a_variable_that_is_no_text(load_toml: Load) -> None:
    loaded = load_toml("data_dir = '${X}'" + PROJECT, {"X": os.fsdecode(b"\xff")})
    assert told(loaded)[0].endswith("variable X does not hold text (it is not UTF-8)")


def test_the_environment_cannot_fill_the_memory(load_toml: Load) -> None:
    text = "banned_words = ['" + "${BIG}" * 100_000 + "']"
    loaded = load_toml(text + PROJECT, {"BIG": "x" * 100_000})
    assert told(loaded) == [
        "config.toml:1:17: banned_words[0]: the values of the environment are too long here"
    ]


@pytest.mark.parametrize(("value", "limit"), [("7", 7), (" 8 ", 8), ("", 50)])
def test_the_limit_of_attachments_may_come_from_the_environment(
    load_toml: Load, value: str, limit: int
) -> None:
    loaded = load_toml(PROJECT, {"CC_MAX_ATTACHMENT_SIZE_MB": value})
    assert loaded.config is not None
    assert loaded.config.max_attachment_size_mb == limit
    assert told(loaded) == []


@pytest.mark.parametrize("value", ["0", "-1", "x", "²", "1e3", "9" * 5000])
def test_a_limit_that_is_no_number_is_told(load_toml: Load, value: str) -> None:
    loaded = load_toml(PROJECT, {"CC_MAX_ATTACHMENT_SIZE_MB": value})
    assert loaded.config is not None
    assert loaded.config.max_attachment_size_mb == 50
    assert len(loaded.warnings) == 1
