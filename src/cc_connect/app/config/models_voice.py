"""`[speech]` (voice messages to text) and `[tts]` (answers to voice)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

_HTTP = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceService:
    """`[speech.<service>]` and `[tts.<service>]`: an account with a service."""

    api_key: str = field(default="", repr=False, metadata={"doc": "Its key.", "secret": True})
    base_url: str = field(
        default="",
        metadata={"doc": "Its address.", "default": "the service's own", "starts": _HTTP},
    )
    model: str = field(
        default="", metadata={"doc": "Its model.", "default": "a usual one of the service"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimaxService(VoiceService):
    """`[tts.minimax]`."""

    config_file: str = field(
        default="",
        metadata={
            "doc": "JSON file with the account.",
            "default": "config/minimax.json in the data folder",
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """`[speech]`."""

    enabled: bool = field(default=False, metadata={"doc": "Write down voice messages."})
    provider: Literal["openai", "groq", "qwen", "gemini"] = field(
        default="openai", metadata={"doc": "Which service does it."}
    )
    language: str = field(
        default="", metadata={"doc": "Language that is spoken, as `en`.", "default": "heard"}
    )
    openai: VoiceService = field(
        default_factory=VoiceService, metadata={"doc": "Account with OpenAI or a likeness of it."}
    )
    groq: VoiceService = field(default_factory=VoiceService, metadata={"doc": "Account with Groq."})
    qwen: VoiceService = field(default_factory=VoiceService, metadata={"doc": "Account with Qwen."})
    gemini: VoiceService = field(
        default_factory=VoiceService, metadata={"doc": "Account with Gemini."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """`[tts.agents.<project>]`, and the same keys in `[tts]` for all projects."""

    provider: Literal["qwen", "openai", "minimax", "mimo", "espeak", "pico", "edge"] = field(
        default="openai", metadata={"doc": "Which service or program speaks."}
    )
    voice: str = field(
        default="", metadata={"doc": "Its voice.", "default": "a usual one of the service"}
    )
    voice_id: str = field(default="", metadata={"doc": "Its voice by id; goes before `voice`."})
    speed: float = field(default=0.0, metadata={"doc": "How fast; 0 = as usual.", "min": 0})
    language_type: str = field(
        default="", metadata={"doc": "Language that is spoken.", "default": "heard"}
    )
    max_text_len: int = field(
        default=0, metadata={"doc": "Longer answers are not spoken; 0 = no limit.", "min": 0}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tts(Voice):
    """`[tts]`."""

    enabled: bool = field(default=False, metadata={"doc": "Speak answers."})
    tts_mode: Literal["voice_only", "always"] = field(
        default="voice_only",
        metadata={"doc": "Only after a voice message, or always.", "forgiving": True},
    )
    agents: Mapping[str, Voice] = field(
        default_factory=dict, metadata={"doc": "Other voices for single projects, by name."}
    )
    openai: VoiceService = field(
        default_factory=VoiceService, metadata={"doc": "Account with OpenAI or a likeness of it."}
    )
    qwen: VoiceService = field(default_factory=VoiceService, metadata={"doc": "Account with Qwen."})
    minimax: MinimaxService = field(
        default_factory=MinimaxService, metadata={"doc": "Account with MiniMax."}
    )
    mimo: VoiceService = field(default_factory=VoiceService, metadata={"doc": "Account with MiMo."})
