"""The options of plug-ins: read by their own classes, mistakes park their project."""

from dataclasses import dataclass, field

from cc_connect.app.config import settle
from tests.app.config.conftest import Load


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOptions:
    work_dir: str = "."
    mode: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    token: str = field(repr=False, metadata={"secret": True})
    allow_from: tuple[str, ...] = field(default=(), metadata={"csv": True})


AGENTS = {"claudecode": AgentOptions}
PLATFORMS = {"discord": ChatOptions}
TEXT = """
[[projects]]
name = "a"
agent = { type = "claudecode", options = { mode = "plan" } }
[[projects.platforms]]
type = "discord"
options = { token = "${TOKEN}", allow_from = "1,2" }
[[projects.platforms]]
type = "web"
"""


def test_options_become_settings(load_toml: Load) -> None:
    loaded = settle(load_toml(TEXT, {"TOKEN": "t"}), AGENTS, PLATFORMS)
    assert loaded.problems == ()
    assert loaded.config is not None
    (project,) = loaded.config.projects
    assert project.agent.settings == AgentOptions(mode="plan")
    assert project.platforms[0].settings == ChatOptions(token="t", allow_from=("1", "2"))
    assert project.platforms[1].settings is None


def test_mistakes_in_options_park_their_project(load_toml: Load) -> None:
    second = TEXT.replace('"a"', '"b"').replace("mode", "mdoe").replace('"1,2"', "{}")
    third = TEXT.replace('"a"', '"c"').replace('token = "${TOKEN}", ', "")
    loaded = load_toml(TEXT + second + third + "[[projects]]\n", {"TOKEN": "t"})
    loaded = settle(loaded, AGENTS, PLATFORMS)
    assert loaded.config is not None
    assert [one.name for one in loaded.config.projects] == ["a"]
    assert [one.name for one in loaded.parked] == ["b", "c", "projects[3]"]
    told = [str(one) for one in loaded.parked[0].problems]
    assert told[0].endswith('projects[1].agent.options.mdoe: unknown key, did you mean "mode"?')
    assert 'options.allow_from: has to be a list of texts or "a,b", found a table' in told[1]
    assert [one.path for one in loaded.parked[1].problems if one.severity == "error"] == [
        "projects[2].platforms[0].options.token"
    ]


def test_options_that_are_known_but_not_of_this_plug_in_yet(load_toml: Load) -> None:
    text = TEXT.replace('mode = "plan"', 'router_url = "http://x"').replace(
        "allow_from", "proxy_username"
    )
    loaded = settle(load_toml(text, {"TOKEN": "t"}), AGENTS, PLATFORMS)
    assert loaded.parked == ()
    assert [one.path for one in loaded.warnings] == [
        "projects[0].agent.options.router_url",
        "projects[0].platforms[0].options.proxy_username",
    ]


def test_the_choice_of_a_provider_is_no_business_of_the_plug_in(load_toml: Load) -> None:
    shared = '[[providers]]\nname = "p"\n'
    text = shared + TEXT.replace('mode = "plan"', 'provider = "p"').replace(
        'type = "claudecode"', 'type = "claudecode", provider_refs = ["p"]'
    )
    loaded = settle(load_toml(text, {"TOKEN": "t"}), AGENTS, PLATFORMS)
    assert loaded.problems == ()
    assert loaded.config is not None
    agent = loaded.config.projects[0].agent
    assert agent.provider is agent.providers[0]
    loaded = load_toml(text.replace('provider = "p"', "provider = 3"), {"TOKEN": "t"})
    assert [one.message for one in loaded.errors] == ["has to be text, found a whole number"]
    loaded = load_toml(text.replace('provider = "p"', 'provider = ""'), {"TOKEN": "t"})
    assert loaded.config is not None
    assert loaded.config.projects[0].agent.provider is None


def test_mistakes_in_options_are_told_beside_all_the_others(load_toml: Load) -> None:
    text = "x = 1\n" + TEXT.replace("mode", "mdoe").replace('name = "a"', 'nmae = "a"')
    loaded = settle(load_toml(text, {"TOKEN": "t"}), AGENTS, PLATFORMS)
    assert loaded.config is None
    assert [one.path for one in loaded.errors] == [
        "x",
        "projects[0].name",
        "projects[0].nmae",
        "projects[0].agent.options.mdoe",
    ]


def test_mistakes_in_options_of_a_parked_project_are_told(load_toml: Load) -> None:
    text = TEXT.replace("mode", "mdoe").replace('name = "a"', 'name = "a"\nbsy = 1')
    loaded = settle(load_toml(text, {"TOKEN": "t"}), AGENTS, PLATFORMS)
    (parked,) = loaded.parked
    assert len(parked.problems) == 2
