"""What Discord accepts as components of a message or of a form.

Docs: Component Reference (each component's own section, Legacy Message Component Behavior) and
Interactions > Interaction Callback Data Structure > Modal.
"""

from collections.abc import Iterator
from typing import TypeGuard

from cc_connect.testing.discord.errors import FormErrors
from cc_connect.testing.discord.model import (
    LINK_BUTTON,
    SELECTS,
    ComponentKind,
    JsonObject,
    walk,
)

ROWS = 5
BUTTONS_IN_ROW = 5
LABEL = 80
CUSTOM_ID = 100
OPTIONS = 25
OPTION_TEXT = 100
PLACEHOLDER = 150
URL = 512
V2_TOTAL = 40
V2_TEXT = 4000
FORM_TITLE = 45
FORM_LABEL = 45
INPUT_VALUE = 4000
INPUT_PLACEHOLDER = 100
_BUTTON_STYLES = frozenset(range(1, 7))
_PREMIUM_BUTTON = 6

_V2_TOP = frozenset(
    {
        ComponentKind.ROW,
        ComponentKind.SECTION,
        ComponentKind.TEXT,
        ComponentKind.GALLERY,
        ComponentKind.FILE,
        ComponentKind.SEPARATOR,
        ComponentKind.CONTAINER,
    }
)
_IN_CONTAINER = _V2_TOP - {ComponentKind.CONTAINER}
_IN_ROW = SELECTS | {ComponentKind.BUTTON}
_FORM_TOP = frozenset({ComponentKind.ROW, ComponentKind.LABEL, ComponentKind.TEXT})
_IN_LABEL = SELECTS | {ComponentKind.TEXT_INPUT, ComponentKind.UPLOAD}

Path = tuple[str | int, ...]


def check_components(
    components: object, errors: FormErrors, path: Path, *, modern: bool
) -> list[JsonObject]:
    """Check the components of a message; `modern` when its flags say IS_COMPONENTS_V2.

    Returns copies with an `id` on every component, as Discord gives out. Errors are noted, not
    raised.
    """
    if not _well_formed(components):
        errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return []
    if modern:
        _check_modern(components, errors, path)
    else:
        if len(components) > ROWS:
            errors.too_long(path, ROWS)
        _check_children(components, errors, path, frozenset({ComponentKind.ROW}))
    _check_duplicates(components, errors, path)
    return _numbered(components)


def check_form(form: object, errors: FormErrors) -> JsonObject:
    """Check the `data` of a response that opens a form; returns it with numbered components."""
    if not isinstance(form, dict):
        errors.required(())
        return {}
    _check_text(form, "title", errors, (), 1, FORM_TITLE)
    _check_text(form, "custom_id", errors, (), 1, CUSTOM_ID)
    components = form.get("components")
    if not _well_formed(components) or not 1 <= len(components) <= ROWS:
        errors.bad_length(("components",), 1, ROWS)
        return form
    _check_children(components, errors, ("components",), _FORM_TOP)
    _check_duplicates(components, errors, ("components",))
    return {**form, "components": _numbered(components)}


def _well_formed(components: object) -> TypeGuard[list[JsonObject]]:
    """Whether these are lists of objects with a type all the way down."""
    return isinstance(components, list) and all(
        isinstance(each, dict)
        and isinstance(each.get("type"), int)
        and _well_formed(each.get("components") or [])
        and _well_formed([each[name] for name in ("accessory", "component") if name in each])
        for each in components
    )


def _check_modern(components: list[JsonObject], errors: FormErrors, path: Path) -> None:
    """Docs: Component Reference, its introduction: 40 components; Text Display: 4000 characters."""
    everything = list(walk(components))
    if not components:
        errors.bad_length(path, 1, V2_TOTAL)
    if len(everything) > V2_TOTAL:
        errors.add(
            path,
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The total number of components cannot exceed {V2_TOTAL}",
        )
    words = sum(len(c.get("content") or "") for c in everything if c["type"] == ComponentKind.TEXT)
    if words > V2_TEXT:
        errors.add(
            path,
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Component displayable text exceeds maximum size of {V2_TEXT}",
        )
    _check_children(components, errors, path, _V2_TOP)


