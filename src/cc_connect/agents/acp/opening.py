"""How a session is opened: greeting, signing in, a new or an old session, its settings."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cc_connect
from cc_connect.agents.acp import wire
from cc_connect.agents.acp.offers import Offer, Offers, offers, setting, short
from cc_connect.agents.acp.options import Options
from cc_connect.agents.acp.presets import Preset
from cc_connect.agents.acp.recordings import kept
from cc_connect.agents.acp.session import AcpSession, CallFailed
from cc_connect.agents.acp.translate import Translator
from cc_connect.contract.agent import Opened, SessionSpec
from cc_connect.contract.errors import (
    AgentError,
    AgentGone,
    AgentMissing,
    AgentStartFailed,
    ResumeFailed,
)
from cc_connect.core.frames import Frame, mapping, string
from cc_connect.procs import (
    MAX_LINE,
    Child,
    CommandNotFound,
    Grace,
    Launch,
    ProcessError,
    child_environment,
)

_GRACE = Grace(eof=3.0, term=3.0, kill=5.0)
_QUIET = 0.4  # seconds without a frame after which a late replay is over
_QUIET_WITHIN = 5.0
_DEFAULTS = ("", "default")
_SHOWN = 12  # values that are named to a person

_CAPABILITIES = {
    "fs": {"readTextFile": False, "writeTextFile": False},
    "terminal": False,
    "elicitation": {"form": {}},
}


class NotSignedIn(AgentStartFailed):
    """The agent wants somebody to sign in first."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What sessions of a project are opened with.

    Attributes:
        preset: Which agent.
        options: Of the project.
        environ: The environment of this program.
        marker: Names this instance of cc-connect.
        line_limit: Bytes of the longest line that is taken in.
        seen: Called with what a session can be set to.
    """

    preset: Preset
    options: Options
    environ: Mapping[str, str] = field(repr=False)
    marker: str = "unnamed"
    line_limit: int = MAX_LINE
    seen: Callable[[Offers], None] = lambda _: None

    @property
    def name(self) -> str:
        """What people see."""
        return self.options.display_name or self.preset.display

    @property
    def command(self) -> tuple[str, ...]:
        """The command with its arguments; empty when none is configured."""
        cmd, args = self.options.cmd, self.options.args
        own = (cmd,) if isinstance(cmd, str) and cmd else tuple(cmd)
        if not own:
            return (*self.preset.command[:1], *(args or self.preset.command[1:]))
        whole = isinstance(cmd, tuple) and len(cmd) > 1
        return (*own, *(args or (() if whole else self.preset.command[1:])))

    def environment(self, spec: SessionSpec) -> dict[str, str]:
        """The whole environment of the agent."""
        extra = {**self.preset.env, **self.options.env, **spec.env}
        passed = (*self.preset.env_pass, *self.options.env_pass)
        return child_environment(self.environ, extra, passed)

    def auth_method(self, env: Mapping[str, str]) -> str:
        """The way of signing in that the configuration or the environment stands for."""
        ways = (way for name, way in self.preset.auth.items() if env.get(name))
        return self.options.auth_method or next(ways, "")


@contextlib.asynccontextmanager
async def connected(setup: Setup, spec: SessionSpec) -> AsyncIterator[tuple[AcpSession, Frame]]:
    """Start the agent and greet it; gives the connection and what the agent said it can do.

    Raises:
        AgentMissing, AgentStartFailed: See `Agent.open`.
    """
    child = await _start(setup, spec)
    live = AcpSession(child, Translator(spec.cwd, setup.preset.quirks), setup.name)
    try:
        async with _in_time(setup, live):
            told = await _greet(setup, live, setup.environment(spec))
        yield live, told
    finally:
        await live.close()


@contextlib.asynccontextmanager
async def open_session(setup: Setup, spec: SessionSpec) -> AsyncIterator[AcpSession]:
    """Start the agent and wait until its session is ready; leaving ends its process tree.

    Raises:
        AgentMissing, AgentStartFailed, ResumeFailed: See `Agent.open`.
    """
    async with connected(setup, spec) as (live, told):
        async with _in_time(setup, live):
            await _begin(setup, spec, live, told)
        yield live


async def check(setup: Setup, folder: str) -> tuple[str, str]:
    """Open a session in a folder and end it; gives the agent's version, and why nobody is let in.

    Raises:
        AgentMissing, AgentStartFailed: See `Agent.open`.
    """
    spec = SessionSpec(folder)
    async with connected(setup, spec) as (live, told):
        version = string(mapping(told, "agentInfo"), "version")
        try:
            async with _in_time(setup, live):
                await _begin(setup, spec, live, told)
        except NotSignedIn as error:
            return version, str(error)
    return version, ""


@contextlib.asynccontextmanager
async def _in_time(setup: Setup, live: AcpSession) -> AsyncIterator[None]:
    """What is done here must be done before the agent's time to get ready is over."""
    limit = setup.options.start_timeout
    try:
        async with asyncio.timeout(limit):
            yield
    except TimeoutError:
        words = f"{setup.name} did not get ready within {limit:g} s. {live.last_words}"
        raise AgentStartFailed(words.strip()) from None
    except CallFailed as failed:
        raise _refused(setup, failed.error, live) from failed
    except AgentGone as error:
        raise AgentStartFailed(live.death.told) from error


