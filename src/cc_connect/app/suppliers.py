"""Providers of the configuration: what people may know of them, and what an agent needs."""

from collections.abc import Mapping

from cc_connect.app.config.models import ProjectConfig
from cc_connect.app.config.models_shared import Provider
from cc_connect.app.config.shown import without_login
from cc_connect.core.spec import ModelChoice, Supplier

VARIABLES: Mapping[str, tuple[str, str]] = {
    "claudecode": ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    "opencode": ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    "codex": ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
    "iflow": ("IFLOW_API_KEY", "IFLOW_BASE_URL"),
}
"""By agent: the variables in which it looks for its key and for the address of the service."""


def supplier_of(provider: Provider, kind: str) -> Supplier:
    """What people may know of a provider, for this kind of agent."""
    models = provider.agent_model_lists.get(kind, provider.models)
    return Supplier(
        provider.name,
        without_login(provider.endpoints.get(kind, provider.base_url)),
        provider.agent_models.get(kind, provider.model),
        tuple(ModelChoice(one.model, one.alias) for one in models),
    )


def keys_of(provider: Provider, kind: str, own: Mapping[str, str]) -> Mapping[str, str]:
    """The environment that an agent needs for a provider; what is in its own goes first."""
    key, address = VARIABLES.get(kind, VARIABLES["claudecode"])
    where = provider.endpoints.get(kind, provider.base_url)
    given = {key: provider.api_key, address: where}
    env = {name: value for name, value in given.items() if value} | dict(provider.env)
    return {name: value for name, value in env.items() if name not in own}


def suppliers(
    project: ProjectConfig, kind: str, options: object
) -> tuple[tuple[Supplier, ...], Mapping[str, Mapping[str, str]]]:
    """The providers of a project, and their environments by name."""
    own = getattr(options, "env", {})
    there = project.agent.providers
    return (
        tuple(supplier_of(one, kind) for one in there),
        {one.name: keys_of(one, kind, own) for one in there},
    )
