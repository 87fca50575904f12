"""How this program is called here."""

import shutil
import sys
from pathlib import Path

NAME = "cc-connect"


def called() -> str:
    """What a person has to type: its name, or the path it was started under (in a checkout)."""
    if shutil.which(NAME):
        return NAME
    if Path(sys.argv[0]).name == "__main__.py":
        return f"{sys.executable} -m cc_connect"
    return sys.argv[0]
