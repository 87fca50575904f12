"""Old messages from while the program was away: what people are asked about them."""

from collections.abc import Sequence

from cc_connect.contract.content import Block, Button, Buttons, Content, Style, Text
from cc_connect.core.actions import RunCommand, encode
from cc_connect.core.compose.ages import age
from cc_connect.core.desk import Missed
from cc_connect.core.display import cut, one_line
from cc_connect.core.texts import Language, say

LISTED = 15
SINGLY = 4
"""So many messages have a button each; of more the others are named by typing."""
QUOTED = 300
LABEL = 40


def missed_prompt(missed: Sequence[Missed], now: float, language: Language) -> Content:
    """Ask whether to run them. The buttons name the messages, so they mean tomorrow the same."""
    if len(missed) == 1:
        (only,) = missed
        ago = age(now - only.at, language)
        quoted = one_line(only.text, QUOTED)
        asking = say(language, "missed_one", who=only.author.name, age=ago, text=quoted)
        return (
            Text(asking),
            Buttons((*_two(str(only.row), "missed_run", "missed_skip", language),)),
        )
    lines = [say(language, "missed_many", count=len(missed))]
    lines += [
        say(
            language,
            "missed_line",
            number=one.row,
            who=one.author.name,
            age=age(now - one.at, language),
            text=one_line(one.text, QUOTED // 3),
        )
        for one in missed[:LISTED]
    ]
    if len(missed) > LISTED:
        lines.append(say(language, "missed_more", count=len(missed) - LISTED))
    every = ",".join(str(one.row) for one in missed)
    blocks: list[Block] = [Text("\n".join(lines))]
    span = every if len(every) <= LABEL else f"{missed[0].row}-{missed[-1].row}"
    blocks.append(Buttons(_two(span, "missed_run_all", "missed_skip_all", language)))
    if len(missed) <= SINGLY:
        blocks.append(Buttons(tuple(_singly(one, language) for one in missed)))
    return tuple(blocks)


def _two(numbers: str, run: str, skip: str, language: Language) -> tuple[Button, Button]:
    return (
        Button(say(language, run), encode(RunCommand(f"/missed run {numbers}")), Style.SUCCESS),
        Button(say(language, skip), encode(RunCommand(f"/missed skip {numbers}")), Style.DANGER),
    )


def _singly(one: Missed, language: Language) -> Button:
    label = say(language, "missed_run_this", number=one.row, text=one_line(one.text, LABEL))
    return Button(cut(label, LABEL), encode(RunCommand(f"/missed run {one.row}")))


def missed_settled(count: int, language: Language, *, run: bool) -> Content:
    """The prompt when nothing is left to ask; `count` is of those settled last."""
    return (Text(say(language, "missed_ran" if run else "missed_skipped", count=count)),)
