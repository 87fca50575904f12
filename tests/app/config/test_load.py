"""From a file to a configuration: which file, what holds, what is parked, what stops the start."""

import os
from pathlib import Path

import pytest

from cc_connect.app.config import (
    ConfigError,
    Severity,
    default_config,
    find_config,
    load,
)
from tests.app.config.conftest import PROJECT, Load, told

REFERENCE = Path(__file__).parents[2] / "data/config/reference.toml"


def test_the_order_of_places(tmp_path: Path) -> None:
    cwd, home = tmp_path / "cwd", tmp_path / "home"
    (home / ".cc-connect").mkdir(parents=True)
    cwd.mkdir()
    flag = tmp_path / "my.toml"
    assert find_config(None, cwd, home) is None
    (home / ".cc-connect/config.toml").touch()
    assert find_config(None, cwd, home) == home / ".cc-connect/config.toml"
    (cwd / "config.toml").mkdir()
    assert find_config(None, cwd, home) == home / ".cc-connect/config.toml"
    (cwd / "config.toml").rmdir()
    (cwd / "config.toml").touch()
    assert find_config(None, cwd, home) == cwd / "config.toml"
    assert find_config(flag, cwd, home) == flag


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no configuration file .*my\.toml"):
        load(tmp_path / "my.toml", {})
    with pytest.raises(ConfigError, match="is a folder"):
        load(tmp_path, {})
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "a\0b", {})
    if os.geteuid() != 0:
        secret = tmp_path / "secret.toml"
        secret.touch(mode=0)
        with pytest.raises(ConfigError, match="cannot be read"):
            load(secret, {})


def test_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    config = default_config(tmp_path / "shop")
    (project,) = config.projects
    assert config.data_dir == Path("/home/ann/.cc-connect")
    assert config.management.enabled
    assert config.management.on_loopback
    assert project.name == "shop"
    assert project.agent.type == "auto"
    assert project.agent.options == {"work_dir": str(tmp_path / "shop")}
    assert [one.type for one in project.platforms] == ["web"]
    assert project.on_restart == "resume"
    assert project.approval_timeout_mins == 1440
    assert default_config(Path("/")).projects[0].name == "home"


def test_defaults_of_a_small_file(load_toml: Load) -> None:
    loaded = load_toml(PROJECT)
    assert told(loaded) == []
    assert loaded.config is not None
    config = loaded.config
    assert config.data_dir == Path("/home/ann/.cc-connect")
    assert config.queue.max_depth == 20
    assert config.idle_timeout_mins == 120
    assert config.max_attachment_size_mb == 50
    assert (config.rate_limit.max_messages, config.rate_limit.window_secs) == (20, 60)
    page = config.management
    assert (page.enabled, page.host, page.port, page.token) == (True, "127.0.0.1", 9820, "")
    (project,) = config.projects
    assert project.agent_session_idle_timeout_mins == 30
    assert project.reset_on_idle_mins == 0
    assert project.busy == "queue"
    assert project.reply_footer is True
    assert project.display.mode == "full"


def test_the_file_of_the_reference_program_is_read_as_it_is() -> None:
    loaded = load(REFERENCE, {"OWN_KEY": "s3cret", "DISCORD_TOKEN": "t0ken", "HOME": "/home/ann"})
    assert loaded.config is not None
    assert [one.path for one in loaded.errors] == [
        "projects[1].mode",
        "projects[2].run_as_user",
    ]
    assert all("built yet" in str(one) for one in loaded.problems)
    assert [(one.name, one.index) for one in loaded.parked] == [("many", 1), ("apart", 2)]
    config = loaded.config
    assert config.language == "zh-TW"
    assert config.data_dir == Path("/home/ann/state")
    assert config.cron.session_mode == "new_per_run"
    assert config.hooks[0].command == "echo ${CC_HOOK_CONTENT}"
    assert config.hooks[0].async_ is False
    assert config.outgoing_rate_limit.platforms["wecom"].max_per_second == 1.0
    (project,) = config.projects
    assert project.admin_from == ("123", "456")
    assert [one.type for one in project.platforms] == ["discord"]
    assert project.platforms[0].options["token"] == "t0ken"
    assert [one.name for one in project.agent.providers] == ["relay", "own"]
    assert project.agent.providers[1].api_key == "s3cret"
    assert (project.display.mode, project.display.tool_messages) == ("full", True)
    assert (project.display.thinking_max_len, project.display.card_mode) == (0, "rich")
    assert project.display.show_context_indicator is True
    assert project.reply_footer is False
    assert project.shell == "zsh"
    for text in (repr(config), *told(loaded)):
        assert "s3cret" not in text
        assert "t0ken" not in text
        assert "shared-key" not in text


