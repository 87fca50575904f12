"""Semantic blocks to HTML fragments: pure, and everything that came from outside is escaped."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import assert_never

from cc_connect.contract.content import (
    Attachment,
    Button,
    Buttons,
    Content,
    Diff,
    Footer,
    Form,
    Menu,
    Step,
    StepKind,
    Steps,
    StepState,
    Table,
    Text,
    Todos,
    TodoState,
)
from cc_connect.contract.platform import Kind
from cc_connect.platforms.web.catalogue import Texts
from cc_connect.platforms.web.markdown import to_html

INLINE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""The only types a browser is ever told to show by itself."""

_Other = Text | Todos | Diff | Table | Buttons | Menu | Form | Attachment | Footer
_DIFF_SHOWN = 60
_PREVIEW = 160
_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)")
_MARKS = re.compile(r"[*`~]+|^[#>][#> ]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as the page links it: its address there and what to call it."""

    url: str
    name: str
    mime: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """How content is drawn for one language; `link` gives the address of a file on this machine."""

    texts: Texts
    link: Callable[[Attachment], str]

    def message(
        self, key: str, content: Content, kind: Kind, at: float | None, *, repeat: bool = False
    ) -> str:
        """A whole message of the agent or of the program."""
        running = kind is Kind.LIVE and interactive(content)
        body = "".join(self._blocks(content, kind, running=running))
        if repeat:
            body += f'<p class="footer">{escape(self.texts.say("repeat_note"))}</p>'
        asks = " data-asks" if kind is Kind.PROMPT and interactive(content) else ""
        over = " data-over" if kind is Kind.LIVE and not running else ""
        quiet = ' aria-live="off"' if kind is Kind.LIVE else ""
        tools = self._copy_whole() if kind is Kind.FINAL else ""
        return (
            f'<article class="message agent {kind.value}" data-key="{escape(key)}"'
            f' data-kind="{kind.value}"{asks}{over}{quiet}>'
            f'<h3 class="unseen">{self._word("agent")}</h3>'
            f'<div class="body">{body}</div>'
            f'<div class="tools">{tools}{_time(at)}</div></article>'
        )

    def live(self, key: str, content: Content, at: float | None) -> str:
        """A message that is still changing."""
        return self.message(key, content, Kind.LIVE, at)

    def prompt(self, key: str, text: str, files: tuple[SentFile, ...], at: float | None) -> str:
        """A message of the person."""
        said = f'<p class="said">{escape(text)}</p>' if text else ""
        sent = "".join(self._file(file) for file in files)
        return (
            f'<article class="message mine" data-key="{escape(key)}">'
            f'<h3 class="unseen">{self._word("you")}</h3>'
            f'<div class="body">{said}{sent}</div><div class="tools">{_time(at)}</div></article>'
        )

    def _word(self, key: str) -> str:
        return escape(self.texts.say(key))

    def _copy_whole(self) -> str:
        return f'<button type="button" class="copy" data-copy-message>{self._word("copy")}</button>'

    def _blocks(self, content: Content, kind: Kind, *, running: bool) -> Iterator[str]:
        for number, block in enumerate(content):
            if isinstance(block, Steps):
                yield self._steps(block, number, running=running)
            else:
                yield self._block(block, kind, number)

    def _block(self, block: _Other, kind: Kind, number: int) -> str:
        match block:
            case Text():
                drawn = to_html(block.markdown, self.texts.say("copy"))
                return f'<div class="prose">{drawn}</div>'
            case Todos():
                return self._todos(block)
            case Diff():
                return self._diff(block, kind, number)
            case Table():
                return _table(block)
            case Buttons():
                return self._buttons(block)
            case Menu():
                return self._menu(block)
            case Form():
                return self._form(block, number)
            case Attachment():
                link = self.link(block)
                return self._file(SentFile(link, block.name, block.mime, block.size or None))
            case Footer():
                return f'<p class="footer">{escape(block.text)}</p>'
            case _:
                assert_never(block)

    # --- the work of a turn ---------------------------------------------------------------------

    def _steps(self, steps: Steps, number: int, *, running: bool) -> str:
        busy = tuple(step for step in steps.items if step.state is StepState.RUNNING)
        state = "running" if running else "done"
        shown = (busy or steps.items)[-1:] if running else ()
        now = "".join(f'<span class="now">{escape(step.title)}</span>' for step in shown)
        total = self.texts.count("steps", len(steps.items) + steps.hidden)
        hidden = ""
        if steps.hidden:
            words = self.texts.count("earlier_steps", steps.hidden)
            hidden = f'<li class="earlier">{escape(words)}</li>'
        items = "".join(self._step(step, f"{number}.{i}") for i, step in enumerate(steps.items))
        return (
            f'<details class="steps {state}" data-fold="{number}"{_opened(running)}>'
            f'<summary><span class="sign" aria-hidden="true"></span>'
            f'<span class="count">{escape(total)}</span>{now}</summary>'
            f"<ol>{hidden}{items}</ol></details>"
        )

    def _step(self, step: Step, fold: str) -> str:
        state = f'<span class="unseen">({self._word(f"step_{step.state.value}")})</span>'
        title = step.title or (self.texts.say("thought") if step.kind is StepKind.THOUGHT else "")
        head = (
            f'<span class="sign" aria-hidden="true"></span>'
            f'<span class="title">{escape(title)}</span> {state}'
        )
        if step.detail:
            head = (
                f'<details data-fold="{fold}"><summary>{head}</summary>'
                f'<pre tabindex="0">{escape(step.detail)}</pre></details>'
            )
        depth = min(step.depth, 3)
        return f'<li class="{step.kind.value} {step.state.value} depth-{depth}">{head}</li>'

    def _todos(self, todos: Todos) -> str:
        done = sum(item.state is TodoState.DONE for item in todos.items)
        progress = self.texts.say("todo_progress", done=done, total=len(todos.items))
        items = "".join(
            f'<li class="{item.state.value}"><span class="sign" aria-hidden="true"></span>'
            f"<span>{escape(item.text)}</span>"
            f' <span class="unseen">({self._word(f"todo_{item.state.value}")})</span></li>'
            for item in todos.items
        )
        return (
            f'<section class="todos"><p class="head"><strong>{self._word("todo_title")}</strong>'
            f" <span>{escape(progress)}</span></p><ul>{items}</ul></section>"
        )

    def _diff(self, diff: Diff, kind: Kind, number: int) -> str:
        lines = diff.unified.splitlines()
        added = self._changed("plus", "+", "diff_added", diff.added)
        removed = self._changed("minus", "&minus;", "diff_removed", diff.removed)
        shown = kind is Kind.PROMPT or len(lines) <= _DIFF_SHOWN
        return (
            f'<details class="diff" data-fold="{number}"{_opened(shown)}><summary>'
            f'<span class="path">{escape(diff.path)}</span>'
            f"{added}{removed}</summary>"
            f'<pre tabindex="0"><code>{"".join(_diff_lines(lines))}</code></pre></details>'
        )

    def _changed(self, name: str, sign: str, key: str, number: int) -> str:
        if not number:
            return ""
        words = escape(self.texts.count(key, number))
        return (
            f' <span class="{name}"><span aria-hidden="true">{sign}{number}</span>'
            f'<span class="unseen">{words}</span></span>'
        )

    # --- what can be answered -------------------------------------------------------------------

    def _buttons(self, buttons: Buttons) -> str:
        drawn = "".join(_button(button) for button in buttons.items)
        return f'<div class="buttons" role="group">{drawn}</div>'

    def _menu(self, menu: Menu) -> str:
        action, legend = escape(menu.action), escape(menu.placeholder or self.texts.say("choose"))
        if menu.multiple:
            options = "".join(
                f'<label class="option"><input type="checkbox" name="value"'
                f' value="{escape(option.value)}"><span><b>{escape(option.label)}</b>'
                f"{_small(option.description)}</span></label>"
                for option in menu.options
            )
            send = f'<button class="primary">{self._word("send_choice")}</button>'
            return (
                f'<form class="menu" data-menu="{action}"><fieldset><legend>{legend}</legend>'
                f"{options}{send}</fieldset></form>"
            )
        options = "".join(
            f'<button type="button" class="option" data-action="{action}"'
            f' data-value="{escape(option.value)}"><span><b>{escape(option.label)}</b>'
            f"{_small(option.description)}</span></button>"
            for option in menu.options
        )
        return (
            f'<div class="menu" role="group" aria-label="{legend}"><p class="legend"'
            f' aria-hidden="true">{legend}</p>{options}</div>'
        )

    def _form(self, form: Form, number: int) -> str:
        fields = "".join(
            f"<label>{escape(field.label)}"
            + (
                f'<textarea name="{escape(field.id)}" rows="3" maxlength="100000"{need}></textarea>'
                if field.multiline
                else f'<input name="{escape(field.id)}" maxlength="100000"{need}>'
            )
            + "</label>"
            for field in form.fields
            for need in (" required" if field.required else "",)
        )
        title = f'<p class="legend">{escape(form.title)}</p>' if form.title else ""
        return (
            f'<details class="form" data-fold="{number}"><summary>{escape(form.label)}</summary>'
            f'<form data-submit="{escape(form.action)}">{title}{fields}'
            f'<button class="primary">{self._word("send_form")}</button></form></details>'
        )

    # --- files ----------------------------------------------------------------------------------

    def _file(self, file: SentFile) -> str:
        url, name = escape(file.url), escape(file.name)
        size = "" if file.size is None else _small(self._size(file.size))
        if file.mime in INLINE_IMAGES:
            words = escape(self.texts.say("picture", name=file.name))
            return (
                f'<a class="file picture" href="{url}" target="_blank">'
                f'<img src="{url}" alt="{words}" loading="lazy"></a>'
            )
        words = escape(self.texts.say("download", name=file.name))
        return (
            f'<a class="file" href="{url}" download aria-label="{words}">'
            f'<span class="sign" aria-hidden="true"></span><span><b>{name}</b>{size}</span></a>'
        )

    def _size(self, size: int) -> str:
        kilobyte = 1024
        if size < kilobyte:
            return self.texts.say("bytes", count=size)
        if size < kilobyte * kilobyte:
            return self.texts.say("kilobytes", count=f"{size / kilobyte:.0f}")
        return self.texts.say("megabytes", count=f"{size / kilobyte / kilobyte:.1f}")


def interactive(content: Content) -> bool:
    """Whether there is something to press, choose or fill in."""
    return any(isinstance(block, Buttons | Menu | Form) for block in content)


def preview(content: Content) -> str:
    """One line of plain text for a notification."""
    for block in content:
        if isinstance(block, Text):
            words = " ".join(_MARKS.sub("", block.markdown[: 4 * _PREVIEW]).split())
            return words if len(words) <= _PREVIEW else words[: _PREVIEW - 1] + "…"
    return ""


def _button(button: Button) -> str:
    return (
        f'<button type="button" class="{button.style.value}"'
        f' data-action="{escape(button.action)}">{escape(button.label)}</button>'
    )


def _small(text: str) -> str:
    return f"<small>{escape(text)}</small>" if text else ""


def _opened(wanted: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return " open" if wanted else ""


def _time(at: float | None) -> str:
    if at is None:
        return ""
    moment = datetime.fromtimestamp(at, UTC)
    return f'<time datetime="{moment.isoformat(timespec="seconds")}">{moment:%H:%M}</time>'


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return (
        f'<div class="table prose" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _diff_lines(lines: list[str]) -> Iterator[str]:
    old = new = 0
    for line in lines:
        if hunk := _HUNK.match(line):
            old, new = int(hunk[1]), int(hunk[2])
            yield f'<span class="line hunk">{escape(line)}</span>\n'
        elif line.startswith("+"):
            yield f'<span class="line plus" data-n="{new}">{escape(line)}</span>\n'
            new += 1
        elif line.startswith("-"):
            yield f'<span class="line minus" data-n="{old}">{escape(line)}</span>\n'
            old += 1
        else:
            yield f'<span class="line" data-n="{new}">{escape(line)}</span>\n'
            old, new = old + 1, new + 1
