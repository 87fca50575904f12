"""A JSON Schema of the configuration, for editors; made of the same classes that read it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from cc_connect.app.config import reference
from cc_connect.app.config.kinds import (
    Anything,
    Choice,
    Either,
    Entry,
    Kind,
    Many,
    Map,
    Scalar,
    Table,
    layout,
)
from cc_connect.app.config.models import AUTO, AgentConfig, Config, PlatformConfig

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, object]

_VARIABLE: Schema = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"}
"""What may stand for a number, a switch or a word: the environment has only text."""

_TYPES = {str: "string", Path: "string", int: "integer", float: "number", bool: "boolean"}


def schema(agents: Mapping[str, type], platforms: Mapping[str, type]) -> Schema:
    """The schema of `config.toml`.

    Args:
        agents: Options class by type.
        platforms: The same.
    """
    return {
        "$schema": DIALECT,
        "title": "cc-connect",
        "description": "The configuration of cc-connect.",
        **_Writer(agents, platforms).table(Config),
    }


class _Writer:
    def __init__(self, agents: Mapping[str, type], platforms: Mapping[str, type]) -> None:
        self._agents = agents
        self._platforms = platforms

    def table(self, cls: type, known: frozenset[str] = frozenset()) -> Schema:
        """The schema of a table; `known` keys are allowed, though nobody reads them yet."""
        plan = layout(cls)
        properties: Schema = {key: self._entry(entry) for key, entry in plan.entries.items()}
        for key in sorted(known.union(plan.planned, plan.former) - plan.entries.keys()):
            properties[key] = {"description": "Known, but without effect, or an older name."}
        required = [entry.key for entry in plan.entries.values() if entry.required]
        made: Schema = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        if cls is Config:
            required = []  # without projects there is one for the folder of the start
        if required:
            made["required"] = required
        if cls is AgentConfig:
            self._by_type(made, self._agents, reference.agent_options, (AUTO,))
        elif cls is PlatformConfig:
            self._by_type(made, self._platforms, reference.platform_options, ())
        return made

    def _by_type(
        self,
        made: Schema,
        classes: Mapping[str, type],
        known: Callable[[str], frozenset[str]],
        more: tuple[str, ...],
    ) -> None:
        """Have `options` depend on `type`."""
        properties = made["properties"]
        assert isinstance(properties, dict)  # noqa: S101 - it was made above
        doc = properties["type"]["description"]
        names = sorted({*classes, *more})
        properties["type"] = {
            "description": doc,
            "anyOf": [{"enum": names}, {"type": "string"}],
        }
        made["allOf"] = [
            {
                "if": {"properties": {"type": {"const": name}}},
                "then": {"properties": {"options": self.table(cls, known(name))}},
            }
            for name, cls in sorted(classes.items())
        ]

    def _entry(self, entry: Entry) -> Schema:
        doc = str(entry.meta.get("doc", ""))
        if not entry.built:
            doc = f"{doc} Not built yet.".strip()
        made = self._bounded(entry, self._kind(entry.kind))
        others = [_VARIABLE] if _takes_variables(entry.kind) else []
        if entry.meta.get("csv"):
            others.append({"type": ["string", "integer"]})
        if entry.meta.get("number"):
            others.append({"type": "integer"})
        if entry.meta.get("digits"):
            others.append({"type": "string"})
        spelled = entry.meta.get("spelled")
        if isinstance(spelled, Mapping):
            others.append({"enum": sorted(spelled)})
        if others:
            made = {"anyOf": [made, *others]}
        return {"description": doc, **made} if doc else made

    def _bounded(self, entry: Entry, made: Schema) -> Schema:
        meta = entry.meta
        if not isinstance(entry.kind, Scalar):
            return made
        least = 0 if meta.get("zero") and meta.get("min", 0) > 0 else meta.get("min")
        if least is not None:
            made["minimum"] = least
        if "max" in meta:
            made["maximum"] = meta["max"]
        if "choices" in meta:
            return {"anyOf": [{"enum": list(meta["choices"])}, made]}
        return made

    def _kind(self, kind: Kind) -> Schema:
        match kind:
            case Scalar(cls):
                return {"type": _TYPES[cls]}
            case Choice(words):
                return {"enum": list(words)}
            case Many(item):
                return {"type": "array", "items": self._kind(item)}
            case Table(cls):
                return self.table(cls)
            case Map(item):
                return {"type": "object", "additionalProperties": self._kind(item)}
            case Either(kinds):
                return {"anyOf": [self._kind(one) for one in kinds]}
            case Anything():
                return {}


def _takes_variables(kind: Kind) -> bool:
    match kind:
        case Scalar(cls):
            return cls in (int, float, bool)
        case Choice():
            return True
        case _:
            return False