def _check_children(
    components: list[JsonObject], errors: FormErrors, path: Path, allowed: frozenset[ComponentKind]
) -> None:
    for index, component in enumerate(components):
        _check_one(component, errors, (*path, index), allowed)


def _check_one(
    component: JsonObject, errors: FormErrors, path: Path, allowed: frozenset[ComponentKind]
) -> None:
    kind = component.get("type")
    if kind not in allowed:
        listed = ", ".join(str(int(each)) for each in sorted(allowed))
        message = f'Value of field "type" must be one of ({listed}).'
        errors.add((*path, "type"), "UNION_TYPE_CHOICES", message)
        return
    match ComponentKind(kind):
        case ComponentKind.ROW:
            _check_row(component, errors, path)
        case ComponentKind.BUTTON:
            _check_button(component, errors, path)
        case ComponentKind.TEXT_INPUT:
            _check_input(component, errors, path)
        case ComponentKind.TEXT:
            _check_text(component, "content", errors, path, 1, V2_TEXT)
        case ComponentKind.CONTAINER:
            inner = component.get("components") or []
            _check_children(inner, errors, (*path, "components"), _IN_CONTAINER)
        case ComponentKind.SECTION:
            _check_section(component, errors, path)
        case ComponentKind.LABEL:
            _check_label(component, errors, path)
        case select if select in SELECTS:
            _check_select(component, errors, path)
        case _:
            pass


def _check_row(row: JsonObject, errors: FormErrors, path: Path) -> None:
    children = row.get("components")
    inner = (*path, "components")
    if not isinstance(children, list) or not 1 <= len(children) <= BUTTONS_IN_ROW:
        errors.bad_length(inner, 1, BUTTONS_IN_ROW)
        return
    wide = [child for child in children if child.get("type") != ComponentKind.BUTTON]
    if wide and len(children) > 1:
        errors.add(
            inner,
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        )
    allowed = _IN_ROW | {ComponentKind.TEXT_INPUT} if errors.form else _IN_ROW
    _check_children(children, errors, inner, allowed)


def _check_button(button: JsonObject, errors: FormErrors, path: Path) -> None:
    style = button.get("style")
    if style not in _BUTTON_STYLES:
        errors.choices((*path, "style"), sorted(_BUTTON_STYLES))
        return
    if len(button.get("label") or "") > LABEL:
        errors.too_long((*path, "label"), LABEL)
    if style == LINK_BUTTON:
        _check_text(button, "url", errors, path, 1, URL)
    elif style != _PREMIUM_BUTTON:
        _check_custom_id(button, errors, path)
        if not button.get("label") and not button.get("emoji"):
            errors.add(
                path,
                "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED",
                "A label or an emoji is required",
            )


def _check_select(select: JsonObject, errors: FormErrors, path: Path) -> None:
    _check_custom_id(select, errors, path)
    if len(select.get("placeholder") or "") > PLACEHOLDER:
        errors.too_long((*path, "placeholder"), PLACEHOLDER)
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not 0 <= least <= OPTIONS or not 1 <= most <= OPTIONS or least > most:
        message = f"int value should be between 0 and {OPTIONS}."
        errors.add((*path, "max_values"), "NUMBER_TYPE_MAX", message)
    if select["type"] == ComponentKind.STRING_SELECT:
        _check_options(select.get("options"), errors, (*path, "options"))


