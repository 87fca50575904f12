"""Finding and reading `config.toml`."""

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cc_connect.app.config import built
from cc_connect.app.config.checks import (
    check_accounts,
    check_exposure,
    check_kinds,
    check_names,
    check_ports,
    left_out,
    offer_for,
    providers_of,
)
from cc_connect.app.config.describe import elsewhere
from cc_connect.app.config.locate import Keys, Spot, normal
from cc_connect.app.config.models import AUTO, AgentConfig, Config, ProjectConfig
from cc_connect.app.config.outcome import Loaded, sorted_out
from cc_connect.app.config.problems import ConfigError, Problems, Source, Where
from cc_connect.app.config.read import draft
from cc_connect.app.config.resolve import resolved
from cc_connect.app.config.substitute import Substituted, substitute
from cc_connect.app.config.syntax import Mistake, parse

MAX_BYTES = 1024 * 1024
"""Largest file that is read; a large real one has some 50 KB."""

FILE_NAME = "config.toml"
ATTACHMENT_LIMIT = "CC_MAX_ATTACHMENT_SIZE_MB"
_DIGITS = 9


def find_config(flag: Path | None, cwd: Path, home: Path) -> Path | None:
    """Which file to read: the flag's, else the folder's, else the one at home.

    Args:
        flag: What `--config` says; taken as it is, whether the file is there or not.
        cwd: The folder the program was started in.
        home: The person's home folder.

    Returns:
        None when there is none anywhere: see `default_config`.
    """
    if flag is not None:
        return flag
    for path in (cwd / FILE_NAME, home / ".cc-connect" / FILE_NAME):
        if _is_file(path):
            return path
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def default_config(cwd: Path) -> Config:
    """What holds without any file: one project in a folder, on the web page only."""
    project = ProjectConfig(
        name=cwd.name or "home",
        agent=AgentConfig(type=AUTO, options={"work_dir": str(cwd)}),
    )
    config = Config(projects=(project,))
    home = _home(os.environ)
    return resolved(replace(config, data_dir=home / ".cc-connect"), {})


def _default_tables(cwd: Path) -> dict[str, object]:
    """The project of a file that names none, as it would be written; see `default_config`."""
    agent = {"type": AUTO, "options": {"work_dir": str(cwd)}}
    return {"name": cwd.name or "home", "agent": agent}


