"""Commands that tell: help, status, who somebody is, the version."""

from datetime import UTC, datetime

from cc_connect.contract.command import CommandOption, CommandSpec, Role
from cc_connect.core.compose.turn import elapsed
from cc_connect.core.desk import Call, Command, Desk, Facts, Screen, screen
from cc_connect.core.spec import BUSY, DETAIL, EFFORT, FOLDER, LANGUAGE, MODE, MODEL, PROVIDER
from cc_connect.core.texts import say


async def _help(_: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    lines = [say(language, "help_title")]
    lines += [
        say(language, "help_line", name=spec.name, summary=spec.summary)
        for spec in desk.commands()
        if desk.role >= spec.role
    ]
    return screen("\n".join(lines))


async def _status(_: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    language = facts.language
    lines = [
        say(language, "status_title"),
        say(language, "status_project", project=facts.project),
        say(language, "status_agent", agent=facts.agent),
        say(language, "status_session", name=facts.session_name or facts.session[:8]),
        *(_sourced(desk, name, line) for name, line in _settings(facts)),
    ]
    running = facts.running
    if running is None:
        lines.append(say(language, "status_idle"))
    else:
        lines.append(
            say(
                language,
                "status_running",
                elapsed=elapsed(running.seconds),
                doing=running.doing or say(language, "working"),
                steps=running.steps,
            )
        )
    if facts.queue:
        lines.append(say(language, "status_queue", count=facts.queue))
    if facts.pending:
        numbers = ", ".join(str(request.number) for request in facts.pending)
        lines.append(say(language, "status_asking", numbers=numbers))
    title, *rest = lines
    return screen("\n".join((title, *(f"- {line}" for line in rest))))


def _settings(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What can be set in a chat, and a line about each as it is now."""
    language = facts.language
    default = say(language, "default_value")
    account = say(language, "own_account")
    shown = facts.detail or say(language, "as_configured")
    return (
        (FOLDER, say(language, "status_folder", cwd=facts.cwd)),
        (MODE, say(language, "status_mode", mode=facts.mode or default)),
        (MODEL, say(language, "status_model", model=facts.model or default)),
        (EFFORT, say(language, "status_effort", effort=facts.effort or default)),
        (PROVIDER, say(language, "status_provider", name=facts.provider or account)),
        (BUSY, say(language, "status_busy", busy=facts.busy.value)),
        (DETAIL, say(language, "status_shown", detail=shown)),
        (LANGUAGE, say(language, "status_language", name=language.value)),
    )


def _sourced(desk: Desk, name: str, line: str) -> str:
    """A line about a setting, with where it comes from."""
    language = desk.facts().language
    source = say(language, f"from_{desk.source(name).value}")
    return say(language, "status_sourced", line=line, source=source)


async def _whoami(_: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    role = {Role.ADMIN: "role_admin", Role.MEMBER: "role_member", Role.NOBODY: "role_nobody"}
    return screen(
        say(
            facts.language,
            "whoami",
            id=desk.person.id,
            name=desk.person.name,
            platform=facts.platform,
            chat=facts.chat,
            role=say(facts.language, role[desk.role]),
        )
    )


async def _version(_: Call, desk: Desk) -> Screen:
    facts = desk.facts()
    return screen(say(facts.language, "version", version=facts.version))


async def _why(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    steps = await desk.why(call.get("message"))
    if not steps:
        return screen(say(language, "why_nothing"))
    lines = [say(language, "why_title")]
    lines += [
        say(language, "why_line", clock=_clock(one.at), step=one.step, detail=one.detail)
        for one in steps
    ]
    return screen("\n".join(lines))


def _clock(at: float) -> str:
    """The time of day in UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S.%f")[:-3]


ABOUT = (
    Command(CommandSpec("status", "cmd_status"), _status),
    Command(CommandSpec("whoami", "cmd_whoami", ("myid",)), _whoami),
    Command(CommandSpec("why", "cmd_why", options=(CommandOption("message", "cmd_why"),)), _why),
    Command(CommandSpec("version", "cmd_version"), _version),
    Command(CommandSpec("help", "cmd_help"), _help),
)