def _check_options(options: object, errors: FormErrors, path: Path) -> None:
    if not isinstance(options, list) or not 1 <= len(options) <= OPTIONS:
        errors.bad_length(path, 1, OPTIONS)
        return
    seen: set[str] = set()
    for index, option in enumerate(options):
        place = (*path, index)
        _check_text(option, "label", errors, place, 1, OPTION_TEXT)
        _check_text(option, "value", errors, place, 1, OPTION_TEXT)
        if len(option.get("description") or "") > OPTION_TEXT:
            errors.too_long((*place, "description"), OPTION_TEXT)
        if option.get("value") in seen:
            errors.add(
                place,
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        seen.add(option.get("value"))


def _check_section(section: JsonObject, errors: FormErrors, path: Path) -> None:
    texts = section.get("components") or []
    if not 1 <= len(texts) <= 3:  # noqa: PLR2004 - Docs: Component Reference > Section
        errors.bad_length((*path, "components"), 1, 3)
    _check_children(texts, errors, (*path, "components"), frozenset({ComponentKind.TEXT}))
    accessory = section.get("accessory")
    if not isinstance(accessory, dict):
        errors.required((*path, "accessory"))
        return
    allowed = frozenset({ComponentKind.BUTTON, ComponentKind.THUMBNAIL})
    _check_one(accessory, errors, (*path, "accessory"), allowed)


def _check_label(label: JsonObject, errors: FormErrors, path: Path) -> None:
    _check_text(label, "label", errors, path, 1, FORM_LABEL)
    inner = label.get("component")
    if not isinstance(inner, dict):
        errors.required((*path, "component"))
        return
    _check_one(inner, errors, (*path, "component"), _IN_LABEL)


def _check_input(text_input: JsonObject, errors: FormErrors, path: Path) -> None:
    _check_custom_id(text_input, errors, path)
    if text_input.get("style") not in {1, 2}:
        errors.choices((*path, "style"), [1, 2])
    for name, limit in (
        ("label", FORM_LABEL),
        ("placeholder", INPUT_PLACEHOLDER),
        ("value", INPUT_VALUE),
    ):
        if len(text_input.get(name) or "") > limit:
            errors.too_long((*path, name), limit)


def _check_custom_id(component: JsonObject, errors: FormErrors, path: Path) -> None:
    _check_text(component, "custom_id", errors, path, 1, CUSTOM_ID)


def _check_text(
    holder: JsonObject, name: str, errors: FormErrors, path: Path, least: int, most: int
) -> None:
    text = holder.get(name)
    if not isinstance(text, str):
        errors.required((*path, name))
    elif not least <= len(text) <= most:
        errors.bad_length((*path, name), least, most)


def _check_duplicates(components: list[JsonObject], errors: FormErrors, path: Path) -> None:
    seen: set[str] = set()
    for place, component in _placed(components, path):
        custom_id = component.get("custom_id")
        if custom_id is None:
            continue
        if custom_id in seen:
            errors.add(
                (*place, "custom_id"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        seen.add(custom_id)


def _placed(components: list[JsonObject], path: Path) -> Iterator[tuple[Path, JsonObject]]:
    for index, component in enumerate(components):
        place = (*path, index)
        yield place, component
        yield from _placed(component.get("components") or [], (*place, "components"))
        for name in ("accessory", "component"):
            if isinstance(component.get(name), dict):
                yield (*place, name), component[name]


def _numbered(components: list[JsonObject]) -> list[JsonObject]:
    """Docs: Component Reference > Anatomy of a Component: ids are given in order when left out."""
    taken = {c.get("id") for c in walk(components) if c.get("id")}
    return _number(components, taken, iter(range(1, len(taken) + V2_TOTAL * 10)))


def _number(
    components: list[JsonObject], taken: set[int | None], numbers: Iterator[int]
) -> list[JsonObject]:
    numbered = []
    for component in components:
        copy = dict(component)
        if not copy.get("id"):
            copy["id"] = next(number for number in numbers if number not in taken)
        if "components" in copy:
            copy["components"] = _number(copy["components"], taken, numbers)
        for name in ("accessory", "component"):
            if isinstance(copy.get(name), dict):
                copy[name] = _number([copy[name]], taken, numbers)[0]
        numbered.append(copy)
    return numbered
