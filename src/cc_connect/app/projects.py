"""From the configuration to projects that can be run: agents built, rules worked out."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog

from cc_connect.app.config.models import AUTO, Config, PlatformConfig, ProjectConfig
from cc_connect.app.config.shown import shown
from cc_connect.app.discovery import PluginFailed, Shelf
from cc_connect.app.others import OtherAgents
from cc_connect.app.suppliers import supplier_of, suppliers
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.platform import ProgressStyle
from cc_connect.contract.plugin import AgentContext, AgentPlugin
from cc_connect.core.admission import Policy
from cc_connect.core.display import Display
from cc_connect.core.texts import Language, language_of
from cc_connect.core.turn.mail import OnRestart
from cc_connect.core.turn.state import Busy
from cc_connect.procs.family import MARKER
from cc_connect.runtime.prewarmed import Prewarmed
from cc_connect.runtime.settings import MINUTE, LongAnswer, PeopleRole, Project, Timeouts

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
        guests: Platform instances of other projects that serve a project, too.
    """

    environ: Mapping[str, str]
    data: Path
    marker: Mapping[str, str]
    instances: Mapping[tuple[str, int], str]
    guests: Mapping[str, tuple[tuple[str, PlatformConfig], ...]] = field(default_factory=dict)

    def serving(self, project: ProjectConfig) -> Iterator[tuple[str, PlatformConfig]]:
        """The platform instances of a project, with their configuration."""
        for place, platform in enumerate(project.platforms):
            instance = self.instances.get((project.name, place))
            if instance is not None:
                yield instance, platform
        yield from self.guests.get(project.name, ())


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
    options = _with_provider(options, project, kind)
    context = AgentContext(
        project=project.name,
        options=options,
        environ=around.environ,
        folder=around.data / "agents" / project.name,
        marker=around.marker,
    )
    agent = plugin.build(context)
    spec = _spec(options, project, around)
    known, keys = suppliers(project, kind, options)
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
    made = Project(
        name=project.name,
        agent=Prewarmed(agent) if project.prewarm else agent,
        agent_type=kind,
        spec=spec,
        sign_in=plugin.sign_in or kind,
        language=language_for(config.language, around.environ),
        display=display_of(project, preview=config.stream_preview.enabled),
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
        suppliers=known,
        supplier=project.agent.provider.name if project.agent.provider else "",
        keys=keys,
        approvers=frozenset(name.lower() for name in project.approvers),
        roles=_roles(project),
        default_role=(project.users.default_role if project.users else None) or "member",
        configured=shown(config, project),
        reset_on_idle=project.reset_on_idle_mins * MINUTE,
        terminal_sessions=not project.filter_external_sessions,
        merge_queued=project.merge_queued,
        roots=tuple(str(root) for root in project.allow_roots),
        environ=around.environ,
        marker=around.marker.get(MARKER, "unnamed"),
        pace=(config.rate_limit.max_messages, config.rate_limit.window_secs),
    )
    if kind == FALLBACK:
        return made
    hidden = frozenset({FALLBACK})
    return replace(
        made,
        others=OtherAgents(made, shelf, lambda chosen: replace(context, options=chosen), hidden),
    )


def _default_options(plugin: AgentPlugin, project: ProjectConfig, *, demo: bool) -> Any:  # noqa: ANN401 - the plug-in's own class
    options = plugin.options()
    wanted = project.agent.options.get("work_dir")
    if isinstance(wanted, str) and not demo:
        return replace(options, work_dir=wanted)
    return options


def _with_provider(options: Any, project: ProjectConfig, kind: str) -> Any:  # noqa: ANN401 - the plug-in's own class
    """The model of the chosen provider, where the agent's own options name none."""
    provider = project.agent.provider
    if provider is None or not hasattr(options, "model") or options.model:
        return options
    return replace(options, model=supplier_of(provider, kind).model)


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


def display_of(project: ProjectConfig, *, preview: bool) -> Display:
    """What of a turn is shown in a project; `preview` shows answers while they grow."""
    display = project.display
    return Display(
        thinking=display.thinking_messages,
        tools=display.tool_messages,
        text=display.mode != "quiet" and preview,
        thinking_max=display.thinking_max_len,
        tool_max=display.tool_max_len,
        changes=display.mode != "quiet",
        footer=display.reply_footer,
        footer_folder=project.show_workdir_indicator,
        footer_context=display.show_context_indicator,
    )


def _roles(project: ProjectConfig) -> Mapping[str, PeopleRole]:
    roles = project.users.roles if project.users else {}
    made = {}
    for name, role in roles.items():
        limit = role.rate_limit
        made[name.lower()] = PeopleRole(
            frozenset(one.lower() for one in role.user_ids),
            frozenset(one.lstrip("/") for one in role.disabled_commands),
            (limit.max_messages, limit.window_secs) if limit else None,
        )
    return made


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
    for instance, platform in around.serving(project):
        allowed = frozenset(str(one).lower() for one in _option(platform, "allow_from", ()))
        if "*" in allowed:
            log.warning(
                'allow_from = "*" lets EVERYBODY who can reach the bot run the agent',
                project=project.name,
                platform=platform.type,
            )
        policies[instance] = Policy(allowed, admins, banned)
    return policies


def _styles(project: ProjectConfig, around: Surroundings) -> Mapping[str, ProgressStyle]:
    styles = {}
    for instance, platform in around.serving(project):
        style = _option(platform, "progress_style", "")
        if style:
            styles[instance] = ProgressStyle(style)
    return styles


def _long_answers(project: ProjectConfig, around: Surroundings) -> Mapping[str, LongAnswer]:
    answers = {WEB: LongAnswer.SPLIT}
    for instance, platform in around.serving(project):
        if instance != WEB:
            wanted = _option(platform, "long_answer") or project.long_answer
            answers[instance] = LongAnswer(wanted)
    return answers


def _shared(project: ProjectConfig, around: Surroundings) -> frozenset[str]:
    shared = set()
    for instance, platform in around.serving(project):
        if _option(platform, "share_session_in_channel"):
            shared.add(instance)
    return frozenset(shared)


def _option(platform: PlatformConfig, name: str, default: Any = None) -> Any:  # noqa: ANN401 - options are the plug-in's own
    """An option that the program itself acts on, whatever the platform."""
    return getattr(platform.settings, name, default)
