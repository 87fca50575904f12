"""What of a changed configuration holds at once, and what needs a restart."""

from dataclasses import fields

from cc_connect.app.config.models import Config

AT_ONCE = frozenset(
    {
        "approval_timeout_mins",
        "aliases",
        "banned_words",
        "catch_up_max_age_mins",
        "display",
        "idle_timeout_mins",
        "language",
        "log",
        "max_attachment_size_mb",
        "max_live_agents",
        "max_turn_time_mins",
        "on_restart",
        "projects",
        "queue",
        "quiet",
        "rate_limit",
        "stream_preview",
    }
)
"""Keys at the top level that hold from the next message on."""


def changed(config: Config, found: Config) -> tuple[str, ...]:
    """The keys at the top level that are not the same."""
    kept = (one.name for one in fields(Config) if one.compare)
    return tuple(name for name in kept if getattr(config, name) != getattr(found, name))


def needing_restart(config: Config, found: Config) -> tuple[str, ...]:
    """What of it waits for a restart: keys, and projects by name.

    Of a project that is its agent, and what its platforms themselves read; people who are let in
    stand there too, and hold at once.
    """
    names = [name for name in changed(config, found) if name not in AT_ONCE]
    before = {project.name: project for project in config.projects}
    after = {project.name: project for project in found.projects}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None or new is None or (old.agent, old.platforms) != (new.agent, new.platforms):
            names.append(f"projects.{name}")
    return tuple(names)


def same_places(config: Config, found: Config) -> bool:
    """Whether both have the same projects on the same platforms, whatever their options."""
    return _places(config) == _places(found)


def _places(config: Config) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (project.name, tuple(platform.type for platform in project.platforms))
        for project in config.projects
    ]
