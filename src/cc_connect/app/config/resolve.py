"""Precedence: what holds in a project when a key can stand in several tables."""

from collections.abc import Mapping
from dataclasses import replace

from cc_connect.app.config.models import Config, ProjectConfig
from cc_connect.app.config.models_shared import Display
from cc_connect.app.config.problems import NOWHERE, Problems
from cc_connect.app.config.read import draft


def resolved(config: Config, data: Mapping[str, object]) -> Config:
    """The configuration with every project's shared keys filled in.

    Args:
        config: As it was read; tables with errors are as good as they could be made.
        data: The raw tables it was read from: only they tell what was set and what not.
    """
    shared = _table(data.get("display"))
    raw = data.get("projects")
    tables = raw if isinstance(raw, list) else []
    projects = []
    for project in config.projects:
        index = project.where.project
        own = _table(tables[index]) if index is not None and index < len(tables) else {}
        projects.append(_project(project, config, shared, own))
    display = _display(shared, {}, quiet=bool(config.quiet))
    return replace(config, display=display, projects=tuple(projects))


def _project(
    project: ProjectConfig,
    config: Config,
    shared: Mapping[str, object],
    own: Mapping[str, object],
) -> ProjectConfig:
    quiet = config.quiet if project.quiet is None else project.quiet
    display = _display(shared, _table(own.get("display")), quiet=bool(quiet))
    indicator, footer = project.show_context_indicator, project.reply_footer
    display = replace(
        display,
        show_context_indicator=display.show_context_indicator if indicator is None else indicator,
        reply_footer=display.reply_footer if footer is None else footer,
    )
    timeout = project.approval_timeout_mins
    return replace(
        project,
        display=display,
        quiet=bool(quiet),
        show_context_indicator=display.show_context_indicator,
        reply_footer=display.reply_footer,
        on_restart=project.on_restart or config.on_restart,
        approval_timeout_mins=config.approval_timeout_mins if timeout is None else timeout,
        shell=project.shell or config.shell,
        shell_profile=project.shell_profile or config.shell_profile,
    )


def _display(shared: Mapping[str, object], own: Mapping[str, object], *, quiet: bool) -> Display:
    """The display of a project. Mistakes in the tables have been told already."""
    merged = {**shared, **{key: value for key, value in own.items() if value != ""}}
    if not merged.get("mode") and quiet:
        merged["mode"] = "quiet"
    display = draft(Display, merged, NOWHERE, Problems())
    if display is None or display.mode == "full":
        return display or Display()
    return replace(
        display,
        thinking_messages=display.thinking_messages and "thinking_messages" in merged,
        tool_messages=display.tool_messages and "tool_messages" in merged,
    )


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
