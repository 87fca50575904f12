"""From the configuration to projects that can be run: agents built, rules worked out."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from cc_connect.app.config.models import AUTO, Config, PlatformConfig, ProjectConfig
from cc_connect.app.discovery import PluginFailed, Shelf
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.platform import ProgressStyle
from cc_connect.contract.plugin import AgentContext, AgentPlugin
from cc_connect.core.admission import Policy
from cc_connect.core.display import Display
from cc_connect.core.texts import Language, language_of
from cc_connect.core.turn.mail import OnRestart
from cc_connect.core.turn.state import Busy
from cc_connect.procs.family import MARKER
from cc_connect.runtime.settings import MINUTE, LongAnswer, Project, Timeouts

FALLBACK = "demo"
PREFERRED = "claudecode"
WEB = "web"
MIB = 1024 * 1024

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What drivers are built with, beyond their options.

    Attributes:
        environ: The environment of this program.
        data: The data folder.
        marker: The environment that marks our children.
        instances: Platform instance by (project, place of the platform in it).
    """

    environ: Mapping[str, str]
    data: Path
    marker: Mapping[str, str]
    instances: Mapping[tuple[str, int], str]


class ProjectFailed(Exception):
    """A project cannot be run; the text says why and what to do."""


def find_agent(shelf: Shelf[AgentPlugin], environ: Mapping[str, str]) -> tuple[str, str]:
    """The agent to use when none is named: the first installed one, else the demo agent.

    Returns:
        Its name, and a line for people when it is only the demo agent.
    """
    others = sorted(shelf.names - {PREFERRED, FALLBACK})
    hints = []
    for name in (PREFERRED, *others):
        if name not in shelf.names:
            continue
        try:
            plugin = shelf.load(name)
        except PluginFailed as error:
            log.warning("plug-in left out", reason=str(error))
            continue
        if plugin.automatic and plugin.find(environ) is not None:
            return name, ""
        if plugin.install:
            hints.append(plugin.install)
    hint = hints[0] if hints else ""
    return FALLBACK, hint


def build_project(
    config: Config, project: ProjectConfig, shelf: Shelf[AgentPlugin], around: Surroundings
) -> Project:
    """Make a project of its configuration.

    Raises:
        ProjectFailed: Its agent or its folder is not there.
    """
    kind = project.agent.type
    hint = ""
    if kind == AUTO:
        kind, hint = find_agent(shelf, around.environ)
    try:
        plugin = shelf.load(kind)
    except (KeyError, PluginFailed) as error:
        raise ProjectFailed(f"agent {kind}: {error}") from error
    options = project.agent.settings
    if not isinstance(options, plugin.options):
        options = _default_options(plugin, project, demo=bool(hint) or kind == FALLBACK)
    options = _with_provider(options, project)
    context = AgentContext(
        project=project.name,
        options=options,
        environ=around.environ,
        folder=around.data / "agents" / project.name,
        marker=around.marker,
    )
    agent = plugin.build(context)
    spec = _spec(options, project, around)
    own_folder = agent.features().folder
    if own_folder:
        spec = replace(spec, cwd=own_folder)
    elif not os.path.isdir(spec.cwd):  # noqa: PTH112 - as the system sees it
        log.error(
            "work_dir is not there; make it, or mend the configuration",
            project=project.name,
            work_dir=spec.cwd,
        )
    installed = kind == FALLBACK or plugin.find(around.environ) is not None
    if not installed and getattr(options, "cmd", None) == getattr(plugin.options(), "cmd", ""):
        log.warning(
            "the agent is not installed here; its turns will say so",
            project=project.name,
            agent=kind,
            install=plugin.install,
        )
    if hint:
        log.warning("no coding agent found; the demo agent answers", project=project.name)
    return Project(
        name=project.name,
        agent=agent,
        agent_type=kind,
        spec=spec,
        sign_in=plugin.sign_in or kind,
        language=language_for(config.language, around.environ),
        display=_display(project, preview=config.stream_preview.enabled),
        busy=Busy(project.busy),
        queue_limit=config.queue.max_depth,
        timeouts=_timeouts(config, project),
        on_restart=OnRestart(project.on_restart or config.on_restart),
        catch_up_max_age=config.catch_up_max_age_mins * MINUTE,
        inject_sender=project.inject_sender,
        disabled_commands=frozenset(name.lstrip("/") for name in project.disabled_commands),
        policies=_policies(config, project, around),
        styles=_styles(project, around),
        shared=_shared(project, around),
        attachment_limit=config.max_attachment_size_mb * MIB,
        long_answers=_long_answers(project, around),
        aliases={alias.name: alias.command for alias in config.aliases},
        reset_on_idle=project.reset_on_idle_mins * MINUTE,
        terminal_sessions=not project.filter_external_sessions,
        merge_queued=project.merge_queued,
        roots=tuple(str(root) for root in project.allow_roots),
        environ=around.environ,
        marker=around.marker.get(MARKER, "unnamed"),
        pace=(config.rate_limit.max_messages, config.rate_limit.window_secs),
    )


