"""The configuration: `config.toml` read into typed values, every mistake told at once.

    path = find_config(flag, Path.cwd(), Path.home())
    loaded = load(path, os.environ) if path else Loaded(default_config(Path.cwd()), ())
    loaded = settle(loaded, {"claudecode": ...Options}, {"discord": ...Options})

`Loaded.config` is None when something that all projects share has an error (exit 2); a project with
errors of its own is in `Loaded.parked`, and the others run. The file is only ever read.
"""

from cc_connect.app.config.describe import Option, options
from cc_connect.app.config.load import default_config, find_config, load, load_text
from cc_connect.app.config.models import (
    AUTO,
    AgentConfig,
    Config,
    PlatformConfig,
    ProjectConfig,
)
from cc_connect.app.config.models_shared import Display, Management, Provider
from cc_connect.app.config.outcome import Loaded, Parked, settle
from cc_connect.app.config.problems import (
    NOWHERE,
    ConfigError,
    Problem,
    Problems,
    Severity,
    Source,
    Where,
)
from cc_connect.app.config.read import read_table

__all__ = [
    "AUTO",
    "NOWHERE",
    "AgentConfig",
    "Config",
    "ConfigError",
    "Display",
    "Loaded",
    "Management",
    "Option",
    "Parked",
    "PlatformConfig",
    "Problem",
    "Problems",
    "ProjectConfig",
    "Provider",
    "Severity",
    "Source",
    "Where",
    "default_config",
    "find_config",
    "load",
    "load_text",
    "options",
    "read_table",
    "settle",
]