async def _start(setup: Setup, spec: SessionSpec) -> Child:
    if not setup.command:
        raise AgentMissing('type = "acp" needs the command of the agent: set `cmd` in its options.')
    launch = Launch(
        argv=setup.command,
        cwd=Path(spec.cwd),
        env=setup.environment(spec),
        marker=setup.marker,
        line_limit=setup.line_limit,
        grace=_GRACE,
    )
    try:
        return await Child.start(launch)
    except CommandNotFound as error:
        hint = setup.preset.install
        more = f" To install {setup.name}: {hint}" if hint else " Is `cmd` right?"
        raise AgentMissing(f"{error}{more}") from error
    except ProcessError as error:
        raise AgentStartFailed(str(error)) from error


async def _greet(setup: Setup, live: AcpSession, env: Mapping[str, str]) -> Frame:
    client = {"name": "cc-connect", "title": "cc-connect", "version": cc_connect.__version__}
    greeting = {
        "protocolVersion": wire.PROTOCOL,
        "clientCapabilities": _CAPABILITIES,
        "clientInfo": client,
    }
    told = await live.call("initialize", greeting)
    spoken = told.get("protocolVersion")
    if spoken != wire.PROTOCOL:
        raise AgentStartFailed(
            f"{setup.name} speaks version {spoken} of the Agent Client Protocol; this cc-connect "
            f"speaks version {wire.PROTOCOL}. Update the older of the two."
        )
    can = mapping(told, "agentCapabilities")
    live.pictures = bool(mapping(can, "promptCapabilities").get("image"))
    if method := setup.auth_method(env):
        await live.call("authenticate", {"methodId": method})
    return told


def _refused(setup: Setup, error: wire.RpcError, live: AcpSession) -> AgentError:
    if error.code == wire.AUTH_REQUIRED:
        how = f" Sign in on the machine: {setup.preset.sign_in}" if setup.preset.sign_in else ""
        return NotSignedIn(f"{setup.name} is not signed in ({error.text}).{how}")
    words = f"{setup.name} could not start the session: {error.text}. {live.last_words}"
    return AgentStartFailed(words.strip())


async def _begin(setup: Setup, spec: SessionSpec, live: AcpSession, told: Frame) -> None:
    where = {"cwd": spec.cwd, "mcpServers": []}
    if spec.resume is None:
        found = await _new(setup, spec, live, where)
    else:
        found = await _continue(setup, spec, live, told, where)
    offered = offers(found)
    setup.seen(offered)
    translator = live.translator
    translator.mode = offered.mode.current
    translator.model = offered.model.current
    wishes = (
        ("mode", offered.mode, spec.mode or setup.options.mode),
        ("model", offered.model, spec.model or setup.options.model),
        ("effort", offered.effort, spec.effort or setup.options.reasoning_effort),
    )
    for kind, offer, wanted in wishes:
        await _set(setup, live, kind, offer, wanted)
    if setup.preset.quirks.late_replay and spec.resume is not None:
        await _quiet(live)
    live.opened(Opened(live.session, translator.model, short(translator.mode)))


