"""Where a conversation may be moved to."""

from pathlib import Path

from cc_connect.core.workplace import Trouble, Unable

MOST_FOLDERS = 10
"""Folders of a conversation that are remembered."""


def reachable(wanted: str, cwd: str, own: str, roots: tuple[str, ...]) -> str | Unable:
    """The folder that is meant, seen from `cwd`, by its real name.

    It must be in one of the roots, or in `own`, the project's folder; no roots allow any folder.
    """
    try:
        path = (Path(cwd) / Path(wanted).expanduser()).resolve()
        if not path.is_dir():
            return Unable(Trouble.NO_FOLDER, wanted)
        home = Path(own).resolve()
        if path == home:
            return own
        allowed = [home, *(Path(root).expanduser().resolve() for root in roots)]
    except (OSError, RuntimeError, ValueError):
        return Unable(Trouble.NO_FOLDER, wanted)
    if roots and not any(path.is_relative_to(root) for root in allowed):
        return Unable(Trouble.OUTSIDE, wanted)
    return str(path)
