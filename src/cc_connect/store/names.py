"""File names from strangers, made harmless."""

import unicodedata

_LONGEST = 120  # bytes: some encrypting file systems stop at 143, and a suffix may be added
_LONGEST_ENDING = 16
_ALTERNATIVE = "file"
# Agents put names into shell commands, and not every one of them quotes well.
_SHELL = frozenset("$`\"'\\;&|<>*?!(){}[]~#%^=")


def safe_name(name: str) -> str:
    """One path component that is safe to create and to mention in a shell command.

    Keeps letters of every language; drops folders, control and invisible characters, leading dots
    and dashes; the length is limited with the ending kept.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    normal = unicodedata.normalize("NFC", last)
    kept = "".join(_harmless(character) for character in normal)
    kept = " ".join(kept.split()).lstrip(".- ").rstrip(". ")
    return _shortened(kept) or _ALTERNATIVE


def with_suffix(name: str, suffix: str) -> str:
    """`name` with `-suffix` before its ending."""
    stem, ending = _parts(name)
    return f"{stem}-{suffix}{ending}"


def _harmless(character: str) -> str:
    if character in _SHELL:
        return "_"
    category = unicodedata.category(character)
    if category[0] == "C":  # control, invisible, half a surrogate pair, not assigned
        return ""
    return " " if category[0] == "Z" else character


def _shortened(name: str) -> str:
    stem, ending = _parts(name)
    room = _LONGEST - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + ending


def _parts(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    if stem and dot and len(ending.encode()) < _LONGEST_ENDING:
        return stem, dot + ending
    return name, ""
