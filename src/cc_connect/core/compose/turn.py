"""The live message of a turn and what is said at its end."""

from typing import assert_never

from cc_connect.contract.agent import Failure, Outcome
from cc_connect.contract.content import (
    Block,
    Button,
    Buttons,
    Content,
    Footer,
    Step,
    StepKind,
    Steps,
    StepState,
    Style,
    Text,
    Todos,
)
from cc_connect.contract.platform import ProgressStyle
from cc_connect.core.actions import ItemOrder, RunCommand, encode
from cc_connect.core.display import Display
from cc_connect.core.progress import Progress
from cc_connect.core.texts import Language, say
from cc_connect.core.turn.effects import Conclude, Fact, Notice, Why
from cc_connect.core.turn.state import Turn

SHOWN_STEPS = 12
SILENCE = "NO_REPLY"
TURN = "@"
"""Stands before the id of a turn where a path could stand too."""
MINUTE = 60


def elapsed(seconds: float) -> str:
    """A duration for people."""
    whole = int(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    return f"{whole // MINUTE} min {whole % MINUTE} s"


HOUR, DAY = 3600, 86400


def lasting(seconds: float, language: Language) -> str:
    """A long time for people, in the largest unit that leaves no more than two digits odd."""
    minutes = max(1, round(seconds / MINUTE))
    if minutes < 2 * HOUR // MINUTE:
        return say(language, "minutes", count=minutes)
    if seconds < 2 * DAY:
        return say(language, "hours", count=round(seconds / HOUR))
    return say(language, "days", count=round(seconds / DAY))


def live(
    progress: Progress, language: Language, seconds: float, *, streams: bool, turn: str = ""
) -> Content:
    """The live message while the turn runs.

    Args:
        progress: The picture of the turn.
        language: Of the chat.
        seconds: How long the turn has been running.
        streams: The growing answer is shown elsewhere, piece by piece.
        turn: Its id; without one the button stops whatever runs for the person who presses it.
    """
    doing = progress.doing or say(language, "working")
    blocks: list[Block] = []
    steps = progress.steps()
    if steps:
        shown = steps[-SHOWN_STEPS:]
        blocks.append(Steps(shown, progress.hidden + len(steps) - len(shown)))
    if progress.todos:
        blocks.append(Todos(progress.todos))
    text = "" if streams else progress.tail().strip()
    if text:
        blocks.append(Text(text))
    blocks.append(Footer(f"⏳ {doing} · {elapsed(seconds)}"))
    order = ItemOrder(turn, "stop") if turn else RunCommand("/stop")
    stop = Button(say(language, "stop"), encode(order), Style.DANGER)
    blocks.append(Buttons((stop,)))
    return tuple(blocks)


def finished(
    progress: Progress, ending: Conclude, language: Language, seconds: float
) -> Content | None:
    """The live message after the turn; None when nothing in it is worth keeping."""
    steps = tuple(_ended(step) for step in progress.steps())
    if not steps and not progress.todos:
        return None
    key = {Outcome.DONE: "done", Outcome.INTERRUPTED: "stopped", Outcome.FAILED: "failed"}
    line = say(
        language,
        f"{key[ending.outcome]}_steps",
        steps=max(ending.turn.steps, progress.hidden + len(steps)),
        elapsed=elapsed(seconds),
    )
    blocks: list[Block] = []
    if steps:
        shown = steps[-SHOWN_STEPS:]
        blocks.append(Steps(shown, progress.hidden + len(steps) - len(shown)))
    if progress.todos:
        blocks.append(Todos(progress.todos))
    blocks.append(Footer(line))
    return tuple(blocks)


def _ended(step: Step) -> Step:
    if step.state is not StepState.RUNNING:
        return step
    state = StepState.DONE if step.kind is StepKind.THOUGHT else StepState.FAILED
    return Step(step.kind, step.title, step.detail, state, step.depth)


def legacy_lines(steps: tuple[Step, ...], language: Language) -> str:
    """Steps as the lines of the `legacy` style, one a step, as the reference program words them."""
    lines = []
    for step in steps:
        match step.kind:
            case StepKind.THOUGHT:
                lines.append(say(language, "legacy_thinking"))
            case StepKind.TOOL:
                lines.append(say(language, "legacy_tool", title=step.title))
            case StepKind.SAID | StepKind.NOTE:
                lines.append(step.detail or step.title)
            case _:
                assert_never(step.kind)
    return "\n".join(lines)


def silent(text: str) -> str | None:
    """The text without the agent's mark of silence; None when nothing else is left."""
    bare = text.strip()
    if bare.upper() == SILENCE:
        return None
    if bare.upper().endswith(SILENCE) and bare[: -len(SILENCE)].endswith((" ", "\n", "*")):
        return bare[: -len(SILENCE)].rstrip(" \n*") or None
    return bare


def ending(
    effect: Conclude, language: Language, display: Display, folder: str, limits: "Limits"
) -> Content | None:
    """The final post of a turn; None when the agent asked for silence."""
    text = effect.text
    if effect.outcome is Outcome.DONE:
        kept = silent(text) if text else say(language, "no_answer")
        if kept is None:
            return None
        small = footer(effect.turn, display, folder)
        return (Text(kept), Footer(small)) if small else (Text(kept),)
    blocks: list[Block] = [Text(text)] if text and effect.failure is not Failure.MODEL else []
    blocks.append(Text(_why(effect, language, limits)))
    if effect.failure is Failure.RESUME:
        blocks.append(
            Buttons(
                (
                    Button(say(language, "retry"), encode(RunCommand("/retry")), Style.PRIMARY),
                    Button(say(language, "start_fresh"), encode(RunCommand("/retry fresh"))),
                )
            )
        )
    return tuple(blocks)


class Limits:
    """Figures that endings name: minutes of silence and of a whole turn, and how to sign in."""

    def __init__(self, silence: float, turn: float, sign_in: str) -> None:
        self.silence = silence
        self.turn = turn
        self.sign_in = sign_in


def _why(effect: Conclude, language: Language, limits: Limits) -> str:
    match effect.why:
        case Why.STOPPED:
            return say(language, "stopped")
        case Why.CHANGED:
            return say(language, "changed")
        case Why.SILENT:
            return say(language, "silent", minutes=_number(limits.silence))
        case Why.TOO_LONG:
            return say(language, "too_long", minutes=_number(limits.turn))
        case Why.RESTART:
            return say(language, "restarted")
        case Why.CRASHES:
            return say(language, "crashes")
        case Why.AGENT | Why.LOST:
            return _failure(effect, language, limits)
        case _:
            assert_never(effect.why)


def _number(minutes: float) -> str:
    return f"{minutes:g}"


def _failure(effect: Conclude, language: Language, limits: Limits) -> str:
    detail = effect.detail.strip() or say(language, "no_detail")
    if effect.outcome is Outcome.INTERRUPTED:
        return say(language, "interrupted")
    if effect.failure is None:
        return say(language, "lost" if effect.why is Why.LOST else "failed_other", detail=detail)
    return say(language, f"failed_{effect.failure.value}", detail=detail, command=limits.sign_in)


def footer(turn: Turn, display: Display, folder: str) -> str:
    """The small print: model, tokens, context, cost, folder; "" when there is none."""
    usage = turn.usage
    if not display.footer or usage is None:
        return ""
    parts = [usage.model] if usage.model else []
    if usage.output_tokens or usage.input_tokens:
        parts.append(f"in {amount(usage.input_tokens)} · out {amount(usage.output_tokens)}")
    if display.footer_context and usage.context_window:
        parts.append(f"ctx {round(100 * usage.context_used / usage.context_window)}%")
    if usage.cost:
        parts.append(f"${usage.cost:.4f}" if usage.cost < 1 else f"${usage.cost:.2f}")
    if not parts:
        return ""
    if display.footer_folder:
        parts.append(folder)
    return " · ".join(parts)


THOUSAND = 1000


def amount(tokens: int) -> str:
    """A number of tokens, short."""
    if tokens < THOUSAND:
        return str(tokens)
    if tokens < THOUSAND * THOUSAND:
        return f"{tokens / THOUSAND:.1f}k"
    return f"{tokens / THOUSAND / THOUSAND:.1f}M"


def noticed(notice: Notice, language: Language, *, asking: bool = False) -> Content:
    """A fact about an item, with what can be done about it; `asking`: an answer is due first."""
    if asking and notice.fact is Fact.QUEUED:
        text = Text(say(language, "queued_asking", number=notice.number))
    else:
        text = Text(say(language, notice.fact.value, number=notice.number))
    if notice.fact is not Fact.QUEUED:
        return (text,)
    orders = (("steer", "steer_now"), ("interrupt", "interrupt_and_send"), ("remove", "remove"))
    buttons = tuple(
        Button(say(language, key), encode(ItemOrder(notice.item.id, order)))
        for order, key in orders
    )
    return (text, Buttons(buttons))


def changed(turn: str, count: int, added: int, removed: int, language: Language) -> Content:
    """What a turn changed in its folder, in figures, with a button that shows it."""
    key = "turn_changed_one" if count == 1 else "turn_changed"
    button = Button(say(language, "diff"), encode(RunCommand(f"/diff {TURN}{turn}")))
    text = Text(say(language, key, count=count, added=added, removed=removed))
    return (text, Buttons((button,)))


def style_streams(style: ProgressStyle) -> bool:
    """Whether the style shows the answer while it grows; `legacy` shows steps only."""
    return style is not ProgressStyle.LEGACY
