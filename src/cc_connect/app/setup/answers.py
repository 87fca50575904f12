"""What the command line gives in advance, and where secrets may come from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Unusable(Exception):
    """Something that was given cannot be used; the text says what."""


@dataclass(frozen=True, slots=True)
class Given:
    """Answers that came as flags; an empty text means that there was none.

    Attributes:
        options: Of the platform, as they are to be written: a secret may be `${NAME}`.
        asking: Whether what is missing may be asked for.
        checking: Whether credentials are tried on the platform.
    """

    platform: str = ""
    project: str = ""
    work_dir: str = ""
    agent: str = ""
    allow_from: str | None = None
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    asking: bool = True
    checking: bool = True


def filled(value: str, environ: Mapping[str, str]) -> str:
    """A value with its `${NAME}` replaced, for a check.

    Raises:
        Unusable: A variable is not set.
    """

    def look(match: re.Match[str]) -> str:
        if match[1] not in environ:
            raise Unusable(f"the environment variable {match[1]} is not set")
        return environ[match[1]]

    return REFERENCE.sub(look, value)


def option(words: str, secrets: frozenset[str]) -> tuple[str, str]:
    """Read `KEY=VALUE`.

    Raises:
        Unusable: It is none, or a secret, which everybody on the machine could read in the list of
            processes.
    """
    key, mark, value = words.partition("=")
    if not mark or not key:
        raise Unusable(f"{words!r} is not KEY=VALUE")
    if key in secrets:
        raise Unusable(f"{key} is a secret: --secret {key}=env:NAME or --secret {key}=file:PATH")
    return key.strip(), value


def secret(words: str) -> tuple[str, str]:
    """Read `KEY=env:NAME` or `KEY=file:PATH`: the variable is referred to, the file is read.

    Raises:
        Unusable: It is neither, or the file cannot be read.
    """
    key, _, place = words.partition("=")
    kind, mark, name = place.partition(":")
    if not (key and mark and name) or kind not in ("env", "file"):
        # What stands there may be the secret itself: it is not repeated.
        raise Unusable("--secret takes KEY=env:NAME or KEY=file:PATH")
    if kind == "env":
        reference = f"${{{name}}}"
        if not REFERENCE.fullmatch(reference):
            raise Unusable(f"{key}: this is no name of a variable")
        return key, reference
    try:
        value = Path(name).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{key}: {name} cannot be read: {error}") from error
    if REFERENCE.search(value):
        raise Unusable(f"{key}: the file holds ${{...}}, which would mean a variable")
    return key, value
