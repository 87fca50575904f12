"""docs/weibo.md says what is so."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from cc_connect.platforms.weibo.config import WeiboOptions

DOCS = Path(__file__).parents[3] / "docs"
GUIDE = (DOCS / "weibo.md").read_text(encoding="utf-8")
GUIDES = ("discord.md", "web.md", "weibo.md")


def test_every_option_is_told_in_both_languages() -> None:
    chinese, _, english = GUIDE.partition("## In English")
    for field in fields(WeiboOptions):
        assert f"| `{field.name}` |" in chinese
        assert f"`{field.name}`" in english


def test_the_configuration_is_one() -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    (project,) = tomllib.loads(example)["projects"]
    (platform,) = project["platforms"]
    assert platform["type"] == "weibo"
    assert set(platform["options"]) <= {field.name for field in fields(WeiboOptions)}


@pytest.mark.parametrize("name", GUIDES)
def test_every_guide_leads_to_the_others(name: str) -> None:
    also = (DOCS / name).read_text(encoding="utf-8").partition("## See also")[2]
    assert set(GUIDES) - {name} <= set(re.findall(r"\((\w+\.md)\)", also))
