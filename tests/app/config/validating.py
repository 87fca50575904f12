"""As much of JSON Schema as our schema uses, to hold configurations against it."""

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def faults(schema: dict[str, Any], value: Any, path: str = "") -> Iterator[str]:
    """Where a value is not what the schema says."""
    if "type" in schema and not _is(schema["type"], value):
        yield f"{path}: not {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: not one of the words"
    if "const" in schema and value != schema["const"]:
        yield f"{path}: not {schema['const']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: not like {schema['pattern']}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{path}: too small"
    if "maximum" in schema and value > schema["maximum"]:
        yield f"{path}: too large"
    if "anyOf" in schema and all(list(faults(one, value)) for one in schema["anyOf"]):
        yield f"{path}: none of the choices"
    for part in schema.get("allOf", ()):
        if not list(faults(part["if"], value)):
            yield from faults(part["then"], value, path)
    yield from _inside(schema, value, path)


def _is(kind: str | list[str], value: Any) -> bool:
    kinds = [kind] if isinstance(kind, str) else kind
    if isinstance(value, bool):
        return "boolean" in kinds
    return any(isinstance(value, TYPES[one]) for one in kinds)


def _inside(schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list) and "items" in schema:
        for index, one in enumerate(value):
            yield from faults(schema["items"], one, f"{path}[{index}]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        more = schema.get("additionalProperties", {})
        for key in schema.get("required", ()):
            if key not in value:
                yield f"{path}.{key}: missing"
        for key, one in value.items():
            if key in properties:
                yield from faults(properties[key], one, f"{path}.{key}")
            elif more is False:
                yield f"{path}.{key}: unknown"
            else:
                yield from faults(more, one, f"{path}.{key}")
