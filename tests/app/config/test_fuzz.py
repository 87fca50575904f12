"""Whatever stands in a file: a configuration or a list of problems, never an exception."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cc_connect.app.config import Loaded, Problems, Source, load, load_text, options, settle
from cc_connect.app.config.load import load_tables

REFERENCE = (Path(__file__).parents[2] / "data/config/reference.toml").read_text(encoding="utf-8")
ENVIRON = {"OWN_KEY": "s3cret", "DISCORD_TOKEN": "t0ken"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    token: str = field(repr=False, metadata={"secret": True})
    mode: str = "default"
    port: int = 80


def holds(loaded: Loaded) -> None:
    """What is true of any outcome."""
    loaded = settle(loaded, {"claudecode": Options}, {"discord": Options})
    for problem in loaded.problems:
        line = str(problem)
        assert line.isprintable(), line
        assert "s3cret" not in line
        assert "t0ken" not in line
    shared = [one for one in loaded.errors if one.project is None]
    assert (loaded.config is None) == bool(shared)
    if loaded.config is None:
        return
    running = {one.where.project for one in loaded.config.projects}
    parked = {one.index for one in loaded.parked}
    assert not running & parked
    assert parked == {one.project for one in loaded.errors}
    repr(loaded.config)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    holds(load_text(text, Source(), {}, Problems()))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(raw)
    holds(load(path, {}))


TOKENS = st.sampled_from(
    [
        *"=.,[]{}\"'#\n\\ ",
        "[[projects]]\n",
        "[projects.agent]\n",
        "[[projects.platforms]]\n",
        'type = "',
        "name",
        '"""',
        "'''",
        "${OWN_KEY}",
        "${NOPE}",
        "0",
        "-1",
        "true",
        "1979-05-27",
        "inf",
        "\\u0000",
        "\u202e",
        "\x1b[31m",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(TOKENS, max_size=30).map("".join))
def test_text_that_is_nearly_toml(text: str) -> None:
    holds(load_text(text, Source(), ENVIRON, Problems()))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(REFERENCE)), st.integers(0, 30), TOKENS)
def test_a_good_file_with_a_slip(at: int, length: int, token: str) -> None:
    text = REFERENCE[:at] + token + REFERENCE[at + length :]
    holds(load_text(text, Source(), ENVIRON, Problems()))


KEYS = st.one_of(
    st.sampled_from(sorted({one.key for one in options()} | {"type", "options", "port"})),
    st.text(max_size=3),
)
LEAVES = st.one_of(
    st.sampled_from(
        ["", "claudecode", "discord", "web", "full", "*", "a:b", "${OWN_KEY}", "${NOPE}", "http://"]
    ),
    st.text(max_size=3),
    st.integers(-(2**70), 2**70),
    st.integers(-2, 10_000),
    st.floats(),
    st.booleans(),
    st.dates(),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=10,
)
PROJECTS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(st.sampled_from(["a", "b"]), VALUES),
        "agent": st.one_of(st.just({"type": "claudecode"}), VALUES),
        "platforms": st.one_of(st.just([{"type": "web"}]), VALUES),
        "users": VALUES,
        "display": VALUES,
        "heartbeat": VALUES,
        "run_as_user": VALUES,
        "mode": st.one_of(st.just("multi-workspace"), VALUES),
        "quiet": VALUES,
    },
)


@settings(max_examples=120, deadline=None)
@given(
    st.dictionaries(KEYS, VALUES, max_size=5),
    st.one_of(st.lists(PROJECTS, max_size=3), VALUES),
    st.dictionaries(st.just("CC_MAX_ATTACHMENT_SIZE_MB"), st.text(max_size=3)),
)
def test_any_tables(shared: dict[str, Any], projects: Any, environ: dict[str, str]) -> None:
    data = {**shared, "projects": projects}
    holds(load_tables(data, Source(), {**ENVIRON, **environ}, Problems()))