def test_the_zero_values_that_the_reference_program_writes_say_nothing(load_toml: Load) -> None:
    loaded = load_toml(
        """
        data_dir = ""
        attachment_send = ""
        language = ""
        provider_presets_url = ""
        max_attachment_size_mb = 0
        banned_words = []
        providers = []
        [log]
        level = ""
        [speech]
        enabled = false
        provider = ""
        language = ""
        [speech.openai]
        api_key = ""
        base_url = ""
        model = ""
        [tts]
        enabled = false
        provider = ""
        tts_mode = ""
        max_text_len = 0
        [cron]
        session_mode = ""
        [webhook]
        port = 0
        token = ""
        path = ""
        [relay]
        [audit]
        [audit.postgres]
        [instant_reply]
        content = ""
        """.replace("        [audit]\n        [audit.postgres]\n", "")
        + PROJECT
        + """
        [projects.heartbeat]
        session_key = ""
        interval_mins = 0
        [projects.references]
        display_path = ""
        """
    )
    assert told(loaded) == []
    assert loaded.config is not None
    assert loaded.config.speech.provider == "openai"
    assert loaded.config.webhook.port == 9111


def test_ten_mistakes_are_ten_lines_with_places(load_toml: Load) -> None:
    loaded = load_toml(
        """\
language = "en"
idle_timeout_mins = -5
langauge = "en"
[log]
level = 3
[management]
port = 70000
[[providers]]
name = "p"
base_url = "example.org"
[[projects]]
  name = "a"
  [projects.agent]
  type = "cluadecode"
  options = { work_dir = "${NOT_SET}" }
  [[projects.platforms]]
  type = "discrod"
  token = "x"
[[projects]]
name = "b"
busy = "wait"
platforms = []
[projects.agent]
type = "claudecode"
"""
    )
    assert loaded.config is None
    assert [(one.line, one.column, one.severity) for one in loaded.problems] == [
        (line, column, Severity.ERROR)
        for line, column in [
            (2, 1),
            (3, 1),
            (5, 1),
            (7, 1),
            (10, 1),
            (14, 3),
            (15, 15),
            (17, 3),
            (18, 3),
            (21, 1),
            (22, 1),
        ]
    ]
    assert told(loaded)[5] == (
        'config.toml:14:3: projects[0].agent.type: unknown agent "cluadecode", '
        'did you mean "claudecode"?'
    )
    assert told(loaded)[8].endswith("unknown key, it belongs to [projects.platforms.options]")


def test_mistakes_in_the_syntax_do_not_hide_the_others(load_toml: Load) -> None:
    loaded = load_toml(
        PROJECT.replace('type = "claudecode"', "type = claudecode") + "busy = 3\nlog.levle = 1\n"
    )
    assert loaded.config is None
    assert told(loaded) == [
        "config.toml:5:8: this is not a TOML value, text has to stand in quotes",
        "config.toml:8:1: projects[0].platforms[0].busy: unknown key, it belongs to [[projects]]",
        (
            "config.toml:9:1: projects[0].platforms[0].log: unknown key, it belongs to the top of "
            "the file"
        ),
    ]