def load(
    path: Path,
    environ: Mapping[str, str],
    agents: Collection[str] = built.AGENTS,
    platforms: Collection[str] = built.PLATFORMS,
) -> Loaded:
    """Read a configuration file.

    Args:
        path: The file; its name is shown in messages as it is given here.
        environ: Variables for `${NAME}`.
        agents: Names of the agents that can be run.
        platforms: Names of the platforms that can be run.

    Raises:
        ConfigError: The file cannot be read. What stands in it never raises.
    """
    raw = _read(path)
    source = Source(file=str(path), home=_home(environ), cwd=_cwd())
    problems = Problems()
    text = _decoded(raw, source, problems)
    if text is None:
        return Loaded(None, problems.in_order())
    return load_text(text, source, environ, problems, agents, platforms)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise ConfigError(f"{path} is a folder, not a configuration file") from None
    except FileNotFoundError:
        raise ConfigError(f"there is no configuration file {path}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"the configuration file {path} cannot be read: {reason}") from error


def _home(environ: Mapping[str, str]) -> Path:
    """The home folder; like the shell, the variable goes before the user database."""
    named = environ.get("HOME")
    if named:
        return Path(named)
    try:
        return Path.home()
    except RuntimeError:
        return Path()


def _cwd() -> Path:
    try:
        return Path.cwd()
    except OSError:  # the folder was removed meanwhile
        return Path("/")


def _decoded(raw: bytes, source: Source, problems: Problems) -> str | None:
    if len(raw) > MAX_BYTES:
        size = MAX_BYTES // (1024 * 1024)
        problems.error(Where(source), f"the file is larger than {size} MiB: it is not read")
        return None
    try:
        return normal(raw.decode())
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        spot = Spot(before.count("\n") + 1, len(before) - before.rfind("\n"))
        _mistake(Mistake(spot, "the file is not UTF-8", "save it as UTF-8"), source, problems)
        return None


def _mistake(mistake: Mistake, source: Source, problems: Problems) -> None:
    """Note something that is wrong with the text as such, at its very place."""
    problems.error(Where(source), mistake.message, mistake.hint)
    if mistake.spot is not None and not problems.dropped:
        spot = mistake.spot
        problems.kept[-1] = replace(problems.kept[-1], line=spot.line, column=spot.column)


def load_text(
    text: str,
    source: Source,
    environ: Mapping[str, str],
    problems: Problems,
    agents: Collection[str] = built.AGENTS,
    platforms: Collection[str] = built.PLATFORMS,
) -> Loaded:
    """Like `load`, for a text that is at hand already (an editor on the web page, a test)."""
    parsed = parse(text)
    for mistake in parsed.mistakes:
        _mistake(mistake, source, problems)
    if parsed.mistakes and not parsed.data:
        return Loaded(None, problems.in_order())
    problems.patchy = bool(parsed.mistakes)
    source = replace(source, places=parsed.places)
    return load_tables(parsed.data, source, environ, problems, agents, platforms)


def load_tables(
    data: Mapping[str, Any],
    source: Source,
    environ: Mapping[str, str],
    problems: Problems,
    agents: Collection[str] = built.AGENTS,
    platforms: Collection[str] = built.PLATFORMS,
) -> Loaded:
    """Like `load`, for parsed tables."""
    if "projects" not in data and not problems.patchy:
        data = {**data, "projects": [_default_tables(source.cwd)]}
    filled = substitute(data, environ, _is_shell)
    source = replace(source, from_env=frozenset(filled.from_env), elsewhere=elsewhere())
    offer = offer_for(filled.data, agents, platforms)
    gone = dict(left_out(filled.data, offer))
    _tell_missing(filled, gone, source, problems)
    for keys, why in gone.items():
        problems.warn(Where(source, (*keys, "type")), why)
    config = draft(Config, filled.data, Where(source), problems)
    if config is None:
        return Loaded(None, problems.in_order())
    check_names(config, problems)
    check_kinds(config, offer, problems)
    check_ports(config, offer, problems)
    check_accounts(config, problems)
    check_exposure(config, problems)
    config = resolved(config, filled.data)
    config = _with_attachment_limit(config, environ, problems)
    config = replace(
        config, projects=tuple(_finished(one, config, gone, problems) for one in config.projects)
    )
    return sorted_out(config, _names(filled.data), problems)


def _is_shell(keys: Keys) -> bool:
    """Whether a text goes to a shell, which knows variables of its own."""
    match keys:
        case ("commands", int(), "exec") | ("hooks", int(), "command"):
            return True
        case ("shell_profile",) | ("projects", int(), "shell_profile"):
            return True
        case _:
            return False


def _tell_missing(
    filled: Substituted, gone: Mapping[Keys, str], source: Source, problems: Problems
) -> None:
    """Report variables that are not set; in a platform that is left out it is only a remark."""
    for keys, message in filled.problems:
        passed_over = any(keys[:length] in gone for length in range(len(keys)))
        tell = problems.warn if passed_over else problems.error
        tell(Where(source, keys), message)


def _with_attachment_limit(
    config: Config, environ: Mapping[str, str], problems: Problems
) -> Config:
    told = environ.get(ATTACHMENT_LIMIT, "").strip()
    if not told:
        return config
    if not (told.isascii() and told.isdigit() and 0 < len(told) <= _DIGITS and int(told) > 0):
        where = config.where.at("max_attachment_size_mb")
        problems.warn(where, f"{ATTACHMENT_LIMIT} is not a whole number above 0: passed over")
        return config
    return replace(config, max_attachment_size_mb=int(told))


def _finished(
    project: ProjectConfig, config: Config, gone: Mapping[Keys, str], problems: Problems
) -> ProjectConfig:
    """A project without the platforms that are left out, and with its providers."""
    agent = replace(project.agent, providers=providers_of(config, project.agent, problems))
    platforms = tuple(one for one in project.platforms if one.where.keys not in gone)
    return replace(project, agent=agent, platforms=platforms)


def _names(data: Mapping[str, Any]) -> list[str]:
    """What to call each project of the file, also one that cannot be read."""
    projects = data.get("projects")
    names = []
    for index, project in enumerate(projects if isinstance(projects, list) else ()):
        name = project.get("name") if isinstance(project, dict) else None
        names.append(name if isinstance(name, str) and name else f"projects[{index}]")
    return names
