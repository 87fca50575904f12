"""How a session is opened: the configuration, and on top of it what people set in the chat."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from cc_connect.contract.agent import SessionSpec

MODE = "mode"
MODEL = "model"
EFFORT = "effort"
FOLDER = "cwd"
LANGUAGE = "language"
DETAIL = "detail"
STYLE = "style"
PROVIDER = "provider"
BUSY = "busy"
AGENT = "agent"
HANDED = "handed"
"""What an agent is told about the time before it: set by the change of the agent."""
PREFERENCES = (MODE, MODEL, EFFORT, FOLDER, LANGUAGE, DETAIL, STYLE, PROVIDER, BUSY, AGENT)

OWN_ACCOUNT = "none"
"""In place of a provider's name: the agent's own account."""


class Source(StrEnum):
    """Where a setting comes from."""

    SESSION = "session"  # the agent changed it itself, as after an approved plan
    CONVERSATION = "conversation"  # somebody set it here
    PROJECT = "project"  # an admin made it the project's default
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that can be chosen; `alias` is a short name for it."""

    name: str
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who can serve models, without its key: a provider of the configuration."""

    name: str
    address: str = ""
    model: str = ""
    models: tuple[ModelChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Which session is meant: our name, the agent's id to resume, and whether as a copy."""

    session: str
    resume: str | None = None
    fork: bool = False

    @classmethod
    def of(cls, spec: SessionSpec) -> Self:
        """The one that a spec names."""
        return cls(spec.session, spec.resume, spec.fork)


def resolve(base: SessionSpec, preferences: Mapping[str, str], identity: Identity) -> SessionSpec:
    """The spec for the next opening: configuration < preferences; the identity is neither's."""
    return replace(
        base,
        session=identity.session,
        resume=identity.resume,
        fork=identity.fork,
        mode=preferences.get(MODE, base.mode),
        model=preferences.get(MODEL, base.model),
        effort=preferences.get(EFFORT, base.effort),
        cwd=preferences.get(FOLDER, base.cwd),
        instructions="\n\n".join(filter(None, (base.instructions, preferences.get(HANDED, "")))),
    )