def test_a_project_with_an_error_is_parked_and_the_others_run(load_toml: Load) -> None:
    loaded = load_toml(
        PROJECT
        + PROJECT.replace('"a"', '"b"').replace("web", "wbe")
        + PROJECT.replace('"a"', '"c"')
    )
    assert loaded.config is not None
    assert [one.name for one in loaded.config.projects] == ["a", "c"]
    (parked,) = loaded.parked
    assert (parked.name, parked.index) == ("b", 1)
    assert [str(one) for one in parked.problems] == told(loaded)
    assert loaded.errors == parked.problems
    assert loaded.warnings == ()


def test_a_project_that_is_no_table_is_parked_too(load_toml: Load) -> None:
    loaded = load_toml('projects = [3, { name = "b" }]')
    assert loaded.config is not None
    assert [one.name for one in loaded.parked] == ["projects[0]", "b"]
    assert loaded.config.projects == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("projects = []", "config.toml:1:1: projects: must not be empty, it has to be a list"),
        (
            "[projects]\nname = 'a'",
            (
                "config.toml:1:2: projects: has to be a list of tables, found a table, "
                "write [[projects]] with two brackets"
            ),
        ),
    ],
)
def test_no_projects(load_toml: Load, text: str, line: str) -> None:
    loaded = load_toml(text)
    assert loaded.config is None
    assert told(loaded)[0].startswith(line)


@pytest.mark.parametrize("text", ["", "[management]\nport = 0\n"])
def test_a_file_without_projects_means_the_folder_of_the_start(load_toml: Load, text: str) -> None:
    loaded = load_toml(text)
    assert loaded.config is not None
    (project,) = loaded.config.projects
    assert project.agent.type == "auto"
    assert [one.type for one in project.platforms] == ["web"]


def test_a_slip_in_the_name_of_projects_is_no_empty_file(load_toml: Load) -> None:
    loaded = load_toml(PROJECT.replace("projects", "project"))
    assert loaded.config is None
    assert told(loaded)[0] == 'config.toml:2:3: project: unknown key, did you mean "projects"?'


def test_what_is_known_and_not_built_is_said_so(load_toml: Load) -> None:
    loaded = load_toml(
        "[audit]\nenabled = true\n"
        + PROJECT
        + """
[[projects.platforms]]
type = "telegram"
[projects.platforms.options]
tokn = "${TELEGRAM_TOKEN}"
"""
    )
    assert loaded.config is not None
    assert [one.type for one in loaded.config.projects[0].platforms] == ["web"]
    assert told(loaded) == [
        "config.toml:1:2: warning: audit: is known, but not built yet: it has no effect",
        (
            'config.toml:12:1: warning: projects[0].platforms[1].type: "telegram" is known, but '
            "not built yet: left out"
        ),
        (
            "config.toml:14:1: warning: projects[0].platforms[1].options.tokn: the environment "
            "variable TELEGRAM_TOKEN is not set"
        ),
        (
            "config.toml:14:1: warning: projects[0].platforms[1].options.tokn: unknown key, did "
            'you mean "token"?'
        ),
    ]


def test_a_project_whose_only_platform_is_left_out_runs_on(load_toml: Load) -> None:
    loaded = load_toml(PROJECT.replace('"web"', '"feishu"'))
    assert loaded.config is not None
    assert loaded.config.projects[0].platforms == ()


def test_disabled_plug_ins_are_kept_out(load_toml: Load) -> None:
    loaded = load_toml('disabled_plugins = ["discord", "weibo", "webo"]' + PROJECT + DISCORD)
    assert loaded.config is not None
    assert [one.type for one in loaded.config.projects[0].platforms] == ["web"]
    assert told(loaded) == [
        (
            'config.toml:1:41: warning: disabled_plugins[2]: no plug-in is called "webo", '
            'did you mean "weibo"?'
        ),
        (
            'config.toml:10:1: warning: projects[0].platforms[1].type: "discord" is switched off '
            "by disabled_plugins: left out"
        ),
    ]
    loaded = load_toml("disabled_plugins = 'claudecode'" + PROJECT)
    assert [one.name for one in loaded.parked] == ["a"]
    assert "is switched off by disabled_plugins" in told(loaded)[0]