async def _new(setup: Setup, spec: SessionSpec, live: AcpSession, where: dict[str, Any]) -> Frame:
    added = "\n\n".join(filter(None, (setup.options.append_system_prompt, spec.instructions)))
    if added and setup.preset.quirks.system_prompt:
        where = {**where, "_meta": {"systemPrompt": {"append": added}}}
    else:
        live.instructions = added
    found = await live.call("session/new", where)
    live.session = string(found, "sessionId")
    if not live.session:
        raise AgentStartFailed(
            f"{setup.name} answered session/new without the id of a session: its protocol has "
            "changed. Update cc-connect, or install an older version of the agent."
        )
    return found


async def _continue(
    setup: Setup, spec: SessionSpec, live: AcpSession, told: Frame, where: dict[str, Any]
) -> Frame:
    can = mapping(told, "agentCapabilities")
    sessions = mapping(can, "sessionCapabilities")
    named = {**where, "sessionId": spec.resume}
    live.session = spec.resume or ""
    live.translator.replaying = True
    methods = _ways(setup, spec, sessions, loads=bool(can.get("loadSession")))
    try:
        async with kept(setup.preset.quirks, setup.environment(spec), live.session):
            found = await _first_known(live, methods, named)
    except CallFailed as failed:
        if failed.error.code == wire.AUTH_REQUIRED:
            raise
        raise ResumeFailed(
            f"{setup.name} does not know the session {spec.resume} (any more): {failed.error.text}"
        ) from failed
    live.session = string(found, "sessionId") or live.session
    return found


def _ways(setup: Setup, spec: SessionSpec, sessions: Frame, *, loads: bool) -> tuple[str, ...]:
    """The methods that continue a session, the best first."""
    if spec.fork:
        if "fork" not in sessions:  # what is said in the copy must not be in the original
            raise AgentStartFailed(f"{setup.name} cannot copy sessions.")
        return ("session/fork",)
    ways = ["session/resume"] if "resume" in sessions else []  # without the history
    ways += ["session/load"] if loads else []
    if not ways:
        raise ResumeFailed(f"{setup.name} cannot continue old sessions.")
    return tuple(ways)


async def _first_known(
    live: AcpSession, methods: tuple[str, ...], params: Mapping[str, Any]
) -> Frame:
    """Call the first of these methods that the agent has; some say that they have what is not."""
    *others, last = methods
    for method in others:
        try:
            return await live.call(method, params)
        except CallFailed as failed:
            if failed.error.code != wire.METHOD_NOT_FOUND:
                raise
    return await live.call(last, params)


async def _set(setup: Setup, live: AcpSession, kind: str, offer: Offer, wanted: str) -> None:
    aliases = setup.preset.quirks.modes if kind == "mode" else {}
    value = offer.find(wanted, aliases) if wanted or "" in aliases else None
    if value is None:
        if wanted in _DEFAULTS:
            return
        if kind != "model" or not offer.values:
            raise AgentStartFailed(_unknown(setup, kind, offer, wanted))
        value = wanted  # lists of models are not always whole; the agent knows
    if value != offer.current:
        method, params = setting(live.session, kind, offer, value)
        try:
            await live.call(method, params)
        except CallFailed as failed:
            words = f"{_unknown(setup, kind, offer, wanted)} ({failed.error.text})"
            raise AgentStartFailed(words) from failed
    if kind == "mode":
        live.translator.mode = value
    elif kind == "model":
        live.translator.model = value


def _unknown(setup: Setup, kind: str, offer: Offer, wanted: str) -> str:
    names = offer.names
    if not names:
        return f"{setup.name} lets nobody choose the {kind}; {wanted!r} cannot be set."
    more = ", ..." if len(names) > _SHOWN else ""
    return f"{setup.name} has no {kind} {wanted!r}. It has: {', '.join(names[:_SHOWN])}{more}"


async def _quiet(live: AcpSession) -> None:
    """Wait until history has stopped coming."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_QUIET_WITHIN):
            heard = -1
            while heard != live.heard:
                heard = live.heard
                await asyncio.sleep(_QUIET)
