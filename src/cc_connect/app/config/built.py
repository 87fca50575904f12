"""What of the configuration works already. Flip a switch here when its feature is there.

A key whose switch is off is read and checked like any other, and the person is told that it has no
effect yet. The models name these switches in the `built` entry of a field's metadata.
"""

from typing import Final

AGENTS: Final = frozenset(
    {
        *("acp", "auggie", "claude-acp", "claudecode", "codex", "codex-acp", "copilot", "cursor"),
        *("demo", "devin", "fast-agent", "gemini", "goose", "iflow", "kimi", "openclaw"),
        *("opencode", "qoder", "qwen", "vibe"),
        *("amp", "cline", "codebuddy", "cortex", "corust", "dirac", "droid", "glm", "grok"),
        *("harn", "junie", "kilo", "minion", "nova", "pi-acp", "poolside", "sigit", "stakpak"),
    }
)
"""Agents of this distribution; the app adds those that it discovers."""

PLATFORMS: Final = frozenset({"discord", "web", "weibo"})
"""Chat platforms of this distribution; the app adds those that it discovers."""

ALLOW_ROOTS: Final = True
ATTACHMENT_SEND: Final = False
AUTO_COMPRESS: Final = False
BRIDGE: Final = False
COMMANDS: Final = True
CRON: Final = False
EXTERNAL_SESSIONS: Final = True
HEARTBEAT: Final = False
HOOKS: Final = False
INSTANT_REPLY: Final = False
LIVE_AGENTS_LIMIT: Final = True
MERGE_QUEUED: Final = True
OBSERVE: Final = False
OUTGOING_RATE_LIMIT: Final = False
PREVIEW_TUNING: Final = False
PREWARM: Final = True
PROVIDER_MODELS: Final = True
PROVIDER_CODEX: Final = False
PROVIDER_OVERRIDES: Final = True
PROVIDER_PRESETS: Final = False
PROVIDER_THINKING: Final = False
REFERENCES: Final = False
RELAY: Final = False
RESET_ON_IDLE: Final = True
ROLES: Final = True
RUN_AS_USER: Final = False
SHELL: Final = False
SPEECH: Final = False
TTS: Final = False
WEBHOOK: Final = False
WORKSPACES: Final = False
