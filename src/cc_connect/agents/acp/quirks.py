"""Where an agent departs from the protocol, as data: a driver for all must know what is special."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quirks:
    """What is odd about one agent. An agent without entries here is taken at its word.

    Attributes:
        mode_echo: Speech that begins so is the agent telling its new mode, not words for a person.
        error_speech: Regular expression; a turn that ends well but whose last words match failed.
        silent_failure: A turn that ends well without any sign of work failed.
        late_replay: History goes on coming after `session/load` was answered.
        system_prompt: `session/new` takes instructions under `_meta.systemPrompt.append`.
        recordings: Below the home of the agent, the files of a session that it loses when it loads
            it (see `recordings`); `{short}` stands for the beginning of the session's id.
        modes: Our name of a mode -> the agent's, where they differ.
    """

    mode_echo: str = ""
    error_speech: str = ""
    silent_failure: bool = False
    late_replay: bool = False
    system_prompt: bool = False
    recordings: str = ""
    modes: Mapping[str, str] = field(default_factory=dict)


PLAIN = Quirks()
"""Nothing odd."""
