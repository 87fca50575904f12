"""What a program wrote for a terminal, as it reads in a chat."""

import re

_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def readable(output: str) -> str:
    """Without colours and other orders to a terminal; of a line written over, its last state."""
    lines = _SEQUENCES.sub("", output).replace("\r\n", "\n").split("\n")
    written = (line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return _CONTROLS.sub("", "\n".join(written)).strip("\n")


def tail(text: str, most: int) -> str:
    """The end of the text, at most so many characters, beginning with a whole line if it can."""
    if len(text) <= most:
        return text
    end = text[-most:]
    _, line_end, whole = end.partition("\n")
    return whole if line_end and whole else end
