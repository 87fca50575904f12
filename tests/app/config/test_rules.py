"""Rules that the reference program checks, and those it forgot."""

import pytest

from tests.app.config.conftest import Load

HEAD = '[[projects]]\nname = "a"\n'
TAIL = '[projects.agent]\ntype = "claudecode"\n[[projects.platforms]]\ntype = "web"\n'


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ('attachment_send = "maybe"', "attachment_send", "is not one of"),
        ("relay.timeout_secs = -1", "relay.timeout_secs", "at least 0"),
        ('relay.visibility = "loud"', "relay.visibility", "is not one of"),
        ('display.mode = "loud"', "display.mode", "is not one of"),
        ('display.card_mode = "poor"', "display.card_mode", "is not one of"),
        ("display.history_max_len = -1", "display.history_max_len", "at least 0"),
        ("max_turn_time_mins = -1", "max_turn_time_mins", "at least 0"),
        ("queue.max_depth = -1", "queue.max_depth", "at least 0"),
        ("rate_limit.window_secs = -1", "rate_limit.window_secs", "at least 0"),
        ('cron.session_mode = "x"', "cron.session_mode", "is not one of"),
        ('speech.provider = "x"', "speech.provider", "is not one of"),
        ('tts.provider = "x"', "tts.provider", "is not one of"),
        ('tts.agents.a.provider = "x"', "tts.agents.a.provider", "is not one of"),
        ("bridge.enabled = true", "bridge.token", "is needed, or set insecure = true"),
        ("management.port = 65536", "management.port", "at most 65535"),
        ('webhook.path = "hook"', "webhook.path", "has to begin with"),
        ("webhook = { enabled = true, port = 9820 }", "webhook.port", "used by management.port"),
        (
            (
                "management.enabled = false\nwebhook = { enabled = true, port = 9810 }\n"
                "bridge = { enabled = true, insecure = true }"
            ),
            "bridge.port",
            "the port 9810 is used by webhook.port already",
        ),
        ('[[hooks]]\nevent = "x"\ntype = "http"\nurl = "http://x"', "hooks[0].event", "is not one"),
        ('[[hooks]]\nevent = "error"\ntype = "pigeon"\ncommand="x"', "hooks[0].type", "is not one"),
        ('[[hooks]]\nevent = "error"\ntype = "command"', "hooks[0].command", "is missing"),
        ('[[hooks]]\nevent = "error"\ntype = "http"', "hooks[0].url", "is missing"),
        ('[[hooks]]\nevent = "error"\ntype = "http"\nurl = "x"', "hooks[0].url", "begin with"),
        ('[[commands]]\nname = "c"', "commands[0].prompt", "is missing, a command needs prompt"),
        ('[[commands]]\nname = "c"\nprompt = "p"\nexec = "e"', "commands[0].exec", "together"),
        ('[[commands]]\nprompt = "p"', "commands[0].name", "is missing"),
        ('[[aliases]]\nname = "a"', "aliases[0].command", "is missing"),
        ('[[providers]]\napi_key = "k"', "providers[0].name", "is missing"),
        ('[[providers]]\nname = "p"\n[[providers]]\nname = "p"', "providers[1].name", "in line 2"),
        ('[[providers]]\nname = "p"\nthinking = "no"', "providers[0].thinking", "is not one of"),
    ],
)
def test_shared_tables(load_toml: Load, text: str, path: str, message: str) -> None:
    loaded = load_toml(f"{text}\n{HEAD}{TAIL}")
    assert loaded.config is None
    (error,) = loaded.errors
    assert error.path == path
    assert error.line is not None
    assert message in str(error)


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("reset_on_idle_mins = -1", "reset_on_idle_mins", "at least 0"),
        ("agent_session_idle_timeout_mins = -1", "agent_session_idle_timeout_mins", "at least 0"),
        ('display.mode = "x"', "display.mode", "is not one of"),
        ('references.display_path = "x"', "references.display_path", "is not one of"),
        ('references.marker_style = "x"', "references.marker_style", "is not one of"),
        ('references.enclosure_style = "x"', "references.enclosure_style", "is not one of"),
        ('run_as_env = ["ld_preload"]', "run_as_env[0]", "ld_preload must not be handed on"),
        ('run_as_env = ["A", "DYLD_X"]', "run_as_env[1]", "must not be handed on"),
        ('run_as_env = "A,SUDO_USER"', "run_as_env[1]", "must not be handed on"),
        ("heartbeat.enabled = true", "heartbeat.session_key", "is missing"),
        ('heartbeat = { session_key = "x" }', "heartbeat.session_key", "has to be like"),
        ('heartbeat = { session_key = "x:" }', "heartbeat.session_key", "has to be like"),
        ("heartbeat.interval_mins = -1", "heartbeat.interval_mins", "at least 1"),
        ("observe.enabled = true", "observe.channel", "is missing"),
        ("users = { default_role = 'r', roles.r = {} }", "users.roles.r.user_ids", "is missing"),
        (
            "users = { default_role = 'r', roles.r.user_ids = [] }",
            "users.roles.r.user_ids",
            "must not be empty",
        ),
        (
            (
                'users = { default_role = "r", roles = { r = { user_ids = ["Ann"] }, '
                's = { user_ids = ["bob", "ann"] } } }'
            ),
            "users.roles.s.user_ids[1]",
            'this user is in the role "r" already',
        ),
        (
            'users.roles = { r = { user_ids = ["*"] }, s = { user_ids = ["*"] } }',
            "users.roles.s.user_ids[0]",
            'everybody is in the role "r" already',
        ),
        (
            'users = { default_role = "x", roles.r.user_ids = ["*"] }',
            "users.default_role",
            'there is no role "x", only "r"',
        ),
        ('users.roles.r.user_ids = ["1"]', "users.default_role", 'there is no role "member"'),
        ('busy = "later"', "busy", "is not one of"),
        ('on_restart = "panic"', "on_restart", "is not one of"),
        ("approval_timeout_mins = -1", "approval_timeout_mins", "at least 0"),
    ],
)
def test_projects(load_toml: Load, text: str, path: str, message: str) -> None:
    loaded = load_toml(f"{HEAD}{text}\n{TAIL}")
    assert loaded.config is not None
    (error,) = loaded.errors
    assert error.path == f"projects[0].{path}"
    assert error.line is not None
    assert message in str(error)
    assert [one.index for one in loaded.parked] == [0]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ('run_as_user = "root"', "run_as_user", "must not be root"),
        ('run_as_user = "0"', "run_as_user", "must not be root"),
        ('run_as_user = "000"', "run_as_user", "must not be root"),
        (f'run_as_user = "{"a" * 33}"', "run_as_user", "is not the name of a user"),
        ('run_as_user = "a b"', "run_as_user", "is not the name of a user"),
        ('run_as_user = "-a"', "run_as_user", "is not the name of a user"),
        ('run_as_user = "ann"', "run_as_user", "must not be passed over"),
        ('mode = "multi-workspace"', "base_dir", "is missing"),
        ('mode = "multi"', "mode", "is not one of"),
    ],
)
def test_what_is_not_built_and_must_not_be_passed_over(
    load_toml: Load, text: str, path: str, message: str
) -> None:
    loaded = load_toml(f"{HEAD}{text}\n{TAIL}")
    assert [one.index for one in loaded.parked] == [0]
    found = [str(one) for one in loaded.errors if one.path == f"projects[0].{path}"]
    assert any(message in one for one in found), loaded.problems


