"""What git says, file by file; what programs write for terminals; templates of own commands."""

import pytest

from cc_connect.contract.content import Diff
from cc_connect.core.diffs import diffs
from cc_connect.core.placeholders import filled, has_places
from cc_connect.core.terminal import readable, tail

CHANGED = """diff --git a/a b.txt b/a b.txt
index 1..2 100644
--- a/a b.txt\t
+++ b/a b.txt\t
@@ -1,2 +1,2 @@
 one
--- two
+diff --git a/x b/x
"""
GONE = """diff --git a/old b/old
deleted file mode 100644
--- a/old
+++ /dev/null
@@ -1 +0,0 @@
-gone
"""
PICTURE = """diff --git a/p.png b/p.png
index 1..2 100644
Binary files a/p.png and b/p.png differ
"""
MOVED = """diff --git a/here b/there
similarity index 100%
rename from here
rename to there
"""


def test_each_file_is_a_block() -> None:
    assert diffs(CHANGED + GONE + PICTURE + MOVED) == (
        Diff("a b.txt", "@@ -1,2 +1,2 @@\n one\n--- two\n+diff --git a/x b/x", 1, 1),
        Diff("old", "@@ -1 +0,0 @@\n-gone", 0, 1),
        Diff("p.png", "Binary files a/p.png and b/p.png differ"),
        Diff("there", "similarity index 100%\nrename from here\nrename to there"),
    )
    assert diffs("") == ()


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("\x1b[1;31mred\x1b[0m\n", "red"),
        ("\x1b]0;a title\x07done", "done"),
        ("10%\r50%\r100%\r\nnext\r\n", "100%\nnext"),
        ("a\tb\x08\x00", "a\tb"),
        ("", ""),
    ],
)
def test_output_reads_well(output: str, text: str) -> None:
    assert readable(output) == text


def test_the_end_of_a_text_begins_with_a_whole_line() -> None:
    assert tail("short", 10) == "short"
    assert tail("first line\nsecond\n", 10) == "second\n"
    assert tail("x" * 30, 10) == "x" * 10


@pytest.mark.parametrize(
    ("template", "rest", "text"),
    [
        ("Review {{1}} for {{2:bugs}}", "main.py", "Review main.py for bugs"),
        ("Review {{1}} for {{2:bugs}}", "main.py typos now", "Review main.py for typos"),
        ("{{1}}: {{2*}}", "a b  c", "a: b c"),
        ("{{2*:nothing}}", "a", "nothing"),
        ("Say {{args}}!", " it's  so ", "Say it's  so!"),
        ("Say {{ args:hello you }}!", "", "Say hello you!"),
        ("{{1}}", "{{2}} b", "{{2}}"),
        ("{{0}} {{x}} {1}", "a", "{{0}} {{x}} {1}"),
    ],
)
def test_templates(template: str, rest: str, text: str) -> None:
    assert filled(template, rest) == text


def test_a_template_may_have_no_places() -> None:
    assert has_places("{{args}}")
    assert has_places("{{2*:x}}")
    assert not has_places("{{x}} {1}")


def test_values_are_written_as_the_template_needs() -> None:
    assert filled("ls {{1}} {{2:b}}", "a", lambda value: f"<{value}>") == "ls <a> <b>"
