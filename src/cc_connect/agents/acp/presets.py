"""The agents that are known by name, as data: how each is started and what is odd about it.

`verified` is the version and the day on which the driver was tried with the real program against a
mock of its model's service; the recorded frames are golden files of the tests. Where it is empty,
the entry is what the makers of the agent document: untested.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cc_connect.agents.acp.quirks import PLAIN, Quirks
from cc_connect.contract.agent import ModeSpec

_NPM = "npm install -g"
_ASKS = ModeSpec("default", "Asks before it changes files or runs commands")
_EDITS = ModeSpec("acceptEdits", "Edits files without asking, asks for commands", ("edit",))
_PLANS = ModeSpec("plan", "Looks and plans, changes nothing")
_FREE = ModeSpec("yolo", "Asks nothing (dangerous)", ("bypassPermissions",))
_AUTO = ModeSpec("auto", "Decides itself what is risky enough to ask")
_AUTO_EDIT = ModeSpec("acceptEdits", "Edits files without asking", ("edit", "auto-edit"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One agent.

    Attributes:
        name: What `type = ` says.
        display: What people see.
        command: The command with its arguments.
        install: One line that tells how to install it.
        sign_in: What to type on the machine to sign in.
        verified: Version and day of the trial with the real program; "" is untested.
        env: Environment it needs.
        env_pass: Patterns of our own environment that it may see, beyond what all agents see.
        auth: Variable of the environment -> the way of signing in that it stands for.
        modes: The modes, by our names.
        forks: It can continue a session as a copy.
        memory: The file in its folder that it reads as standing instructions.
        resume_command: How a person goes on in a terminal.
        ask_version: Arguments that make the command tell its version.
        quirks: Where it departs from the protocol.
    """

    name: str
    display: str
    command: tuple[str, ...]
    install: str = ""
    sign_in: str = ""
    verified: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    env_pass: tuple[str, ...] = ()
    auth: Mapping[str, str] = field(default_factory=dict)
    modes: tuple[ModeSpec, ...] = ()
    forks: bool = False
    memory: str = "AGENTS.md"
    resume_command: str = ""
    ask_version: tuple[str, ...] = ("--version",)
    quirks: Quirks = PLAIN


def _listed(
    name: str, display: str, command: str, install: str, sign_in: str = "", env: str = ""
) -> Preset:
    """One of the public registry of the protocol, as it is listed there: untested."""
    passed = tuple(f"{prefix}_*" for prefix in env.split())
    words = tuple(command.split())
    return Preset(
        name=name,
        display=display,
        command=words,
        install=install,
        sign_in=sign_in or words[0],
        env_pass=passed,
    )