def _default_options(plugin: AgentPlugin, project: ProjectConfig, *, demo: bool) -> Any:  # noqa: ANN401 - the plug-in's own class
    options = plugin.options()
    wanted = project.agent.options.get("work_dir")
    if isinstance(wanted, str) and not demo:
        return replace(options, work_dir=wanted)
    return options


def _with_provider(options: Any, project: ProjectConfig) -> Any:  # noqa: ANN401 - the plug-in's own class
    """The chosen provider's key, address and environment, where the project's own does not say."""
    provider = project.agent.provider
    if provider is None or not hasattr(options, "env"):
        return options
    env = dict(provider.env)
    if provider.api_key:
        env.setdefault("ANTHROPIC_API_KEY", provider.api_key)
    if provider.base_url:
        env.setdefault("ANTHROPIC_BASE_URL", provider.base_url)
    env.update(options.env)
    changes: dict[str, Any] = {"env": env}
    if provider.model and not options.model:
        changes["model"] = provider.model
    return replace(options, **changes)


def _spec(options: Any, project: ProjectConfig, around: Surroundings) -> SessionSpec:  # noqa: ANN401 - the plug-in's own class
    work_dir = getattr(options, "work_dir", "") or "."
    cwd = os.path.abspath(os.path.expanduser(work_dir))  # noqa: PTH100, PTH111 - no resolving
    return SessionSpec(
        cwd=cwd,
        model=getattr(options, "model", ""),
        effort=getattr(options, "reasoning_effort", ""),
        mode=getattr(options, "mode", ""),
        env={"CC_PROJECT": project.name, "CC_DATA_DIR": str(around.data)},
    )


def language_for(configured: str, environ: Mapping[str, str]) -> Language:
    """The configured language, else that of the machine, else English."""
    if configured:
        return language_of(configured) or Language.ENGLISH
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return language_of(environ[name]) or Language.ENGLISH
    return Language.ENGLISH


def _display(project: ProjectConfig, *, preview: bool) -> Display:
    shown = project.display
    return Display(
        thinking=shown.thinking_messages,
        tools=shown.tool_messages,
        text=shown.mode != "quiet" and preview,
        thinking_max=shown.thinking_max_len,
        tool_max=shown.tool_max_len,
        changes=shown.mode != "quiet",
        footer=shown.reply_footer,
        footer_folder=project.show_workdir_indicator,
        footer_context=shown.show_context_indicator,
    )


def _timeouts(config: Config, project: ProjectConfig) -> Timeouts:
    approval = project.approval_timeout_mins
    if approval is None:
        approval = config.approval_timeout_mins
    return Timeouts(
        silence=config.idle_timeout_mins * MINUTE,
        turn=config.max_turn_time_mins * MINUTE,
        request=approval * MINUTE,
        session=project.agent_session_idle_timeout_mins * MINUTE,
    )


def _policies(config: Config, project: ProjectConfig, around: Surroundings) -> Mapping[str, Policy]:
    admins = frozenset(name.lower() for name in project.admin_from)
    banned = tuple(word.lower() for word in config.banned_words)
    policies = {WEB: Policy(admins=admins, banned=banned)}
    for place, platform in enumerate(project.platforms):
        allowed = frozenset(str(one).lower() for one in _option(platform, "allow_from", ()))
        if "*" in allowed:
            log.warning(
                'allow_from = "*" lets EVERYBODY who can reach the bot run the agent',
                project=project.name,
                platform=platform.type,
            )
        instance = around.instances.get((project.name, place))
        if instance is not None:
            policies[instance] = Policy(allowed, admins, banned)
    return policies


def _styles(project: ProjectConfig, around: Surroundings) -> Mapping[str, ProgressStyle]:
    styles = {}
    for place, platform in enumerate(project.platforms):
        style = _option(platform, "progress_style", "")
        instance = around.instances.get((project.name, place))
        if style and instance is not None:
            styles[instance] = ProgressStyle(style)
    return styles


def _long_answers(project: ProjectConfig, around: Surroundings) -> Mapping[str, LongAnswer]:
    answers = {WEB: LongAnswer.SPLIT}
    for place, platform in enumerate(project.platforms):
        instance = around.instances.get((project.name, place))
        if instance is not None and instance != WEB:
            wanted = _option(platform, "long_answer") or project.long_answer
            answers[instance] = LongAnswer(wanted)
    return answers


def _shared(project: ProjectConfig, around: Surroundings) -> frozenset[str]:
    shared = set()
    for place, platform in enumerate(project.platforms):
        instance = around.instances.get((project.name, place))
        if instance is not None and _option(platform, "share_session_in_channel"):
            shared.add(instance)
    return frozenset(shared)


def _option(platform: PlatformConfig, name: str, default: Any = None) -> Any:  # noqa: ANN401 - options are the plug-in's own
    """An option that the program itself acts on, whatever the platform."""
    return getattr(platform.settings, name, default)
