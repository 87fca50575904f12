"""Things to show on the page: one of every block, as a real turn would fill it."""

from dataclasses import replace

from cc_connect.contract.content import (
    Button,
    Buttons,
    Content,
    Diff,
    Field,
    Footer,
    Form,
    Menu,
    Option,
    Step,
    StepKind,
    Steps,
    StepState,
    Style,
    Text,
    Todo,
    Todos,
    TodoState,
)

ANSWER = """The page was slow because every keystroke rebuilt the **whole** index.

- `search.py` keeps the index between calls now
- a change of a file marks only *its* words as stale

```python
def search(words: list[str]) -> list[Hit]:
    index = load_index()  # cached until a file changes
    return [hit for hit in index.lookup(words) if hit.score > 0.2]
```

| Query | Before | After |
|-------|-------:|------:|
| `cache` | 410 ms | 9 ms |
| `open file` | 388 ms | 11 ms |

All 214 tests pass. See the [notes](https://example.org/notes) for what is left."""

STEPS = Steps(
    (
        Step(StepKind.THOUGHT, "The index is rebuilt on every call; I look for who asks for it."),
        Step(
            StepKind.TOOL,
            "Grep build_index",
            "src/search.py:14\nsrc/cli.py:88\ntests/test_search.py:9",
        ),
        Step(StepKind.TOOL, "Read src/search.py", "240 lines"),
        Step(StepKind.TOOL, "Task: measure the queries", depth=0),
        Step(
            StepKind.TOOL, "python bench.py --queries 50", "cache 410 ms\nopen file 388 ms", depth=1
        ),
        Step(StepKind.SAID, "The cost is in the tokeniser, not in the lookup."),
        Step(StepKind.TOOL, "python -m mypy src", "error: 1 problem", StepState.FAILED),
        Step(StepKind.TOOL, "Edit src/search.py", state=StepState.RUNNING),
    ),
    hidden=12,
)

DIFF = Diff(
    "src/search.py",
    "@@ -12,9 +12,11 @@ from index import Index\n"
    ' CACHE = Path(".index")\n'
    " \n"
    " \n"
    "-def search(words):\n"
    "-    index = build_index()\n"
    "-    return index.lookup(words)\n"
    "+def search(words: list[str]) -> list[Hit]:\n"
    '+    """Hits for all words, best first."""\n'
    "+    index = load_index()\n"
    "+    hits = index.lookup(words)\n"
    "+    return [hit for hit in hits if hit.score > THRESHOLD]\n"
    " \n"
    " \n"
    " def main() -> None:",
    added=5,
    removed=3,
)

TODOS = Todos(
    (
        Todo("Find out where the time goes", TodoState.DONE),
        Todo("Keep the index between calls", TodoState.DONE),
        Todo("Mark stale words when a file changes", TodoState.ACTIVE),
        Todo("Measure again and write the notes"),
    )
)

PERMISSION: Content = (
    Text(
        "🔐 **Permission needed**: `Bash`\n\n"
        "```bash\ngit push --force-with-lease origin search-index\n```"
    ),
    Buttons(
        (
            Button("Allow", "a:r1:allow:0", Style.SUCCESS),
            Button("Always: Bash(git push *)", "a:r1:rule:0"),
            Button("Deny", "a:r1:deny:0", Style.DANGER),
        )
    ),
)

PERMISSION_DIFF: Content = (
    Text("🔐 **Permission needed**: `Edit`\n\n`src/search.py`"),
    DIFF,
    Buttons(
        (
            Button("Allow", "a:r2:allow:0", Style.SUCCESS),
            Button("Always: Edit", "a:r2:always:0"),
            Button("Deny", "a:r2:deny:0", Style.DANGER),
        )
    ),
)

QUESTION: Content = (
    Text("❓ **Where should the index be kept?**"),
    Buttons(
        (
            Button("In the project folder", "a:q1:o0:0"),
            Button("In the cache of the user", "a:q1:o1:0"),
            Button("Only in memory", "a:q1:o2:0"),
        )
    ),
    Form(
        "a:q1:text:0",
        "Another answer",
        "Where should the index be kept?",
        (Field("answer", "Your answer", multiline=True),),
    ),
    Text("❓ **Which of these shall I change as well?**"),
    Menu(
        "a:q1:menu:1",
        "Also change",
        (
            Option("The command line", "0", "Show how long a query took"),
            Option("The tests", "1", "One for every query of the report"),
            Option("The README", "2"),
        ),
        multiple=True,
    ),
    Buttons((Button("Send answers", "a:q1:submit:0", Style.PRIMARY),)),
)

PLAN: Content = (
    Text(
        "📋 **The plan**\n\n"
        "1. Keep the index in `.index`, with a version in its first line\n"
        "2. On a change of a file, mark its words as stale\n"
        "3. Rebuild only what is stale, at the next query\n\n"
        "Not touched: the ranking, the command line."
    ),
    Buttons(
        (
            Button("Go ahead", "a:p1:go:0", Style.SUCCESS),
            Button("Go ahead, edit without asking", "a:p1:edits:0", Style.PRIMARY),
        )
    ),
    Form(
        "a:p1:keep:0",
        "Keep planning",
        "Keep planning",
        (Field("comment", "What should be different?", multiline=True, required=False),),
    ),
)

LIVE: Content = (
    STEPS,
    Footer("⏳ Edit src/search.py · 42 s"),
    Buttons((Button("Stop", "c:/stop", Style.DANGER),)),
)
OVER: Content = (
    replace(STEPS, items=(*STEPS.items[:-1], replace(STEPS.items[-1], state=StepState.DONE))),
    Footer("Done: 20 steps, 51 s"),
)

FOOTER = Footer("opus · 48k tokens · $0.31 · ~/site")


def answered(action: str) -> Content:
    """A prompt after it was answered."""
    return (Text(f"✅ Answered: `{action}`"),)
