"""Buttons, menus and forms as Discord's components. Docs: Component Reference."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cc_connect.contract.content import Button, Buttons, Form, Menu, Option, Style
from cc_connect.core.markdown import clip
from cc_connect.platforms.discord.custom_ids import custom_id
from cc_connect.platforms.discord.wire import Draft

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, LABEL = 1, 2, 3, 4, 18
ROWS = 5
ROW_BUTTONS = 5
OPTIONS = 25
BUTTON_LABEL = 80
OPTION_TEXT = 100
PLACEHOLDER = 150
FORM_TEXT = 45
FORM_FIELDS = 5
SHORT, PARAGRAPH = 1, 2
LONGEST_ANSWER = 4000
STYLES = {Style.PRIMARY: 1, Style.PLAIN: 2, Style.SUCCESS: 3, Style.DANGER: 4}

Group = Buttons | Menu | Form


@dataclass(slots=True)
class _Rows:
    """Rows as they fill. A menu takes a whole one."""

    done: list[Draft] = field(default_factory=list)
    buttons: list[Draft] = field(default_factory=list)

    def add(self, button: Draft) -> None:
        if len(self.buttons) == ROW_BUTTONS:
            self.close()
        self.buttons.append(button)

    def close(self) -> None:
        if self.buttons:
            self.done.append({"type": ROW, "components": self.buttons})
            self.buttons = []


def rows(groups: Iterable[Group]) -> list[Draft]:
    """The rows of a message, five at most.

    Each group begins a row of its own, only the button of a form goes beside what it belongs to.
    When that takes too much room, menus come first and all buttons share the rows that are left.
    """
    numbered = list(_numbered(groups))
    spread = _Rows()
    for group, drawn in numbered:
        if isinstance(group, Form):
            spread.add(drawn[0])
            continue
        spread.close()
        _place(spread, group, drawn)
    spread.close()
    if len(spread.done) <= ROWS:
        return spread.done
    tight = _Rows()
    for group, drawn in sorted(numbered, key=lambda pair: not isinstance(pair[0], Menu)):
        _place(tight, group, drawn)
    tight.close()
    return tight.done[:ROWS]


def _place(onto: _Rows, group: Group, drawn: list[Draft]) -> None:
    if isinstance(group, Menu):
        onto.done += [{"type": ROW, "components": [each]} for each in drawn]
        return
    for each in drawn:
        onto.add(each)


def _numbered(groups: Iterable[Group]) -> Iterator[tuple[Group, list[Draft]]]:
    """Each group drawn; where an id stands twice, the later one gets a number."""
    seen: dict[str, int] = {}

    def unique(action: str, *, form: bool = False) -> str:
        plain = custom_id(action, form=form)
        number = seen.get(plain, 0)
        seen[plain] = number + 1
        return custom_id(action, form=form, number=number + 1 if number else 0)

    for group in groups:
        match group:
            case Buttons(items):
                yield group, [_button(item, unique(item.action)) for item in items]
            case Menu():
                yield group, [_select(group, part, unique(group.action)) for part in _parts(group)]
            case Form():
                opener = Button(group.label, group.action)
                yield group, [_button(opener, unique(group.action, form=True))]


def _button(button: Button, name: str) -> Draft:
    return {
        "type": BUTTON,
        "style": STYLES[button.style],
        "label": clip(button.label, BUTTON_LABEL) or "…",
        "custom_id": name,
    }


def _parts(menu: Menu) -> list[tuple[Option, ...]]:
    """The options in portions that a menu can hold."""
    return [menu.options[start : start + OPTIONS] for start in range(0, len(menu.options), OPTIONS)]


def _select(menu: Menu, options: tuple[Option, ...], name: str) -> Draft:
    return {
        "type": STRING_SELECT,
        "custom_id": name,
        "placeholder": clip(menu.placeholder, PLACEHOLDER),
        "min_values": 1,
        "max_values": len(options) if menu.multiple else 1,
        "options": [_option(option) for option in options],
    }


def _option(option: Option) -> Draft:
    drawn: Draft = {
        "label": clip(option.label, OPTION_TEXT) or "…",
        "value": clip(option.value, OPTION_TEXT),
    }
    if option.description:
        drawn["description"] = clip(option.description, OPTION_TEXT)
    return drawn


def modal(form: Form) -> Draft:
    """The form itself. Docs: Interactions > Interaction Callback Data Structure > Modal."""
    return {
        "custom_id": custom_id(form.action),
        "title": clip(form.title, FORM_TEXT) or "…",
        "components": [
            {
                "type": LABEL,
                "label": clip(each.label, FORM_TEXT) or "…",
                "component": {
                    "type": TEXT_INPUT,
                    "custom_id": each.id,
                    "style": PARAGRAPH if each.multiline else SHORT,
                    "required": each.required,
                    "max_length": LONGEST_ANSWER,
                },
            }
            for each in form.fields[:FORM_FIELDS]
        ],
    }