_TABLE = (
    Preset(
        name="gemini",
        display="Gemini CLI",
        command=("gemini", "--acp"),
        install=f"{_NPM} @google/gemini-cli",
        sign_in="gemini",
        verified="0.61.0 (2026-11-20)",
        env={"GEMINI_CLI_NO_RELAUNCH": "true"},
        env_pass=("GEMINI_*",),
        auth={"GEMINI_API_KEY": "gemini-api-key"},
        modes=(_ASKS, _AUTO_EDIT, _PLANS, _FREE),
        memory="GEMINI.md",
        quirks=Quirks(
            mode_echo="[MODE_UPDATE]",
            late_replay=True,
            recordings=".gemini/tmp/*/chats/session-*-{short}.jsonl",
            modes={"acceptEdits": "autoEdit", "bypassPermissions": "yolo"},
        ),
    ),
    Preset(
        name="opencode",
        forks=True,
        display="OpenCode",
        command=("opencode", "acp"),
        install=f"{_NPM} opencode-ai",
        sign_in="opencode auth login",
        verified="1.18.33 (2026-11-20)",
        env_pass=("OPENCODE_*", "OPENAI_*", "OPENROUTER_*", "GEMINI_*", "DEEPSEEK_*", "GROQ_*"),
        modes=(
            ModeSpec("build", "Works; what it asks before is in opencode.json", ("default",)),
            _PLANS,
        ),
        resume_command="opencode --session {session}",
        quirks=Quirks(modes={"default": "build"}),
    ),
    Preset(
        name="qwen",
        display="Qwen Code",
        command=("qwen", "--acp"),
        install=f"{_NPM} @qwen-code/qwen-code",
        sign_in="qwen",
        verified="0.15.10 (2026-11-20)",
        env_pass=("OPENAI_*", "QWEN_*", "DASHSCOPE_*", "BAILIAN_*"),
        auth={"OPENAI_API_KEY": "openai"},
        modes=(_ASKS, _AUTO_EDIT, _PLANS, _FREE),
        memory="QWEN.md",
        resume_command="qwen --resume {session}",
        quirks=Quirks(modes={"acceptEdits": "auto-edit", "bypassPermissions": "yolo"}),
    ),
    Preset(
        name="copilot",
        display="GitHub Copilot",
        command=("copilot", "--acp"),
        install=f"{_NPM} @github/copilot",
        sign_in="copilot login",
        verified="1.0.102 (2026-11-20)",
        env_pass=("COPILOT_*", "GH_TOKEN", "GITHUB_TOKEN"),
        modes=(
            ModeSpec("agent", "Asks before it uses tools", ("default",)),
            _PLANS,
            ModeSpec("autopilot", "Goes on until it is done, asks nothing (dangerous)", ("yolo",)),
        ),
        resume_command="copilot --resume {session}",
        quirks=Quirks(
            error_speech=r"Error: \d{3} ",
            modes={"default": "agent", "yolo": "autopilot", "bypassPermissions": "autopilot"},
        ),
    ),
    Preset(
        name="kimi",
        forks=True,
        display="Kimi Code",
        command=("kimi", "acp"),
        install=f"{_NPM} @moonshot-ai/kimi-code",
        sign_in="kimi login",
        verified="2.1.0 (2026-11-20)",
        env_pass=("KIMI_*", "MOONSHOT_*"),
        modes=(_ASKS, _AUTO, _PLANS, _FREE),
        quirks=Quirks(silent_failure=True, modes={"bypassPermissions": "yolo"}),
    ),
    Preset(
        name="claude-acp",
        forks=True,
        display="Claude Code (ACP)",
        command=("claude-agent-acp",),
        install=f"{_NPM} @agentclientprotocol/claude-agent-acp",
        sign_in="claude",
        verified="0.49.0 (2026-11-20); 0.100.0 (recorded frames)",
        modes=(_ASKS, _EDITS, _PLANS, _AUTO),
        memory="CLAUDE.md",
        resume_command="claude --resume {session}",
        quirks=Quirks(system_prompt=True, modes={"edit": "acceptEdits"}),
    ),
    Preset(
        name="codex-acp",
        forks=True,
        display="Codex (ACP)",
        command=("codex-acp",),
        install=f"{_NPM} @agentclientprotocol/codex-acp",
        sign_in="codex login",
        verified="2.6.0 (2026-11-20)",
        env_pass=("CODEX_*", "OPENAI_*"),
        modes=(
            ModeSpec("read-only", "Asks before it changes files or uses the network", ("suggest",)),
            ModeSpec("workspace-write", "Edits in the folder, asks beyond it", ("default",)),
            ModeSpec("agent", "Decides itself what is risky enough to ask", ("auto",)),
            ModeSpec("agent-full-access", "Asks nothing (dangerous)", ("yolo",)),
        ),
        # Its own default mode never asks a person, so ours is another one.
        quirks=Quirks(
            modes={
                "": "workspace-write",
                "default": "workspace-write",
                "suggest": "read-only",
                "acceptEdits": "workspace-write",
                "yolo": "agent-full-access",
                "bypassPermissions": "agent-full-access",
            }
        ),
    ),
    Preset(
        name="cursor",
        display="Cursor",
        command=("cursor-agent", "acp"),
        install="see cursor.com/cli",
        sign_in="cursor-agent login",
        env_pass=("CURSOR_*",),
    ),
    Preset(
        name="qoder",
        display="Qoder",
        command=("qodercli", "--acp"),
        install=f"{_NPM} @qoder-ai/qodercli",
        sign_in="qodercli",
        env_pass=("QODER_*",),
    ),
    Preset(
        name="iflow",
        display="iFlow",
        command=("iflow", "--experimental-acp"),
        install=f"{_NPM} @iflow-ai/iflow-cli",
        sign_in="iflow",
        env_pass=("IFLOW_*",),
        memory="IFLOW.md",
    ),
    Preset(
        name="devin",
        display="Devin",
        command=("devin", "acp"),
        install="see docs.devin.ai",
        sign_in="devin auth login",
        env_pass=("DEVIN_*",),
    ),
    Preset(
        name="goose",
        display="Goose",
        command=("goose", "acp"),
        install="see github.com/block/goose",
        sign_in="goose configure",
        env_pass=("GOOSE_*", "OPENAI_*"),
        memory=".goosehints",
    ),
    Preset(
        name="openclaw",
        display="OpenClaw",
        command=("openclaw", "acp"),
        install=f"{_NPM} openclaw",
        sign_in="openclaw onboard",
        env_pass=("OPENCLAW_*",),
    ),
    Preset(
        name="auggie",
        display="Auggie",
        command=("auggie", "--acp"),
        install=f"{_NPM} @augmentcode/auggie",
        sign_in="auggie login",
        env_pass=("AUGMENT_*",),
    ),
    Preset(
        name="vibe",
        display="Mistral Vibe",
        command=("vibe-acp",),
        install="pip install mistral-vibe",
        sign_in="vibe --setup",
        env_pass=("MISTRAL_*",),
    ),
    Preset(
        name="fast-agent",
        display="fast-agent",
        command=("fast-agent-acp",),
        install="pip install fast-agent-acp",
        env_pass=("OPENAI_*",),
    ),
    _listed("amp", "Amp", "amp-acp", "see github.com/tao12345666333/amp-acp", "amp login", "AMP"),
    _listed("cline", "Cline", "cline --acp", f"{_NPM} cline", "cline auth"),
    _listed(
        *("codebuddy", "CodeBuddy Code", "codebuddy --acp"),
        *(f"{_NPM} @tencent-ai/codebuddy-code", "codebuddy", "CODEBUDDY"),
    ),
    _listed("cortex", "Cortex Code", "cortex acp serve", "see docs.snowflake.com", env="SNOWFLAKE"),
    _listed(
        *("corust", "Corust Agent", "corust-agent-acp"),
        "see github.com/Corust-ai/corust-agent-release",
    ),
    _listed("dirac", "Dirac", "dirac --acp", f"{_NPM} dirac-cli"),
    _listed(
        *("droid", "Factory Droid", "droid exec --output-format acp-daemon"),
        *(f"{_NPM} droid", "droid", "FACTORY"),
    ),
    _listed("glm", "GLM Agent", "glm-acp-agent", f"{_NPM} glm-acp-agent", env="Z_AI ZAI GLM"),
    _listed(
        *("grok", "Grok Build", "grok agent stdio"),
        *(f"{_NPM} @xai-official/grok", "grok", "XAI GROK"),
    ),
    _listed("harn", "Harn", "harn serve acp", "see harnlang.com"),
    _listed("junie", "Junie", "junie --acp=true", "see junie.jetbrains.com", env="JUNIE"),
    _listed("kilo", "Kilo", "kilo acp", f"{_NPM} @kilocode/cli", "kilo auth login", "KILO"),
    _listed("minion", "Minion Code", "minion-code acp", "pip install minion-code"),
    _listed("nova", "Nova", "nova acp", f"{_NPM} @compass-ai/nova"),
    _listed("pi-acp", "pi (ACP)", "pi-acp", f"{_NPM} pi-acp @mariozechner/pi-coding-agent", "pi"),
    _listed("poolside", "Poolside", "pool acp", "see poolside.ai"),
    _listed("sigit", "siGit Code", "sigit", f"{_NPM} @smbcloud/sigit"),
    _listed("stakpak", "Stakpak", "stakpak acp", "see github.com/stakpak/agent", env="STAKPAK"),
)

ACP = Preset(name="acp", display="ACP", command=())
"""Any agent of the protocol: `cmd` says which."""

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in _TABLE}
"""All that are known, by name."""
