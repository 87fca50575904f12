"""Forms that MCP servers put before a person (elicitation), as questions and back again. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cc_connect.contract.agent import Choice, Question
from cc_connect.core.frames import Frame, mapping, objects, string, strings

_YES, _NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its name, its type in JSON Schema, and what may be chosen."""

    name: str
    type: str
    header: str = ""
    choices: tuple[Choice, ...] = ()
    values: tuple[str, ...] = ()
    multiple: bool = False


def fields(schema: Frame, message: str) -> dict[str, Field]:
    """Return the fields of a form by the questions that fill them.

    The message of the form belongs to the first question.
    """
    found: dict[str, Field] = {}
    for name, one in mapping(schema, "properties").items():
        if not isinstance(one, dict):
            continue
        text = string(one, "description") or string(one, "title") or name
        if not found and message:
            text = f"{message}\n{text}"
        found[text if text not in found else f"{text} ({name})"] = _field(name, one)
    return found


def question(text: str, one: Field) -> Question:
    """Return a field as a question."""
    return Question(text, one.header, one.choices, one.multiple)


def filled(fields: Mapping[str, Field], answers: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the content of a form; what cannot be read as its type stays a text."""
    return {
        fields[text].name: _value(fields[text], chosen)
        for text, chosen in answers.items()
        if text in fields and chosen
    }


def flat(value: object, path: str = "") -> Iterator[str]:
    """Give the leaves of nested JSON as `a.b: value`, to show what is wanted in one line."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        if value:
            yield f"{path}: {', '.join(map(str, value))}"
    elif value is not None:
        yield f"{path}: {value}"


def _field(name: str, one: Frame) -> Field:
    kind, header = string(one, "type") or "string", string(one, "title")
    inner = mapping(one, "items") if kind == "array" else one
    values = strings(inner, "enum")
    labels = strings(inner, "enumNames") or values
    for option in (*objects(inner, "oneOf"), *objects(inner, "anyOf")):
        values += (string(option, "const"),)
        labels += (string(option, "title") or string(option, "const"),)
    if kind == "boolean":
        values = labels = (_YES, _NO)
    choices = tuple(Choice(label) for label in labels)
    return Field(name, kind, header, choices, values, multiple=kind == "array")


def _value(one: Field, chosen: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    by_label = dict(zip((choice.label for choice in one.choices), one.values, strict=False))
    values = [by_label.get(label, label) for label in chosen]
    text = ", ".join(values)
    try:
        match one.type:
            case "array":
                return values
            case "boolean":
                return text.strip().lower() in (_YES, "true", "y", "1")
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case _:
                return text
    except ValueError:
        return text
