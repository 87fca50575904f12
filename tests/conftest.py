"""What holds for all tests: logging as it was, and on the build machine nothing is skipped."""

import os
from dataclasses import dataclass, field

import pytest
import structlog

CI = "CC_CONNECT_CI"
CHECKS = "CC_CONNECT_CHECKS_FAILED"
"""Set by scripts/test.sh: the other checks that failed, so that nobody overlooks them."""


@dataclass(slots=True, eq=False)  # pytest keeps plug-ins in sets
class NothingSkipped:
    """Turns skipped and expectedly failing tests into a failure of the run.

    On a person's machine a test may be skipped because there is no browser. On the build machine
    everything is there, so a skipped test is one that silently stopped testing.
    """

    unproven: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped or hasattr(report, "wasxfail"):
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        reason = getattr(report, "wasxfail", None) or report.longrepr
        if isinstance(reason, tuple):
            reason = reason[-1]
        self.unproven.append(f"{report.nodeid}: {reason}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.unproven and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.unproven:
            terminalreporter.section(f"not allowed to be skipped ({CI} is set)", red=True)
            for line in self.unproven:
                terminalreporter.line(line)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> None:
    """Forget what an earlier test set up: one that only lets errors through blinds the next."""
    structlog.reset_defaults()


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(CI):
        config.pluginmanager.register(NothingSkipped())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if failed := os.environ.get(CHECKS):
        terminalreporter.section("other checks failed", red=True)
        terminalreporter.line(failed)
