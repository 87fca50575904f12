"""The sample project that the demo agent works on."""

from pathlib import Path

FILES = {
    "README.md": "# Sample\n\nA small project to try cc-connect with. Change whatever you like.\n",
    "notes.txt": "Notes\n=====\n\n- Water the plants.\n- Call the printer.\n",
    "hello.py": 'def greet(name):\n    return f"Hello, {name}!"\n\n\nprint(greet("world"))\n',
    "data/fruits.csv": "fruit,count\napple,3\npear,5\nplum,12\n",
}


def seed(folder: Path) -> None:
    """Put the sample project into a folder that is empty."""
    if any(folder.iterdir()):
        return
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