def test_many_workspaces_and_one_work_folder_exclude_each_other(load_toml: Load) -> None:
    text = f'{HEAD}mode = "multi-workspace"\nbase_dir = "/w"\n{TAIL}'
    loaded = load_toml(
        text.replace('"claudecode"\n', '"claudecode"\noptions = { work_dir = "/w" }\n')
    )
    paths = [one.path for one in loaded.errors]
    assert paths == ["projects[0].mode", "projects[0].agent.options.work_dir"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (TAIL, "projects[0].name"),
        ('name = ""\n' + TAIL, "projects[0].name"),
        ('name = "a"\n[[projects.platforms]]\ntype = "web"', "projects[0].agent"),
        ('name = "a"\nagent = {}\nplatforms = [{type="web"}]', "projects[0].agent.type"),
        ('name = "a"\nagent = {type="demo"}\nplatforms = []', "projects[0].platforms"),
        ('name = "a"\nagent = {type="demo"}\nplatforms = [{}]', "projects[0].platforms[0].type"),
    ],
)
def test_what_every_project_needs(load_toml: Load, text: str, path: str) -> None:
    loaded = load_toml(f"[[projects]]\n{text}")
    assert [one.path for one in loaded.errors] == [path]
    assert len(loaded.parked) == 1


def test_two_projects_of_one_name(load_toml: Load) -> None:
    loaded = load_toml(HEAD + TAIL + HEAD + TAIL)
    assert [str(one) for one in loaded.errors] == [
        'config.toml:8:1: projects[1].name: "a" is used in line 2 already'
    ]
    assert [one.index for one in loaded.parked] == [1]