DISCORD = """
[[projects.platforms]]
type = "discord"
options = { token = "t" }
"""


def test_display_and_its_precedence(load_toml: Load) -> None:
    def display(shared: str, own: str) -> tuple[str, bool, bool, bool]:
        config = load_toml(shared + PROJECT.replace('name = "a"', 'name = "a"\n' + own)).config
        assert config is not None
        one = config.projects[0].display
        return one.mode, one.thinking_messages, one.tool_messages, one.reply_footer

    assert display("", "") == ("full", True, True, True)
    assert display("quiet = true", "") == ("quiet", False, False, True)
    assert display("quiet = true", "quiet = false") == ("full", True, True, True)
    assert display("quiet = true\ndisplay.mode = 'full'", "") == ("full", True, True, True)
    assert display("quiet = true\ndisplay.mode = ''", "") == ("quiet", False, False, True)
    assert display("display.mode = 'compact'", "") == ("compact", False, False, True)
    assert display("display = { mode = 'compact', tool_messages = true }", "") == (
        ("compact", False, True, True)
    )
    assert display("display.mode = 'compact'", "display.mode = 'full'") == (
        ("full", True, True, True)
    )
    assert display("display.mode = 'compact'", "display.thinking_messages = true") == (
        ("compact", True, False, True)
    )
    assert display("display.reply_footer = false", "") == ("full", True, True, False)
    assert display("display.reply_footer = false", "display.reply_footer = true") == (
        ("full", True, True, True)
    )
    assert display("", "reply_footer = false\ndisplay.reply_footer = true")[3] is False


def test_what_a_project_takes_from_the_top(load_toml: Load) -> None:
    top = "on_restart = 'notify'\napproval_timeout_mins = 5\nshell = 'zsh'\n"
    config = load_toml(top + PROJECT).config
    assert config is not None
    project = config.projects[0]
    assert (project.on_restart, project.approval_timeout_mins, project.shell) == (
        ("notify", 5, "zsh")
    )
    own = 'name = "a"\non_restart = "resume"\napproval_timeout_mins = 0'
    config = load_toml(top + PROJECT.replace('name = "a"', own)).config
    assert config is not None
    assert (config.projects[0].on_restart, config.projects[0].approval_timeout_mins) == (
        ("resume", 0)
    )


def test_providers_that_apply(load_toml: Load) -> None:
    loaded = load_toml(
        """
        [[providers]]
        name = "one"
        api_key = "shared"
        [[providers]]
        name = "two"
        agent_types = ["codex"]
        [[projects]]
        name = "a"
        platforms = [{ type = "web" }]
        [projects.agent]
        type = "claudecode"
        provider_refs = ["one", "two", "oen"]
        options = { provider = "tow" }
        [[projects.agent.providers]]
        name = "one"
        api_key = "own"
        """
    )
    assert loaded.config is not None
    agent = loaded.config.projects[0].agent
    assert [(one.name, one.api_key) for one in agent.providers] == [("one", "own")]
    assert [str(one).partition(" warning: ")[2] for one in loaded.problems] == [
        (
            'projects[0].agent.provider_refs[2]: there is no provider "oen": passed over, '
            'did you mean "one"?'
        ),
        'projects[0].agent.options.provider: there is no provider "tow" for this agent',
    ]


def test_the_place_of_every_table_is_at_hand(load_toml: Load) -> None:
    config = load_toml(PROJECT).config
    assert config is not None
    assert str(config.projects[0].platforms[0].where) == "projects[0].platforms[0]"
    assert str(config.projects[0].agent.where.at("options", "a b")) == (
        'projects[0].agent.options."a b"'
    )
