"""The configuration as people see it in a chat: what is set, and never a secret."""

from pathlib import Path

from cc_connect.agents.claudecode import plugin as claude
from cc_connect.app.config import settle
from cc_connect.app.config.shown import shown
from cc_connect.app.discovery import agents
from cc_connect.app.projects import Surroundings, build_project
from cc_connect.core.spec import ModelChoice, Supplier
from cc_connect.platforms.discord import plugin as discord
from tests.app.config.conftest import Load

TEXT = """
language = "zh"
[[providers]]
name = "kimi"
api_key = "key-one"
base_url = "https://me:pass-two@kimi.example"
model = "k2"
models = [{ model = "k2" }, { model = "k2-turbo", alias = "fast" }]
env = { EXTRA = "env-three" }
[[projects]]
name = "demo"
busy = "steer"
admin_from = "ann, bob"
[projects.users.roles.member]
user_ids = ["*"]
[projects.users.roles.lead]
user_ids = ["ann"]
rate_limit = { max_messages = 1, window_secs = 60 }
disabled_commands = ["/shell"]
[projects.agent]
type = "claudecode"
provider_refs = ["kimi"]
[projects.agent.options]
work_dir = "."
provider = "kimi"
env = { OWN_TOKEN = "token-four", ANTHROPIC_API_KEY = "key-five" }
[[projects.platforms]]
type = "discord"
[projects.platforms.options]
token = "token-six"
"""
SECRETS = ("key-one", "pass-two", "env-three", "token-four", "key-five", "token-six")


def test_no_secret_is_shown_and_what_is_set_is(load_toml: Load) -> None:
    loaded = settle(load_toml(TEXT), {"claudecode": claude.options}, {"discord": discord.options})
    assert loaded.config is not None
    (project,) = loaded.config.projects
    text = shown(loaded.config, project)
    assert not [secret for secret in SECRETS if secret in text]
    lines = text.splitlines()
    assert 'language = "zh"' in lines
    assert 'projects.busy = "steer"' in lines
    assert 'projects.admin_from = ["ann", "bob"]' in lines
    assert 'projects.platforms.1.options.token = "•••"' in lines
    assert 'providers.1.base_url = "https://•••@kimi.example"' in lines
    assert 'providers.1.models.2.alias = "fast"' in lines


def test_providers_and_roles_come_into_the_project(load_toml: Load, tmp_path: Path) -> None:
    loaded = settle(load_toml(TEXT), {"claudecode": claude.options}, {"discord": discord.options})
    assert loaded.config is not None
    (project,) = loaded.config.projects
    around = Surroundings({"PATH": "/bin"}, tmp_path, {}, {})
    built = build_project(loaded.config, project, agents(frozenset()), around)
    (kimi,) = built.suppliers
    assert kimi == Supplier(
        "kimi",
        "https://•••@kimi.example",
        "k2",
        (ModelChoice("k2"), ModelChoice("k2-turbo", "fast")),
    )
    assert (built.supplier, built.spec.model) == ("kimi", "k2")
    # What the agent's own options say goes before the provider.
    assert built.keys["kimi"].keys() == {"ANTHROPIC_BASE_URL", "EXTRA"}
    name, lead = built.role_of("Ann")
    assert lead is not None
    assert (name, lead.pace, lead.disabled) == ("lead", (1, 60), frozenset({"shell"}))
    assert built.role_of("bob")[0] == "member"