def test_one_account_twice(load_toml: Load) -> None:
    twice = '[[projects.platforms]]\ntype = "discord"\noptions = { token = "t" }\n'
    loaded = load_toml(HEAD + TAIL + twice + twice)
    assert [str(one) for one in loaded.problems] == [
        "config.toml:10:12: projects[0].platforms[2]: the same platform stands here twice"
    ]
    other = twice.replace('"t"', '"u"')
    assert load_toml(HEAD + TAIL + twice + other).problems == ()
    loaded = load_toml(HEAD + TAIL + twice + HEAD.replace('"a"', '"b"') + TAIL + twice)
    assert loaded.errors == ()
    assert 'the same account is used in the project "a"' in str(loaded.warnings[0])


@pytest.mark.parametrize("port", ["9820", '"9820"'])
def test_the_port_of_a_platform_counts_too(load_toml: Load, port: str) -> None:
    text = f'{HEAD}{TAIL}[[projects.platforms]]\ntype = "discord"\noptions = {{ port = {port} }}\n'
    loaded = load_toml(text)
    assert [one.path for one in loaded.errors] == ["projects[0].platforms[1].options.port"]
    assert load_toml("management.enabled = false\n" + text).errors == ()


@pytest.mark.parametrize("port", ['"x"', '"²"', "-1", "0", "99999999", "true", '""', "[1]"])
def test_an_odd_port_is_left_to_its_platform(load_toml: Load, port: str) -> None:
    text = f'{HEAD}{TAIL}[[projects.platforms]]\ntype = "discord"\noptions = {{ port = {port} }}\n'
    assert load_toml(text).errors == ()


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("127.0.0.1", []),
        ("127.9.9.9", []),
        ("localhost", []),
        ("::1", []),
        ("[::1]", []),
        ("0.0.0.0", ["management.host"]),  # noqa: S104 - read, never listened on
        ("127.evil.example", ["management.host"]),
        ("::", ["management.host"]),
    ],
)
def test_a_page_that_others_can_reach_needs_a_token(
    load_toml: Load, host: str, warned: list[str]
) -> None:
    loaded = load_toml(f'management.host = "{host}"\n{HEAD}{TAIL}')
    assert [one.path for one in loaded.warnings] == warned
    loaded = load_toml(f'management = {{ host = "{host}", token = "t" }}\n{HEAD}{TAIL}')
    assert loaded.problems == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('language = "klingon"', ""),
        ('language = "Japanese"', "ja"),
        ('language = "zhtw"', "zh-TW"),
        ('language = "auto"', ""),
    ],
)
def test_languages(load_toml: Load, text: str, value: str) -> None:
    loaded = load_toml(f"{text}\n{HEAD}{TAIL}")
    assert loaded.config is not None
    assert loaded.config.language == value
    assert len(loaded.warnings) == ("klingon" in text)


def test_a_wildcard_role_makes_a_default_needless(load_toml: Load) -> None:
    loaded = load_toml(f'{HEAD}users.roles.guest.user_ids = ["*"]\n{TAIL}')
    assert loaded.errors == ()
