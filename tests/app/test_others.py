"""The other agents of a machine, as a project finds them."""

from pathlib import Path

from cc_connect.agents.claudecode import plugin
from cc_connect.app import discovery
from cc_connect.app.others import OtherAgents
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.plugin import AgentContext
from cc_connect.runtime.settings import Project


def found(folder: Path, *programs: str) -> tuple[Project, OtherAgents]:
    """A project of Claude Code on a machine with these programs."""
    for name in programs:
        program = folder / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    environ = {"PATH": str(folder), "HOME": str(folder / "home")}
    context = AgentContext("p", plugin.options(), environ, folder, {})
    spec = SessionSpec(cwd="/work", mode="plan", env={"CC_PROJECT": "p"})
    made = Project("p", plugin.build(context), "claudecode", spec, environ=environ)
    shelf = discovery.agents(frozenset())

    def around(options: object) -> AgentContext:
        return AgentContext("p", options, environ, folder, {})

    return made, OtherAgents(made, shelf, around, frozenset({"demo"}))


def test_those_that_are_installed(tmp_path: Path) -> None:
    assert found(tmp_path)[1].installed() == ("claudecode",)
    assert found(tmp_path, "codex", "gemini")[1].installed() == ("claudecode", "codex", "gemini")


def test_a_project_with_another_agent(tmp_path: Path) -> None:
    made, others = found(tmp_path, "codex")
    other = others.project("codex")
    assert other is not None
    assert other is others.project("codex")  # made once
    assert (other.name, other.agent_type, other.sign_in) == ("p", "codex", "codex login")
    assert other.agent.features().display_name == "Codex"
    assert (other.spec.cwd, other.spec.mode) == ("/work", "suggest")
    assert other.spec.env == made.spec.env
    assert others.project("claudecode") is made


def test_what_is_none_or_is_never_offered(tmp_path: Path) -> None:
    _, others = found(tmp_path)
    assert others.project("cobol") is None
    assert others.project("demo") is None
