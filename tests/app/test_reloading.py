"""What of a changed configuration holds at once."""

from dataclasses import fields, replace
from pathlib import Path

from cc_connect.app.config.load import default_config
from cc_connect.app.config.models import Config
from cc_connect.app.reloading import AT_ONCE, changed, needing_restart

PAGE = Path(__file__).parents[2] / "docs" / "durability.md"
LIMITS = {"approval_timeout_mins", "idle_timeout_mins", "max_turn_time_mins", "projects"}


def test_the_page_names_what_holds_at_once() -> None:
    (told,) = [line for line in PAGE.read_text().split("\n- ") if "`SIGHUP` reads" in line]
    assert [name for name in AT_ONCE - LIMITS if f"`{name}`" not in told] == []


def test_every_key_that_holds_at_once_is_one() -> None:
    assert {one.name for one in fields(Config)} >= AT_ONCE


def test_what_waits_for_a_restart_is_named(tmp_path: Path) -> None:
    config = default_config(tmp_path)
    assert changed(config, config) == ()
    found = replace(config, language="zh", retention_days=3)
    assert changed(config, found) == ("language", "retention_days")
    assert needing_restart(config, found) == ("retention_days",)
    (project,) = config.projects
    renamed = replace(config, projects=(replace(project, name="other"),))
    names = sorted((project.name, "other"))
    assert needing_restart(config, renamed) == tuple(f"projects.{name}" for name in names)
