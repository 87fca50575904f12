"""The agent itself, a program of its own: JSON lines in, JSON lines out. It repeats you, loudly."""

import json
import sys


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)["ask"]
        for word in asked.upper().split():
            print(json.dumps({"say": f"{word} "}), flush=True)
        print(json.dumps({"done": True}), flush=True)
